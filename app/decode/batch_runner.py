"""Keeps a worker process alive and its lanes busy, whatever the device does.

A batch that fails is decoded again in parts. A worker whose device is lost, that hangs or that dies is replaced, and
its requests are decoded again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Generic

from app import log
from app.decode.batch import AnsweredBatch, Batch, BatchInFlight, Result, Row, RowQueue
from app.decode.batch_times import BatchTimes
from app.decode.fault_policy import FaultPolicy, FaultResponse
from app.decode.worker_loop import NumberedBatch, WorkerAnswer, WorkerFailed
from app.decode.worker_process import Ready, WorkerDiedError, WorkerProcess, WorkerProgram, count_starts
from app.errors import DecodeError, ModelError, SurtitleError
from app.metrics import BatchMetrics

logger = log.get(__name__)

RESTART_S = 2.0
"""Pause before a worker is restarted whose model failed to load."""

STALL_S = 0.5
"""If this process itself stalls for this long, batches in flight get the time back before they count as hung."""


class BatchRunner(Generic[Row, Batch, Ready, Result]):
    """Sends the batches of a queue to one worker; `run` does the work until it is cancelled."""

    def __init__(
        self,
        program: WorkerProgram[Ready, Result],
        queue: RowQueue[Row, Batch],
        times: BatchTimes,
        *,
        next_batch: Callable[[], Awaitable[tuple[Batch | None, Sequence[Row]]]],
        make_message: Callable[[int, Batch], NumberedBatch],
        on_answered: Callable[[AnsweredBatch[Batch, Result]], None],
        counts: BatchMetrics,
        policy: FaultPolicy[Row] | None = None,
        error: type[SurtitleError] = DecodeError,
    ) -> None:
        """Prepare to run a worker program; nothing starts yet.

        `next_batch` may wait for more requests, and takes a batch from the queue, if there is one, and the rows that no
        longer need anything. `make_message` numbers a batch for the worker. `on_answered` answers the rows of a batch;
        `error` is what the others get if they are given up together.
        """
        self._lanes = program.lanes
        self._worker = WorkerProcess(program)
        self._queue = queue
        self._times = times
        self._next_batch = next_batch
        self._make_message = make_message
        self._on_answered = on_answered
        self._faults = policy or FaultPolicy()
        self._words = program.words
        self._counts = counts
        self._error = error
        self._arrived = asyncio.Event()
        """Set when the queue or the free lanes may allow another batch."""
        self._sent = asyncio.Event()
        """Set when a batch was sent."""
        self._in_flight: dict[int, BatchInFlight[Batch]] = {}
        """By the batch's number."""
        self._n_batches = 0
        self._hung: BatchInFlight[Batch] | None = None
        """The batch for which the worker was killed."""
        self._is_recycled = False
        """Whether the worker was killed for its device, and not for a batch."""

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, None while none runs."""
        return self._worker.pid

    @property
    def has_recorded(self) -> bool:
        """Whether a batch of files is in flight."""
        return any(flight.batch.is_recorded for flight in self._in_flight.values())

    def notify(self) -> None:
        """Look at the queue again, because a request arrived."""
        self._arrived.set()

    async def start(self) -> Ready:
        """Start the worker and return what it reports.

        Raises:
            ModelError: The model cannot be loaded or failed its self-test.
        """
        return await self._worker.start()

    def fail_all(self, text: str) -> None:
        """Fail all unanswered requests with a sentence."""
        self._fail(self._pending_in_flight() + self._queue.clear(), text)

    async def close(self) -> None:
        """Let the worker finish its batches and end it."""
        await self._worker.close()

    async def run(self) -> None:
        """Send batches and answer requests until cancelled."""
        while True:
            try:
                async with asyncio.TaskGroup() as group:
                    lanes = asyncio.Semaphore(self._lanes)
                    group.create_task(self._receive_answers(lanes))
                    group.create_task(self._watch_for_hangs())
                    await self._send_batches(lanes, group)
            except* WorkerDiedError:
                self._requeue_after_death()
            await self._restart_worker()

    async def _send_batches(self, lanes: asyncio.Semaphore, group: asyncio.TaskGroup) -> None:
        """Send a batch whenever requests wait and a lane is free."""
        while True:
            await self._arrived.wait()
            await lanes.acquire()
            batch, idle = await self._next_batch()
            for pending in idle:
                if not pending.handle.done():
                    pending.handle.set_result(None)
            if batch is None:
                self._arrived.clear()
                lanes.release()
                continue
            self._n_batches += 1
            now_s, n_rows = time.monotonic(), len(batch.pending)
            hang_s = self._times.hang_s(batch.size, n_rows, is_recorded=batch.is_recorded)
            self._in_flight[self._n_batches] = BatchInFlight(batch, now_s, now_s + hang_s)
            self._sent.set()
            group.create_task(self._worker.send(self._make_message(self._n_batches, batch)))

    async def _receive_answers(self, lanes: asyncio.Semaphore) -> None:
        """Pass the worker's answers to their requests until it dies."""
        while True:
            answer = await self._worker.receive()
            flight = self._in_flight.pop(answer.number, None)
            if flight is None:
                continue  # an answer that nothing waits for must not end the engine
            self._take(flight, answer)
            lanes.release()
            self._arrived.set()

    async def _watch_for_hangs(self) -> None:
        """Kill the worker when a batch takes too long."""
        while True:
            if not self._in_flight:
                self._sent.clear()
                await self._sent.wait()
                continue
            first = min(self._in_flight.values(), key=lambda flight: flight.hangs_at_s)
            now_s = time.monotonic()
            if first.hangs_at_s <= now_s:
                logger.error(
                    "worker_hangs", n_requests=len(first.batch.pending), after_s=round(now_s - first.began_s, 1)
                )
                self._hung = first
                self._kill_worker()
            self._sent.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(first.hangs_at_s - now_s):
                    await self._sent.wait()
            now_s = time.monotonic()
            stalled_s = now_s - first.hangs_at_s
            if stalled_s > STALL_S:
                for flight in self._in_flight.values():
                    flight.hangs_at_s = max(flight.hangs_at_s, now_s) + stalled_s

    def _take(self, flight: BatchInFlight[Batch], answer: WorkerAnswer[Result]) -> None:
        """Answer the requests of a batch, or decode them again in parts if it failed."""
        batch, ended_s, result = flight.batch, time.monotonic(), answer.result
        took_s = ended_s - flight.began_s
        self._counts.seconds.observe(took_s)
        self._counts.rows.observe(len(batch.pending))
        if not isinstance(result, WorkerFailed) and len(result) == len(batch.pending):
            self._faults.on_decoded()
            self._times.add(batch.size, len(batch.pending), took_s, is_recorded=batch.is_recorded)
            self._on_answered(AnsweredBatch(batch, result, ended_s, took_s))
            return
        failed = result if isinstance(result, WorkerFailed) else WorkerFailed("The worker answered another batch.")
        logger.error("batch_failed", n_requests=len(batch.pending), kind=failed.kind.value, reason=failed.text)
        response = self._faults.on_failed(batch.pending, failed.kind, failed.text)
        if response.fitting is not None:
            self._queue.lower(batch, response.fitting)
        self._respond(response)
        if response.needs_restart:
            logger.error("worker_recycled", reason=failed.text)
            self._is_recycled = True
            self._kill_worker()

    def _kill_worker(self) -> None:
        self._worker.kill()
        raise WorkerDiedError

    def _respond(self, response: FaultResponse[Row]) -> None:
        for pending in response.again:
            if not pending.handle.done():
                self._queue.add(pending)
        for pending, error in response.given_up:
            self._fail([pending], error)

    def _requeue_after_death(self) -> None:
        """Queue the requests of the worker that died again; those on which workers died again and again fail."""
        self._counts.restarts.inc()
        lost, hung = list(self._in_flight.values()), self._hung
        sentence = self._words.hung if hung else self._words.died
        logger.error("worker_died", n_requests=len(self._pending_in_flight()))
        self._in_flight.clear()
        for flight in lost:
            if self._is_recycled or (hung is not None and flight is not hung):
                self._respond(FaultResponse(flight.batch.pending))  # it was killed for the fault of others
            else:
                self._respond(self._faults.on_died(flight.batch.pending, sentence))
        if hung is not None:
            self._times.on_hang()
        self._hung, self._is_recycled = None, False

    async def _restart_worker(self) -> None:
        n_failed = 0
        while True:
            try:
                await self._worker.restart()
            except ModelError as exc:
                logger.error("worker_not_restarted", reason=str(exc))
                n_failed += 1
                if n_failed >= count_starts(exc):
                    self._fail(self._queue.clear(), str(exc))
                    await asyncio.sleep(RESTART_S)
                continue
            self._arrived.set()
            return

    def _fail(self, rows: Iterable[Row], error: str | SurtitleError) -> None:
        waiting = [pending for pending in rows if not pending.handle.done()]
        if not waiting:
            return
        self._counts.failed.inc(len(waiting))
        logger.error("requests_failed", n_requests=len(waiting), reason=str(error))
        for pending in waiting:
            pending.handle.set_exception(self._error(error) if isinstance(error, str) else error)

    def _pending_in_flight(self) -> list[Row]:
        return [pending for flight in self._in_flight.values() for pending in flight.batch.pending]
