"""All translation engines of a service, one for each device, and what they can translate."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from app import language_names, metrics
from app.errors import BusyError, ModelError, TranslateError
from app.translate.engine import TranslationEngine
from app.translate.load import TARGET_LAG_S
from app.translate.model import LanguagePairs
from app.translate.offer import TranslationOffer
from app.translate.request import Translation, TranslationRequest

RETRY_AFTER_S = 60.0
"""Pause after which a refused target may be asked for again; talks end or fall silent within minutes, not seconds."""


OTHERS = "Choose another one with --translation-model; `surtitle models` lists them."


@dataclass(frozen=True, slots=True)
class PooledModel:
    """The model of a pool."""

    name: str
    pairs: LanguagePairs
    engines: tuple[TranslationEngine, ...]
    """At least one."""
    licence: str = ""


class TranslationPool:
    """Sends each sentence to the engine with the fewest; used through `running()`. It is a `TextTranslator`."""

    def __init__(self, open_model: Callable[[], PooledModel]) -> None:
        """Prepare to translate with what `open_model` finds; it is asked when somebody first needs to know.

        `open_model` raises ModelError with a sentence if there is no model.
        """
        self._open_model = open_model
        self._model: PooledModel | None = None
        self._group: asyncio.TaskGroup | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._joined: dict[tuple[str, str], int] = {}

    @property
    def model(self) -> PooledModel:
        """The model; it is looked for now if nobody asked before, and again after it was not found.

        Raises:
            ModelError: There is none; the sentence says how to get one.
        """
        if self._model is None:
            self._model = self._open_model()
            self._run_engines()
        return self._model

    def use(self, model: PooledModel) -> None:
        """Use a model that was found already; call it before `running`."""
        self._model = model

    @property
    def name(self) -> str:
        """The name of the model, empty if there is none or nobody needed it yet."""
        return self._model.name if self._model else ""

    @property
    def offer(self) -> TranslationOffer | None:
        """The model as operators see it; None if there is none, or nobody needed it yet."""
        if self._model is None:
            return None
        return TranslationOffer(self._model.name, "", tuple(sorted(self._model.pairs.targets)))

    @property
    def worker_pids(self) -> list[int]:
        """Process ids of the workers that run."""
        engines = self._model.engines if self._model else ()
        return [engine.worker_pid for engine in engines if engine.worker_pid is not None]

    @property
    def problem(self) -> str:
        """Why no engine can load the model, empty if one can or none tried."""
        engines = self._model.engines if self._model else ()
        return next((engine.problem for engine in engines), "") if all(one.problem for one in engines) else ""

    @property
    def lag_s(self) -> float:
        """How long finished sentences wait at the engine that is fastest now, in seconds."""
        return min((engine.lag_s for engine in self._model.engines), default=0.0) if self._model else 0.0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["TranslationPool"]:
        """Let workers start and end as they are needed while the block lasts."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            self._run_engines()
            try:
                yield self
            finally:
                self._group = None
                for task in self._tasks:
                    task.cancel()

    def _run_engines(self) -> None:
        """Run the engines once both are there, they and the group of their tasks; a worker starts later."""
        if self._group is not None and self._model is not None and not self._tasks:
            self._tasks = [self._group.create_task(engine.run()) for engine in self._model.engines]

    def check_supports(self, languages: Sequence[str], targets: Sequence[str]) -> None:
        """Check that a room's targets can be translated from its languages; without languages, from any.

        A language that is a target itself needs no translation there.

        Raises:
            ModelError: There is no model, or it does not know a pair.
        """
        if not targets:
            return
        model = self.model
        for target in targets:
            if target not in model.pairs.targets:
                wanted, known = language_names.describe([target]), ", ".join(sorted(model.pairs.targets))
                raise ModelError(
                    f"The translation model {model.name} does not translate to {wanted}, but to {known}. {OTHERS}"
                )
            for language in languages:
                if language != target and not model.pairs.has(language, target):
                    raise ModelError(
                        f"The translation model {model.name} does not translate from "
                        f"{language_names.describe([language])} to {language_names.describe([target])}. {OTHERS}"
                    )

    def find_problem(self, languages: Sequence[str], targets: Sequence[str]) -> str:
        """Return the sentence of `check_supports` for a room whose settings are stored; else empty."""
        try:
            self.check_supports(languages, targets)
        except ModelError as exc:
            return str(exc)
        return self.problem if targets else ""

    def check_capacity(self) -> None:
        """Check that one more target of a room fits.

        Raises:
            BusyError: Finished sentences are late already; the message says when to try again.
        """
        if self.lag_s > TARGET_LAG_S:
            n_targets = len(self._joined)
            raise BusyError(
                f"This machine is at capacity with {n_targets} translated tracks; another one would make all of them "
                f"late. Try again in {RETRY_AFTER_S:.0f} s, or remove a language that is not needed.",
                retry_after_s=RETRY_AFTER_S,
            )

    @contextmanager
    def join(self, room: str, target: str) -> Iterator[None]:
        """Give a target of a room a place while the block lasts, and load the model.

        Raises:
            BusyError: The machine is at capacity.
        """
        key = (room, target)
        if key not in self._joined:
            try:
                self.check_capacity()
            except BusyError:
                metrics.REFUSALS.add(metrics.ENGINE_FULL)
                raise
        self._joined[key] = self._joined.get(key, 0) + 1
        for engine in self._model.engines[:1] if self._model else ():
            engine.wake()  # so that the first sentence does not wait for the model
        try:
            yield
        finally:
            self._joined[key] -= 1
            if not self._joined[key]:
                del self._joined[key]

    async def translate(self, request: TranslationRequest) -> Translation:
        """Translate one sentence; see `TranslationEngine.translate`.

        Raises:
            TranslateError: There is no model for it, the sentence fails alone, or it is a preview that was dropped.
        """
        try:
            model = self.model
        except ModelError as exc:
            raise TranslateError(str(exc)) from exc
        if not model.pairs.has(request.language, request.target):
            raise TranslateError(
                f"The translation model {model.name} does not translate from {request.language} to {request.target}."
            )
        engine = min(model.engines, key=lambda one: (bool(one.problem), one.n_unanswered, not one.is_started))
        return await engine.translate(request)
