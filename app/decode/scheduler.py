"""Chooses which requests make the next batch; pure: knows neither clock nor model.

All rows of a batch need the same encoder length and the same prompt length, so requests are grouped by both. Windows of
a failed batch are decoded again in smaller batches without others, so that only the bad one fails. Ended utterances go
before running ones, and files go last. Among equals the oldest goes first, so that a room in which somebody speaks
without a pause gets its turn. A room that uses more than its share comes after the others, see `room_shares`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from app import log
from app.decode.encoder_length import ENCODER_LENGTHS, encoder_length
from app.decode.request import DecodeClient, DecodeNeed, DecodeRequest, Urgency

Handle = TypeVar("Handle")

logger = log.get(__name__)


@dataclass(eq=False, slots=True)
class PendingDecode(Generic[Handle]):
    """One client in the queue."""

    client: DecodeClient
    handle: Handle
    """The caller's own reference to this decode, such as the future that waits for it."""
    ready_s: float
    """When the decode became due, on the caller's clock."""
    room: str = ""
    """The room that it is for; empty for a file."""
    request: DecodeRequest | None = None
    """The window, once the client has provided it; a retry after a crash decodes the same window."""
    n_failures: int = 0
    """Batches with this window that failed."""
    n_alone: int = 0
    """Those of them that had no other window."""
    n_decoded_before: int = 0
    """Batches of the engine that had worked when the first one failed."""
    rows_max: int | None = None
    """Largest batch that it may be in after a failure; None if no batch with it failed."""


@dataclass(frozen=True, slots=True)
class DecodeBatch(Generic[Handle]):
    """Requests that are decoded together."""

    pending: tuple[PendingDecode[Handle], ...]
    """Each with its request."""
    encoder_length: int
    """In frames of 20 ms."""

    @property
    def requests(self) -> list[DecodeRequest]:
        """The windows to decode, in order."""
        return [pending.request for pending in self.pending if pending.request is not None]

    @property
    def size(self) -> int:
        """What its time depends on, beside the number of rows."""
        return self.encoder_length

    @property
    def is_recorded(self) -> bool:
        """Whether its windows are of files; they never share a batch with live ones."""
        return any(request.is_recorded for request in self.requests)


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How large batches may be."""

    rows: Mapping[int, int] = field(default_factory=lambda: dict.fromkeys(ENCODER_LENGTHS, 8))
    """Live windows in one batch, by encoder length."""
    recorded: int | None = None
    """Windows of files in one batch; None takes the limit of live windows."""
    promotes: bool = False
    """Whether a half-empty batch is filled with windows of the next smaller length: good on a GPU, where a step costs
    the same for few rows as for many; bad on a CPU, where encode time grows with the length."""

    def max_rows(self, length: int, *, is_recorded: bool = False) -> int:
        """Return the limit for one encoder length."""
        if is_recorded and self.recorded is not None:
            return max(1, self.recorded)
        return max(1, self.rows.get(length, min(self.rows.values(), default=1)))

    def lowered(self, length: int, n_rows: int, *, is_recorded: bool = False) -> "BatchLimits":
        """Return the limits with at most `n_rows` at one encoder length, after the device had too little memory."""
        if is_recorded and self.recorded is not None:
            return replace(self, recorded=min(n_rows, self.recorded))
        return replace(self, rows={**self.rows, length: min(n_rows, self.max_rows(length))})


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What a queued client needs now."""

    need: DecodeNeed
    length: int
    """Encoder length in frames of 20 ms."""


class Scheduler(Generic[Handle]):
    """The queue of one engine; all calls from one thread."""

    def __init__(
        self,
        limits: BatchLimits,
        choose_length: Callable[[DecodeNeed], int] | None = None,
        is_over: Callable[[str], bool] = lambda room: False,
    ) -> None:
        """Create an empty queue.

        `choose_length` returns an encoder length, by default the shortest that fits; `is_over` whether a room uses more
        than its share.
        """
        self.limits = limits
        self._is_over = is_over
        self._choose_length = choose_length or _shortest
        self._queue: dict[PendingDecode[Handle], None] = {}

    def __len__(self) -> int:
        """Return the length of the queue."""
        return len(self._queue)

    def add(self, pending: PendingDecode[Handle]) -> None:
        """Queue a decode; one that was already in a batch keeps its age and its request."""
        self._queue[pending] = None

    def discard(self, pending: PendingDecode[Handle]) -> None:
        """Remove a decode from the queue, if it is there."""
        self._queue.pop(pending, None)

    def clear(self) -> list[PendingDecode[Handle]]:
        """Remove all decodes and return them."""
        removed = list(self._queue)
        self._queue.clear()
        return removed

    def lower(self, batch: DecodeBatch[Handle], n_rows: int) -> None:
        """From now on, make batches like this one with at most `n_rows`, because there is too little memory."""
        limits = self.limits.lowered(batch.encoder_length, n_rows, is_recorded=batch.is_recorded)
        if limits != self.limits:
            logger.warning("batch_limit_lowered", encoder_length=batch.encoder_length, rows=n_rows)
        self.limits = limits

    def next_batch(
        self, *, recorded_max: int | None = None
    ) -> tuple[DecodeBatch[Handle] | None, list[PendingDecode[Handle]]]:
        """Return the next batch, and the decodes whose clients no longer need anything; all of them leave the queue.

        `recorded_max` limits the rows of a batch from files while live rooms share the engine; with 0 files wait.
        """
        candidates: dict[PendingDecode[Handle], _Candidate] = {}
        idle: list[PendingDecode[Handle]] = []
        for pending in self._queue:
            need = pending.request.need() if pending.request is not None else pending.client.need()
            if need is None:
                idle.append(pending)
            elif need.urgency is not Urgency.RECORDED or recorded_max != 0:
                candidates[pending] = _Candidate(need, self._choose_length(need))
        for pending in idle:
            self.discard(pending)
        over = {room for room in {pending.room for pending in candidates} if self._is_over(room)}

        def rank(pending: PendingDecode[Handle]) -> tuple[bool, bool, Urgency, float]:
            urgency = candidates[pending].need.urgency
            return urgency is Urgency.RECORDED, pending.room in over, urgency, pending.ready_s

        order = sorted(candidates, key=rank)
        if not order:
            return None, idle
        chosen, length = self._choose(order, candidates, recorded_max)
        for pending in chosen:
            self.discard(pending)
            if pending.request is None:
                pending.request = pending.client.request()
        idle += [pending for pending in chosen if pending.request is None]
        taken = tuple(pending for pending in chosen if pending.request is not None)
        return (DecodeBatch(taken, length) if taken else None), idle

    def _choose(
        self,
        order: list[PendingDecode[Handle]],
        candidates: dict[PendingDecode[Handle], _Candidate],
        recorded_max: int | None,
    ) -> tuple[list[PendingDecode[Handle]], int]:
        """Return the decodes that share a batch with the first in order, and their encoder length."""
        first = candidates[order[0]]
        is_recorded = first.need.urgency is Urgency.RECORDED

        def fits(pending: PendingDecode[Handle], length: int) -> bool:
            other = candidates[pending]
            return (
                other.length == length
                and pending.rows_max == order[0].rows_max
                and (other.need.n_prompt, other.need.beam_size) == (first.need.n_prompt, first.need.beam_size)
                # a file's windows would make live rooms wait for them
                and (other.need.urgency is Urgency.RECORDED) == is_recorded
            )

        length, limit = first.length, self.limits.max_rows(first.length, is_recorded=is_recorded)
        limit = min(limit, order[0].rows_max or limit)
        if is_recorded and recorded_max is not None:
            limit = min(limit, recorded_max)
        chosen = [pending for pending in order if fits(pending, length)][:limit]
        smaller = [other for other in ENCODER_LENGTHS if other < length]
        if self.limits.promotes and smaller and len(chosen) <= limit // 2:
            chosen += [pending for pending in order if fits(pending, smaller[-1])][: limit - len(chosen)]
        return chosen, length


def _shortest(need: DecodeNeed) -> int:
    return encoder_length(need.duration_s, full_window=need.full_window)
