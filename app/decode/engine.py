"""The engine: combines requests of all rooms into batches for one worker process.

It chooses the encoder length of each window by its load, and rejects rooms that would delay the others.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

from app import metrics
from app.decode.admission import FREE, Admission
from app.decode.batch import Answer, AnsweredBatch, BatchStats, DecodedWindow
from app.decode.batch_runner import BatchRunner
from app.decode.batch_times import BatchTimes, LengthCosts
from app.decode.capabilities import Capabilities
from app.decode.encoder_length import FULL_LENGTH, encoder_length
from app.decode.hypothesis import DecodeResult
from app.decode.length_check import ComparedWindow, LengthCheck, second_decode
from app.decode.live_stream import LiveStream
from app.decode.profile import DeviceProfile
from app.decode.recorded_share import RecordedShare
from app.decode.request import DecodeClient, DecodeNeed, DecodeRequest, Urgency
from app.decode.room_shares import RoomShares
from app.decode.scheduler import DecodeBatch, PendingDecode, Scheduler
from app.decode.warm_up import WarmUp
from app.decode.window_choice import WindowChoice
from app.decode.worker import Opener, WorkerReady, make_message, program
from app.errors import BusyError, DecodeError

RETRY_AFTER_S = 60.0
"""Pause after which a rejected source may ask again; talks end or fall silent within minutes, not seconds."""

HANG_MAX_S = 20.0
"""When a batch counts as hung at the latest; see `Settings.hang_s`."""


class Engine:
    """Decodes the windows of all rooms with one model on one device; used through `running()`."""

    def __init__(
        self,
        opener: Opener,
        profile: DeviceProfile | None = None,
        *,
        admits: bool = True,
        on_batch: Callable[[BatchStats], object] | None = None,
        window: int | None = None,
        hang_max_s: float = HANG_MAX_S,
        reopener: Opener | None = None,
    ) -> None:
        """Prepare to run what `opener` opens in a worker process; nothing starts yet.

        Without `admits` no stream is rejected. `on_batch` gets the figures of every batch. `window` is the shortest
        encoder length of live windows; None follows the load. `reopener` opens the model after a fault, by default in
        the same way.
        """
        self.profile = profile or DeviceProfile()
        self.window = WindowChoice(window, LengthCosts(self.profile.row_s))
        """The shortest encoder length now."""
        self.admission = Admission(self.profile.lanes, row_s=self.profile.row_s.get(self.window.allowed, 0.0))
        """How busy the engine is."""
        self.capabilities = Capabilities()
        """What the model can do, once it runs."""
        self.length_check = LengthCheck()
        """Which languages short windows harm."""
        self._admits = admits
        self._on_batch = on_batch
        self._recorded = RecordedShare()
        self._times = BatchTimes(hang_max_s)
        self._shares = RoomShares(self.profile.lanes)
        self._scheduler: Scheduler[Answer] = Scheduler(
            self.profile.limits, self._choose_length, lambda room: self._shares.is_over(room, time.monotonic())
        )
        self._runner: BatchRunner[PendingDecode[Answer], DecodeBatch[Answer], WorkerReady, DecodeResult] = BatchRunner(
            program(opener, self.profile.lanes, reopener),
            self._scheduler,
            self._times,
            next_batch=self._next_batch,
            make_message=make_message,
            on_answered=self._on_decoded,
            counts=metrics.DECODE_BATCHES,
        )
        self._streams: set[LiveStream] = set()
        self._group: asyncio.TaskGroup | None = None
        self._is_comparing = False
        """Whether a window is decoded at a second encoder length."""

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
        return self._runner.worker_pid

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Engine"]:
        """Run the worker while the block lasts.

        Leaving lets the worker finish its batches, because a decode cannot be cancelled; unanswered requests fail.

        Raises:
            ModelError: The model cannot be loaded or failed its self-test.
        """
        try:
            ready = await self._runner.start()
            self.capabilities = ready.capabilities
            self._use_measured(ready.warm_up)
            async with asyncio.TaskGroup() as group:
                self._group = group
                batches = group.create_task(self._runner.run())
                try:
                    yield self
                finally:
                    self._group = None
                    batches.cancel()
                    self._runner.fail_all("The engine was closed before this window's turn.")
        finally:
            await self._runner.close()

    @property
    def stream_share(self) -> float:
        """Share of lane time that the live streams use at the shortest allowed encoder length, 0 without streams."""
        return sum(stream.share_s(self.admission.row_s) for stream in self._streams) / self.profile.lanes

    def check_capacity(self, room: str = "") -> None:
        """Check that one more live stream fits; a room's second one must leave a place. Raises BusyError."""
        shares_s = self.stream_share * self.profile.lanes
        if room and any(stream.room == room for stream in self._streams):
            shares_s += self.admission.row_s
        if self._admits and not self.admission.has_room(shares_s):
            raise BusyError(
                f"This machine is at capacity with {len(self._streams)} sources; another one would delay all of them. "
                f"Try again in {RETRY_AFTER_S:.0f} s, or stop a source that is not needed.",
                retry_after_s=RETRY_AFTER_S,
            )

    @contextmanager
    def join(self, room: str = "", *, drafts: LiveStream | None = None) -> Iterator[LiveStream]:
        """Give a live stream of a room a place while the block lasts; it sends its drafts to `drafts`.

        Raises:
            BusyError: The machine is at capacity.
        """
        try:
            self.check_capacity(room)
        except BusyError:
            metrics.REFUSALS.add(metrics.ENGINE_FULL)
            raise
        stream = LiveStream(
            partial(self._answer, room=room),
            self.admission,
            slot=self._emptiest_slot(),
            drafts=drafts,
            room=room,
            stretch=partial(self._stretch, room),
        )
        self._streams.add(stream)
        self._follow_load(time.monotonic())
        try:
            yield stream
        finally:
            self._streams.discard(stream)

    async def decode(self, request: DecodeRequest) -> DecodeResult:
        """Decode one window in a batch with other waiting requests; any number of tasks may call at once.

        Cancelling drops the request; a batch in flight continues.

        Raises:
            DecodeError: The batch failed, or its worker died again and again.
            RowError: Only this window fails.
        """
        decoded = await self._answer(request)
        if decoded is None:
            raise DecodeError("The request was not decoded.")
        return decoded.result

    def _stretch(self, room: str) -> float:
        """Return by how much the cadence of a room is longer than that of others; 1 while the engine has time."""
        now_s = time.monotonic()
        is_busy = self.admission.is_slowed or self.admission.busy_share(now_s) > FREE
        return self._shares.stretch(room, now_s) if is_busy else 1.0

    async def _answer(self, client: DecodeClient, room: str = "") -> DecodedWindow | None:
        """Decode what the client needs; None if it no longer needed anything when its turn came."""
        answer: Answer = asyncio.get_running_loop().create_future()
        pending = PendingDecode(client, answer, time.monotonic(), room)
        self._scheduler.add(pending)
        self._runner.notify()
        try:
            return await answer
        finally:
            self._scheduler.discard(pending)

    def _use_measured(self, warm_up: WarmUp) -> None:
        """Use what was measured on this device before the first live decode."""
        row_s = warm_up.row_s or self.profile.row_s
        for length, time_s in row_s.items():
            self._times.add(length, 1, time_s)
        if not warm_up.row_s:
            return
        self.window.costs = LengthCosts(row_s)
        self.admission.row_s = row_s.get(self.window.allowed, self.admission.row_s)
        for length, n_rows in warm_up.rows.items():
            self._scheduler.limits = self._scheduler.limits.lowered(length, n_rows)

    def _choose_length(self, need: DecodeNeed) -> int:
        """Return the encoder length for a window; for files the shortest that fits, because their windows are long."""
        if need.encoder_length or need.urgency is Urgency.RECORDED:
            return need.encoder_length or encoder_length(need.duration_s, full_window=need.full_window)
        return self.window.length(need.duration_s, full_window=need.full_window or self._is_harmed(need.language))

    def _is_harmed(self, language: str | None) -> bool:
        """Return whether short windows harm a language; before detection it may be any."""
        harmed = self.length_check.harmed
        return not self.window.is_fixed and (language in harmed if language else bool(harmed))

    async def _next_batch(self) -> tuple[DecodeBatch[Answer] | None, list[PendingDecode[Answer]]]:
        """Wait for the other streams of the slot, if there are any; return the next batch, and what is not needed."""
        if self.profile.gather_s and len(self._streams) > 1:
            await asyncio.sleep(self.profile.gather_s)
        recorded_max = self._recorded.rows_max(is_live=bool(self._streams), is_in_flight=self._runner.has_recorded)
        return self._scheduler.next_batch(recorded_max=recorded_max)

    def _on_decoded(self, decoded: AnsweredBatch[DecodeBatch[Answer], DecodeResult]) -> None:
        """Answer the requests of a batch, and follow the load."""
        batch, now_s = decoded.batch, decoded.ended_s
        n_rows, length = len(batch.pending), batch.encoder_length
        live = [pending for pending in batch.pending if pending.request and not pending.request.is_recorded]
        # a room above its share is meant to wait, so that its waits do not slow the others
        waits_s = tuple(0.0 if self._shares.is_over(one.room, now_s) else now_s - one.ready_s for one in live)
        for pending in live:
            self._shares.add(pending.room, decoded.took_s / n_rows, now_s)
        costs_s = [self._cost_s(decoded.took_s / n_rows, length, request) for request in batch.requests]
        self.admission.add_batch(now_s, decoded.took_s, waits_s, n_rows, cost_s=sum(costs_s))
        metrics.CADENCE.set(self.admission.cadence_s)
        if batch.is_recorded and not any(isinstance(pending.client, ComparedWindow) for pending in batch.pending):
            self._recorded.add(n_rows, decoded.took_s)
        if self._on_batch is not None:
            self._on_batch(BatchStats(n_rows, length, decoded.took_s, waits_s))
        self._follow_load(now_s)
        for pending, request, result in zip(batch.pending, batch.requests, decoded.results, strict=True):
            if not pending.handle.done():
                cost_s = self._cost_s(result.decode_s / result.n_rows, length, request)
                pending.handle.set_result(DecodedWindow(result, cost_s))
            self._sample(request, result, length)

    def _cost_s(self, row_s: float, length: int, request: DecodeRequest) -> float:
        """Return what a window would have cost at the shortest encoder length that is allowed for it."""
        is_full = request.full_window or self._is_harmed(request.language)
        allowed = encoder_length(request.duration_s, full_window=is_full, shortest=self.window.allowed)
        return self.window.costs.scale(row_s, length, min(length, allowed))

    def _follow_load(self, now_s: float) -> None:
        before = self.window.shortest
        if self.window.update(now_s, max(self.stream_share, self.admission.live_load(now_s))):
            metrics.ENCODER_LENGTH.set(self.window.shortest)
            if self.window.shortest < before:
                self.admission.forget_waits(now_s)

    def _sample(self, request: DecodeRequest, result: DecodeResult, length: int) -> None:
        """Decode a few windows at a second encoder length too, to notice languages that short windows harm."""
        shortest = encoder_length(request.duration_s, shortest=self.window.allowed)
        is_plain = request.is_utterance_end and "transcribe" in request.tasks and not request.temperature
        if not is_plain or request.is_recorded or request.full_window or shortest == FULL_LENGTH:
            return
        if self.window.is_fixed or self._is_comparing or self._group is None:
            return
        if self.length_check.wants(result.language, self.admission.busy_share(time.monotonic())):
            self._is_comparing = True
            other = shortest if length == FULL_LENGTH else FULL_LENGTH
            self._group.create_task(self._compare(second_decode(request, result.language, other), result))

    async def _compare(self, second: ComparedWindow, first: DecodeResult) -> None:
        try:
            decoded = await self._answer(second)
        except DecodeError:
            return  # the window was decoded once already
        finally:
            self._is_comparing = False
        if decoded is None:
            return
        texts = [result.hypotheses["transcribe"].text for result in (first, decoded.result)]
        short, full = texts if second.encoder_length == FULL_LENGTH else reversed(texts)
        self.length_check.add(first.language, short, full)

    def _emptiest_slot(self) -> float | None:
        slots = [i / self.profile.slots for i in range(self.profile.slots)]
        return min(slots, key=lambda slot: sum(stream.slot == slot for stream in self._streams), default=None)
