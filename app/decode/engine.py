"""The engine: combines requests of all rooms into batches for one worker process.

A batch that fails, or whose worker dies, concerns only its own requests.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from app import log, metrics
from app.decode.admission import Admission
from app.decode.hypothesis import DecodeResult
from app.decode.live_stream import LiveStream
from app.decode.profile import DeviceProfile
from app.decode.request import DecodeClient, DecodeRequest
from app.decode.scheduler import DecodeBatch, PendingDecode, Scheduler
from app.decode.worker import Opener, WorkerFailed, WorkerRequest
from app.decode.worker_process import WorkerDiedError, WorkerProcess
from app.errors import BusyError, DecodeError, ModelError

logger = log.get(__name__)

RESTART_S = 2.0
"""Pause before a worker is restarted whose model failed to load."""

RETRY_AFTER_S = 60.0
"""Pause after which a rejected source may ask again; talks end or fall silent within minutes, not seconds."""

Answer = asyncio.Future[DecodeResult | None]
"""Waits for one client's result; None means that the client no longer needed anything."""


@dataclass(frozen=True, slots=True)
class BatchStats:
    """One decoded batch, for measurements."""

    n_rows: int
    encoder_length: int
    """In frames of 20 ms."""
    took_s: float
    waits_s: tuple[float, ...]
    """Delay from decode due to result, for each live row."""


@dataclass(frozen=True, slots=True)
class _BatchInFlight:
    """A batch that the worker decodes."""

    batch: DecodeBatch[Answer]
    began_s: float
    """When it was sent, on the monotonic clock."""

    @property
    def is_recorded(self) -> bool:
        """Whether its windows are of files."""
        return any(request.is_recorded for request in self.batch.requests)


class Engine:
    """Decodes the windows of all rooms with one model on one device; used through `running()`."""

    def __init__(
        self,
        opener: Opener,
        profile: DeviceProfile | None = None,
        *,
        admits: bool = True,
        on_batch: Callable[[BatchStats], object] | None = None,
    ) -> None:
        """Prepare to run what `opener` opens in a worker process; nothing starts yet.

        Without `admits` no stream is rejected. `on_batch` gets the figures of every batch.
        """
        self.profile = profile or DeviceProfile()
        self.admission = Admission(self.profile.lanes, row_s=self.profile.row_s)
        """How busy the engine is."""
        self._admits = admits
        self._on_batch = on_batch
        self._worker = WorkerProcess(opener, self.profile.lanes)
        self._scheduler: Scheduler[Answer] = Scheduler(self.profile.limits)
        self._streams: set[LiveStream] = set()
        self._arrived = asyncio.Event()
        """Set when the queue or the free lanes may allow another batch."""
        self._in_flight: dict[int, _BatchInFlight] = {}
        """By the batch's number."""
        self._n_batches = 0

    @property
    def n_waiting(self) -> int:
        """Requests that are not in a batch yet."""
        return len(self._scheduler)

    @property
    def n_streams(self) -> int:
        """Live streams that have joined."""
        return len(self._streams)

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, None while none runs."""
        return self._worker.pid

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Engine"]:
        """Run the worker while the block lasts.

        Leaving lets the worker finish its batches, because a decode cannot be cancelled; unanswered requests fail.

        Raises:
            ModelError: The model cannot be loaded or failed its self-test.
        """
        try:
            await self._worker.start()
            async with asyncio.TaskGroup() as group:
                batches = group.create_task(self._run())
                try:
                    yield self
                finally:
                    batches.cancel()
        finally:
            unanswered = self._pending_in_flight() + self._scheduler.clear()
            self._fail(unanswered, "The engine was closed before this window's turn.")
            await self._worker.close()

    @property
    def stream_share(self) -> float:
        """Share of lane time that the live streams use, 0 without streams."""
        return sum(stream.share_s(self.admission.row_s) for stream in self._streams) / self.profile.lanes

    def check_capacity(self) -> None:
        """Check that there is room for one more live stream.

        Raises:
            BusyError: The machine is at capacity; another stream would delay all of them.
        """
        if self._admits and not self.admission.has_room(self.stream_share * self.profile.lanes):
            raise BusyError(
                f"This machine is at capacity with {len(self._streams)} sources; another one would delay all of them. "
                f"Try again in {RETRY_AFTER_S:.0f} s, or stop a source that is not needed.",
                retry_after_s=RETRY_AFTER_S,
            )

    @contextmanager
    def join(self, *, drafts: LiveStream | None = None) -> Iterator[LiveStream]:
        """Give a live stream a place while the block lasts; it sends its drafts to `drafts`.

        Raises:
            BusyError: The machine is at capacity; another stream would delay all of them.
        """
        try:
            self.check_capacity()
        except BusyError:
            metrics.REFUSALS.add(metrics.ENGINE_FULL)
            raise
        stream = LiveStream(self.answer, self.admission, slot=self._emptiest_slot(), drafts=drafts)
        self._streams.add(stream)
        try:
            yield stream
        finally:
            self._streams.discard(stream)

    async def decode(self, request: DecodeRequest) -> DecodeResult:
        """Decode one window; see `answer`."""
        result = await self.answer(request)
        if result is None:
            raise DecodeError("The request was not decoded.")
        return result

    async def answer(self, client: DecodeClient) -> DecodeResult | None:
        """Decode what the client needs, in a batch with other waiting requests; any number of tasks may call at once.

        None means that the client no longer needed anything when its turn came. Cancelling drops the request; a batch
        in flight continues.

        Raises:
            DecodeError: The batch failed, or its worker died twice.
        """
        answer: Answer = asyncio.get_running_loop().create_future()
        pending = PendingDecode(client, answer, time.monotonic())
        self._scheduler.add(pending)
        self._arrived.set()
        try:
            return await answer
        finally:
            self._scheduler.discard(pending)

    async def _run(self) -> None:
        """Keep a worker alive and its lanes busy."""
        while True:
            try:
                async with asyncio.TaskGroup() as group:
                    lanes = asyncio.Semaphore(self.profile.lanes)
                    group.create_task(self._receive_answers(lanes))
                    await self._send_batches(lanes, group)
            except* WorkerDiedError:
                self._requeue_after_crash()
            await self._restart_worker()

    async def _send_batches(self, lanes: asyncio.Semaphore, group: asyncio.TaskGroup) -> None:
        """Send a batch whenever requests wait and a lane is free."""
        while True:
            await self._arrived.wait()
            await lanes.acquire()
            await self._gather()
            batch, idle = self._scheduler.next_batch(recorded_max=self._recorded_max())
            for pending in idle:
                if not pending.handle.done():
                    pending.handle.set_result(None)
            if batch is None:
                self._arrived.clear()
                lanes.release()
                continue
            self._n_batches += 1
            self._in_flight[self._n_batches] = _BatchInFlight(batch, time.monotonic())
            request = WorkerRequest(self._n_batches, batch.requests, batch.encoder_length)
            group.create_task(self._worker.send(request))

    async def _receive_answers(self, lanes: asyncio.Semaphore) -> None:
        """Pass the worker's answers to their requests until it dies."""
        while True:
            answer = await self._worker.receive()
            flight = self._in_flight.pop(answer.number, None)
            if flight is None:
                continue  # an answer that nothing waits for must not end the engine
            self._deliver(flight, answer.result)
            lanes.release()
            self._arrived.set()

    async def _gather(self) -> None:
        """Wait for the other streams of the slot, if there are any."""
        if self.profile.gather_s and len(self._streams) > 1:
            await asyncio.sleep(self.profile.gather_s)

    def _recorded_max(self) -> int | None:
        """Return how many windows of files a batch may contain: any number without live streams, otherwise one."""
        if not self._streams:
            return None
        return 0 if any(flight.is_recorded for flight in self._in_flight.values()) else 1

    def _deliver(self, flight: _BatchInFlight, result: list[DecodeResult] | WorkerFailed) -> None:
        batch, now_s = flight.batch, time.monotonic()
        took_s = now_s - flight.began_s
        metrics.DECODES.observe(took_s)
        metrics.BATCH_ROWS.observe(len(batch.pending))
        if isinstance(result, WorkerFailed) or len(result) != len(batch.pending):
            text = result.text if isinstance(result, WorkerFailed) else "The worker answered another batch."
            self._fail(batch.pending, text)
            return
        live = [pending for pending in batch.pending if pending.request and not pending.request.is_recorded]
        waits_s = tuple(now_s - pending.ready_s for pending in live)
        self.admission.add_batch(now_s, took_s, waits_s, len(batch.pending))
        metrics.CADENCE.set(self.admission.cadence_s)
        if self._on_batch is not None:
            self._on_batch(BatchStats(len(batch.pending), batch.encoder_length, took_s, waits_s))
        for pending, decoded in zip(batch.pending, result, strict=True):
            if not pending.handle.done():
                pending.handle.set_result(decoded)

    def _fail(self, decodes: Sequence[PendingDecode[Answer]], text: str) -> None:
        waiting = [pending for pending in decodes if not pending.handle.done()]
        if not waiting:
            return
        metrics.FAILED_DECODES.inc(len(waiting))
        logger.error("batch_failed", n_requests=len(waiting), reason=text)
        for pending in waiting:
            pending.handle.set_exception(DecodeError(text))

    def _requeue_after_crash(self) -> None:
        """Queue the dead worker's requests again; those that crashed it twice fail."""
        metrics.WORKER_RESTARTS.inc()
        lost = self._pending_in_flight()
        self._in_flight.clear()
        logger.error("worker_died", n_requests=len(lost))
        for pending in lost:
            pending.n_tries += 1
            if pending.n_tries == 1 and not pending.handle.done():
                self._scheduler.add(pending)
        self._fail([p for p in lost if p.n_tries > 1], "The decoding process died twice on this batch.")

    async def _restart_worker(self) -> None:
        while True:
            try:
                await self._worker.restart()
            except ModelError as exc:
                self._fail(self._scheduler.clear(), str(exc))
                await asyncio.sleep(RESTART_S)
                continue
            self._arrived.set()
            return

    def _pending_in_flight(self) -> list[PendingDecode[Answer]]:
        return [pending for flight in self._in_flight.values() for pending in flight.batch.pending]

    def _emptiest_slot(self) -> float | None:
        slots = [i / self.profile.slots for i in range(self.profile.slots)]
        return min(slots, key=lambda slot: sum(stream.slot == slot for stream in self._streams), default=None)
