"""The translation engine: combines the sentences of all rooms and targets into batches for one worker process.

The worker starts with the first sentence and ends when none came for a while, so that rooms without translation pay
nothing. Previews are dropped when it is busy; finished sentences never are.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app import log, metrics
from app.decode.batch import AnsweredBatch
from app.decode.batch_runner import BatchRunner
from app.decode.batch_times import BatchTimes
from app.decode.fault_policy import FaultPolicy
from app.decode.worker_process import count_starts
from app.errors import ModelError, TranslateError
from app.translate.load import PREVIEW_LAG_S, TranslationLoad
from app.translate.request import Translation, TranslationRequest
from app.translate.request_queue import PendingRequest, RequestBatch, RequestQueue
from app.translate.worker import TranslationMessage, TranslatorOpener, TranslatorReady, program

logger = log.get(__name__)

IDLE_S = 120.0
"""The worker ends when no sentence came for this long: a reader who comes back within a break finds it running."""

GATHER_S = 0.01
"""How long a batch waits for more sentences: the targets of a phrase arrive one after the other."""

PREVIEW_S = 1.0
"""A preview that has no translation after this time is dropped: the phrase has gone on since."""

RETRY_S = 5.0
"""Pause before a worker is started again whose model failed to load twice."""

CLOSED = "The service ends before this sentence is translated."

ROWS_CPU, ROWS_GPU = 16, 64
"""Sentences in one batch. On a CPU more only make the first ones wait, on a GPU a step costs the same for few rows."""

_Runner = BatchRunner[PendingRequest, RequestBatch, TranslatorReady, Translation]


class TranslationEngine:
    """Translates with one model on one device; used through `running()`."""

    def __init__(
        self, opener: TranslatorOpener, *, rows_max: int = ROWS_CPU, hang_max_s: float = 20.0, idle_s: float = IDLE_S
    ) -> None:
        """Prepare to run what `opener` opens in a worker process; nothing starts yet."""
        self.load = TranslationLoad()
        """How late it is."""
        self.problem = ""
        """Why the model could not be loaded last, empty if it could."""
        self._opener = opener
        self._idle_s = idle_s
        self._times = BatchTimes(hang_max_s)
        self._queue = RequestQueue(rows_max)
        self._came = asyncio.Event()
        """Set when a sentence came."""
        self._n_unanswered = 0
        self._runner: _Runner | None = None
        self._is_closed = False

    @property
    def n_unanswered(self) -> int:
        """Sentences whose translation somebody waits for."""
        return self._n_unanswered

    @property
    def is_started(self) -> bool:
        """Whether its worker runs or starts."""
        return self._runner is not None

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, None while none runs."""
        return self._runner.worker_pid if self._runner else None

    @property
    def lag_s(self) -> float:
        """How long finished sentences wait, in seconds."""
        lag_s = self.load.lag_s(time.monotonic(), self._queue.oldest_final_s)
        metrics.TRANSLATION_LAG.set(lag_s)
        return lag_s

    @asynccontextmanager
    async def running(self) -> AsyncIterator["TranslationEngine"]:
        """Run while the block lasts."""
        async with asyncio.TaskGroup() as group:
            lives = group.create_task(self.run())
            try:
                yield self
            finally:
                lives.cancel()

    async def run(self) -> None:
        """Start and end the worker as it is needed, until cancelled; unanswered requests then fail."""
        try:
            await self._run()
        finally:
            self._is_closed = True
            self._fail_waiting(CLOSED)

    def wake(self) -> None:
        """Start the worker if none runs, because sentences are expected."""
        self._came.set()

    async def translate(self, request: TranslationRequest) -> Translation:
        """Translate one sentence in a batch with others; any number of tasks may call at once.

        Cancelling drops the request; a batch in flight continues.

        Raises:
            TranslateError: It was a preview and the engine is busy, the sentence fails alone, or no worker can start.
        """
        if self._is_closed:
            raise TranslateError(CLOSED)
        if request.is_preview and self.lag_s > PREVIEW_LAG_S:
            raise _dropped()
        answer: asyncio.Future[Translation | None] = asyncio.get_running_loop().create_future()
        pending = PendingRequest(request, answer, time.monotonic())
        self._queue.add(pending)
        self._came.set()
        if self._runner is not None:
            self._runner.notify()
        self._n_unanswered += 1
        try:
            async with asyncio.timeout(PREVIEW_S if request.is_preview else None):
                translation = await answer
        except TimeoutError:
            raise _dropped() from None
        finally:
            self._n_unanswered -= 1
            self._queue.discard(pending)
        if translation is None:
            raise _dropped()
        return translation

    async def _run(self) -> None:
        """Run one worker after the other, each as long as there are sentences."""
        n_failed = 0
        while True:
            if not len(self._queue):
                await self._came.wait()
                self._came.clear()
            runner = self._runner = self._make_runner()
            try:
                ready = await runner.start()
            except ModelError as exc:
                self._runner = None
                await runner.close()
                logger.error("translator_not_started", reason=str(exc))
                n_failed += 1
                if n_failed >= count_starts(exc):
                    self.problem = str(exc)
                    self._fail_waiting(str(exc))
                    await asyncio.sleep(RETRY_S)
                    n_failed = 0
                continue
            except BaseException:
                self._runner = None
                await runner.close()
                raise
            self.problem, n_failed = "", 0
            if ready.row_s:
                self._times.add(0, 1, ready.row_s)
            await self._live(runner)

    async def _live(self, runner: _Runner) -> None:
        """Run a worker until no sentence came for a while."""
        self.load.on_started(time.monotonic())
        try:
            async with asyncio.TaskGroup() as group:
                batches = group.create_task(runner.run())
                runner.notify()
                await self._wait_until_idle()
                batches.cancel()
        finally:
            self._runner = None
            self.load.on_stopped()
            if self._n_unanswered:
                runner.fail_all(CLOSED)
            await runner.close()

    async def _wait_until_idle(self) -> None:
        while True:
            self._came.clear()
            try:
                async with asyncio.timeout(self._idle_s):
                    await self._came.wait()
            except TimeoutError:
                if not self._n_unanswered:
                    return

    def _make_runner(self) -> _Runner:
        return BatchRunner(
            program(self._opener),
            self._queue,
            self._times,
            next_batch=self._next_batch,
            make_message=lambda number, batch: TranslationMessage(number, tuple(one.request for one in batch.pending)),
            on_answered=self._on_answered,
            policy=FaultPolicy(TranslateError, TranslateError),
            counts=metrics.TRANSLATION_BATCHES,
            error=TranslateError,
        )

    async def _next_batch(self) -> tuple[RequestBatch | None, list[PendingRequest]]:
        """Wait a moment for the other targets; return the next batch, and the previews that waited too long."""
        await asyncio.sleep(GATHER_S)
        return self._queue.next_batch(), []

    def _on_answered(self, answered: AnsweredBatch[RequestBatch, Translation]) -> None:
        for pending, translation in zip(answered.batch.pending, answered.results, strict=True):
            if not pending.request.is_preview:
                self.load.add(answered.ended_s, pending.ready_s)
            if translation.fault is not None:
                metrics.TRANSLATION_FAULTS.labels(translation.fault).inc()
            if not pending.handle.done():
                pending.handle.set_result(translation)

    def _fail_waiting(self, text: str) -> None:
        for pending in self._queue.clear():
            if not pending.handle.done():
                pending.handle.set_exception(TranslateError(text))


def _dropped() -> TranslateError:
    metrics.DROPPED_PREVIEWS.inc()
    return TranslateError("This preview was dropped, because the machine is busy with finished sentences.")
