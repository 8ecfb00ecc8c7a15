"""Requests of all rooms become batches for one worker process; a batch that fails or dies takes nobody down."""

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from app import log, metrics
from app.decode import worker
from app.decode.admission import Admission
from app.decode.hypothesis import DecodeResult
from app.decode.live_stream import LiveStream
from app.decode.profile import Profile
from app.decode.request import DecodeClient, DecodeRequest
from app.decode.scheduler import DecodeBatch, PendingDecode, Scheduler
from app.errors import BusyError, DecodeError, ModelError

logger = log.get(__name__)

CLOSE_S = 5.0
"""How long a worker may take to leave on its own before it is killed."""

REOPEN_S = 2.0
"""Pause before a worker is started again whose model would not load."""

RETRY_AFTER_S = 60.0
"""When somebody who was refused may ask again: a talk ends or falls silent in minutes, not in seconds."""

Asked = asyncio.Future[DecodeResult | None]


@dataclass(frozen=True, slots=True)
class BatchStats:
    """One batch, as whoever measures is told."""

    n_rows: int
    size: int
    """Encoder length in frames of 20 ms."""
    took_s: float
    waits_s: tuple[float, ...]
    """From ready to result, of each live row."""


class _WorkerDiedError(Exception):
    """The pipe to the worker broke."""


class Engine:
    """Decodes for everybody; used through `running()`."""

    def __init__(
        self,
        opener: worker.Opener,
        profile: Profile | None = None,
        *,
        admits: bool = True,
        tell: Callable[[BatchStats], object] | None = None,
    ) -> None:
        """Prepare to run what `opener` opens in a process of its own; nothing starts yet.

        Without `admits` no room is ever refused. `tell` hears of every batch.
        """
        self.profile = profile or Profile()
        self._opener = opener
        self._admits = admits
        self._tell = tell
        self._scheduler: Scheduler[Asked] = Scheduler(self.profile.limits)
        self._load = Admission(self.profile.lanes, row_s=self.profile.row_s)
        self._streams: set[LiveStream] = set()
        self._arrived = asyncio.Event()
        self._flying: dict[int, DecodeBatch[Asked]] = {}
        self._answers: dict[int, asyncio.Future[list[DecodeResult] | worker.WorkerFailed]] = {}
        self._n_batches = 0
        self._n_recorded = 0
        """Batches of recorded files that are being decoded."""
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="engine")  # one reads the pipe, one writes
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    @property
    def n_waiting(self) -> int:
        """Requests that are not in a batch yet."""
        return len(self._scheduler)

    @property
    def n_streams(self) -> int:
        """Live streams that have joined."""
        return len(self._streams)

    @property
    def load(self) -> Admission:
        """How busy the engine is."""
        return self._load

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, None while there is none."""
        return self._process.pid if self._process else None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Engine"]:
        """Run the worker while the block lasts.

        Leaving waits for the batches in flight, because a decode cannot be cancelled; requests still waiting fail.

        Raises:
            ModelError: The model cannot be loaded or failed its self-test.
        """
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._threads, self._open)
            async with asyncio.TaskGroup() as group:
                batches = group.create_task(self._run())
                try:
                    yield self
                finally:
                    batches.cancel()
        finally:
            flying = [ticket for batch in self._flying.values() for ticket in batch.tickets]
            self._fail(flying + self._scheduler.clear(), "The engine was closed before this window's turn.")
            await loop.run_in_executor(self._threads, self._close)
            self._threads.shutdown()

    @property
    def share(self) -> float:
        """Share of lane time that the live streams take, 0 for none."""
        return sum(stream.share_s(self._load.row_s) for stream in self._streams) / self.profile.lanes

    def check(self) -> None:
        """Return if one more live stream has room.

        Raises:
            BusyError: One more speaking stream would make all of them late.
        """
        if self._admits and not self._load.has_room(self.share * self.profile.lanes):
            raise BusyError(
                f"This machine carries {len(self._streams)} speaking sources and has no room for one more without "
                f"making all of them late. Try again in {RETRY_AFTER_S:.0f} s, or end a source that is not needed.",
                retry_after_s=RETRY_AFTER_S,
            )

    @contextmanager
    def join(self) -> Iterator[LiveStream]:
        """Take a live stream in while the block lasts.

        Raises:
            BusyError: One more speaking stream would make all of them late.
        """
        try:
            self.check()
        except BusyError:
            metrics.REFUSALS.add(metrics.ENGINE_FULL)
            raise
        stream = LiveStream(self.answer, self._load, slot=self._emptiest_slot())
        self._streams.add(stream)
        try:
            yield stream
        finally:
            self._streams.discard(stream)

    async def decode(self, request: DecodeRequest) -> DecodeResult:
        """Decode one window; see `answer`."""
        decoded = await self.answer(request)
        if decoded is None:
            raise DecodeError("The request was not taken.")
        return decoded

    async def answer(self, client: DecodeClient) -> DecodeResult | None:
        """Decode what is asked together with whatever else waits; any number of tasks may call at once.

        None means that nothing was wanted any more when its turn came. Cancelling gives the request up; a batch it is
        already in runs on.

        Raises:
            DecodeError: The batch failed, or its worker died twice.
        """
        asked: Asked = asyncio.get_running_loop().create_future()
        ticket = PendingDecode(client, asked, time.monotonic())
        self._scheduler.add(ticket)
        self._arrived.set()
        try:
            return await asked
        finally:
            self._scheduler.discard(ticket)

    async def _run(self) -> None:
        """Keep a worker alive and its lanes busy."""
        while True:
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._read())
                    await self._dispatch(group)
            except* _WorkerDiedError:
                self._bury()
            await self._reopen()

    async def _dispatch(self, group: asyncio.TaskGroup) -> None:
        lanes = asyncio.Semaphore(self.profile.lanes)
        while True:
            await self._arrived.wait()
            await lanes.acquire()
            await self._gather()
            batch, idle = self._scheduler.next(recorded_max=self._recorded_max())
            for ticket in idle:
                if not ticket.owner.done():
                    ticket.owner.set_result(None)
            if batch is None:
                self._arrived.clear()
                lanes.release()
                continue
            self._n_batches += 1
            self._flying[self._n_batches] = batch
            group.create_task(self._ask(self._n_batches, batch)).add_done_callback(lambda _: lanes.release())

    async def _gather(self) -> None:
        """Let the rooms of one slot arrive, when there is more than one that may."""
        if self.profile.gather_s and len(self._streams) > 1:
            await asyncio.sleep(self.profile.gather_s)

    def _recorded_max(self) -> int | None:
        """Return how many windows of files a batch may hold: any number while nobody is live, else a few at a time."""
        if not self._streams:
            return None
        return 0 if self._n_recorded else 1

    async def _ask(self, number: int, batch: DecodeBatch[Asked]) -> None:
        """Let the worker decode a batch and hand the results out."""
        loop = asyncio.get_running_loop()
        answered = self._answers[number] = loop.create_future()
        is_recorded = any(request.is_recorded for request in batch.requests)
        self._n_recorded += is_recorded
        began_s = time.monotonic()
        try:
            ask = worker.WorkerRequest(number, batch.requests, batch.size)
            await loop.run_in_executor(self._threads, self._send, ask)
            result = await answered
        finally:
            self._n_recorded -= is_recorded
            self._answers.pop(number, None)
        self._flying.pop(number, None)
        self._deliver(batch, result, began_s)
        self._arrived.set()

    def _deliver(
        self, batch: DecodeBatch[Asked], result: list[DecodeResult] | worker.WorkerFailed, began_s: float
    ) -> None:
        now_s = time.monotonic()
        took_s = now_s - began_s
        metrics.DECODES.observe(took_s)
        metrics.BATCH_ROWS.observe(len(batch.tickets))
        if isinstance(result, worker.WorkerFailed) or len(result) != len(batch.tickets):
            text = result.text if isinstance(result, worker.WorkerFailed) else "The worker answered another batch."
            self._fail(batch.tickets, text)
            return
        live = [ticket for ticket in batch.tickets if ticket.request and not ticket.request.is_recorded]
        waits_s = tuple(now_s - ticket.ready_s for ticket in live)
        self._load.note(now_s, took_s, waits_s, len(batch.tickets))
        metrics.CADENCE.set(self._load.cadence_s)
        if self._tell is not None:
            self._tell(BatchStats(len(batch.tickets), batch.size, took_s, waits_s))
        for ticket, decoded in zip(batch.tickets, result, strict=True):
            if not ticket.owner.done():
                ticket.owner.set_result(decoded)

    def _fail(self, tickets: "list[PendingDecode[Asked]] | tuple[PendingDecode[Asked], ...]", text: str) -> None:
        waiting = [ticket for ticket in tickets if not ticket.owner.done()]
        if not waiting:
            return
        metrics.FAILED_DECODES.inc(len(waiting))
        logger.error("batch_failed", n_requests=len(waiting), reason=text)
        for ticket in waiting:
            ticket.owner.set_exception(DecodeError(text))

    def _bury(self) -> None:
        """Put what the dead worker held back in the queue; what has already died twice is given up."""
        metrics.WORKER_RESTARTS.inc()
        tickets = [ticket for batch in self._flying.values() for ticket in batch.tickets]
        self._flying.clear()
        logger.error("worker_died", n_requests=len(tickets))
        for ticket in tickets:
            ticket.n_tries += 1
            if ticket.n_tries == 1 and not ticket.owner.done():
                self._scheduler.add(ticket)
        self._fail([t for t in tickets if t.n_tries > 1], "The decoding process died twice on this batch.")

    async def _reopen(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await loop.run_in_executor(self._threads, self._close)
            try:
                await loop.run_in_executor(self._threads, self._open)
            except ModelError as exc:
                self._fail(self._scheduler.clear(), str(exc))
                await asyncio.sleep(REOPEN_S)
                continue
            self._arrived.set()
            return

    async def _read(self) -> None:
        """Hand out the worker's answers until it dies."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                answer = await loop.run_in_executor(self._threads, self._receive)
            except (EOFError, OSError) as exc:
                raise _WorkerDiedError from exc
            answered = self._answers.get(answer.number)
            if answered is not None and not answered.done():
                answered.set_result(answer.result)

    def _emptiest_slot(self) -> float | None:
        slots = [i / self.profile.slots for i in range(self.profile.slots)]
        return min(slots, key=lambda slot: sum(stream.slot == slot for stream in self._streams), default=None)

    def _open(self) -> None:
        context = multiprocessing.get_context("spawn")  # the only way that works on every system and with CUDA
        ours, theirs = context.Pipe()
        arguments = (theirs, self._opener, self.profile.lanes)
        self._process = context.Process(target=worker.run, args=arguments, name="decode", daemon=True)
        self._process.start()
        theirs.close()
        self._pipe = ours
        try:
            answer = ours.recv()
        except EOFError as exc:
            raise ModelError(
                "The decoding process ended while it loaded the model; there may be too little memory for it. "
                "Try a smaller model."
            ) from exc
        if isinstance(answer, worker.WorkerFailed):
            raise ModelError(answer.text)

    def _send(self, ask: worker.WorkerRequest) -> None:
        if self._pipe is None:
            return
        try:
            self._pipe.send(ask)
        except OSError:
            return  # the worker is dead, which the reader of the pipe finds out too

    def _receive(self) -> worker.WorkerAnswer:
        if self._pipe is None:
            raise EOFError
        answer: worker.WorkerAnswer = self._pipe.recv()
        return answer

    def _close(self) -> None:
        """End the worker; a thread that reads its pipe gets an EOFError."""
        if self._process is not None:
            try:
                if self._pipe is not None:
                    self._pipe.send(None)
            except OSError:
                pass  # it is dead already
            self._process.join(CLOSE_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()
            self._process = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
