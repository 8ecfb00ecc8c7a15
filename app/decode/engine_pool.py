"""All engines of a service: one for each device, and small ones for drafts if a draft model is set."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager

from app.decode.engine import Engine
from app.decode.hypothesis import DecodeResult
from app.decode.live_stream import LiveStream
from app.decode.request import DecodeRequest, Task
from app.errors import BusyError, ModelError


class EnginePool:
    """Places streams on the engine with most room; used through `running()`."""

    def __init__(self, engines: Sequence[Engine], drafts: Sequence[Engine] = ()) -> None:
        """Use at least one engine; with `drafts`, each stream gets a place at one of them too."""
        self._engines = tuple(engines)
        self._drafts = tuple(drafts)

    @property
    def engines(self) -> tuple[Engine, ...]:
        """All engines, those for drafts last."""
        return self._engines + self._drafts

    @asynccontextmanager
    async def running(self) -> AsyncIterator["EnginePool"]:
        """Run all engines while the block lasts.

        Raises:
            ModelError: A model cannot be loaded or failed its self-test.
        """
        async with AsyncExitStack() as stack:
            for engine in self.engines:
                await stack.enter_async_context(engine.running())
            yield self

    def check_supports(self, task: Task, languages: Sequence[str]) -> None:
        """Check that the models can do the task in the languages; call only while running.

        Raises:
            ModelError: The model cannot, or the one for drafts does not know a language.
        """
        self._engines[0].capabilities.check(task, languages)
        for engine in self._drafts[:1]:
            engine.capabilities.check("transcribe", languages)

    def find_problem(self, task: Task, languages: Sequence[str]) -> str:
        """Return the sentence of `check_supports` for a room that was created with another model; else empty."""
        try:
            self.check_supports(task, languages)
        except ModelError as exc:
            return str(exc)
        return ""

    def check_capacity(self, room: str = "") -> None:
        """Check that there is capacity for one more live stream of a room.

        Raises:
            BusyError: There is no room; the message says when to try again.
        """
        for engines in filter(None, (self._engines, self._drafts)):
            _emptiest(engines, room).check_capacity(room)

    @contextmanager
    def join(self, room: str = "") -> Iterator[LiveStream]:
        """Place a live stream of a room at the engine with most capacity left while the block lasts.

        Raises:
            BusyError: No engine has room for one more.
        """
        with ExitStack() as places:
            drafts = places.enter_context(_emptiest(self._drafts, room).join(room)) if self._drafts else None
            yield places.enter_context(_emptiest(self._engines, room).join(room, drafts=drafts))

    async def decode(self, request: DecodeRequest) -> DecodeResult:
        """Decode one window on the engine with the shortest queue; see `Engine.decode`."""
        return await min(self._engines, key=lambda engine: engine.n_waiting).decode(request)


def _emptiest(engines: Sequence[Engine], room: str) -> Engine:
    """Return the engine with most capacity left for a room; if several are equal, the one with fewest streams."""

    def fullness(engine: Engine) -> tuple[bool, float, int]:
        try:
            engine.check_capacity(room)
        except BusyError:
            return True, engine.stream_share, engine.n_streams
        return False, engine.stream_share, engine.n_streams

    return min(engines, key=fullness)
