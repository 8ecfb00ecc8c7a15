"""Which requests make the next batch; pure: knows neither clock nor model.

Encoder length and prompt length must be equal in a batch, so requests are grouped by both. Ended utterances go before
running ones and files behind all; among equals the oldest goes first, so that a room that never pauses takes its turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from app.decode.encoder_length import BUCKETS, bucket
from app.decode.request import DecodeClient, DecodeNeed, DecodeRequest, Urgency

Owner = TypeVar("Owner")


@dataclass(eq=False, slots=True)
class PendingDecode(Generic[Owner]):
    """One client in the queue."""

    client: DecodeClient
    owner: Owner
    """Whatever the caller wants to find again."""
    ready_s: float
    """When the decode was first wanted, on the caller's clock."""
    request: DecodeRequest | None = None
    """The sound, once it was asked for; a batch whose worker died is decoded again with the same."""
    n_tries: int = 0


@dataclass(frozen=True, slots=True)
class DecodeBatch(Generic[Owner]):
    """Tickets that are decoded together, each with its request."""

    tickets: tuple[PendingDecode[Owner], ...]
    size: int
    """Encoder length in frames of 20 ms."""

    @property
    def requests(self) -> list[DecodeRequest]:
        """What to decode, in order."""
        return [ticket.request for ticket in self.tickets if ticket.request is not None]


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How large batches may be."""

    rows: Mapping[int, int] = field(default_factory=lambda: dict.fromkeys(BUCKETS, 8))
    """Windows in one batch, by encoder length."""
    promotes: bool = False
    """Whether a half-empty batch takes windows of the next smaller length too: right on a GPU, whose steps cost the
    same for few rows as for many; wrong on a CPU, where a longer encode costs in proportion."""

    def of(self, size: int) -> int:
        """Return the limit for one encoder length."""
        return max(1, self.rows.get(size, min(self.rows.values(), default=1)))


@dataclass(frozen=True, slots=True)
class _QueuePlace:
    """Where a ticket stands in the queue now."""

    need: DecodeNeed
    size: int


class Scheduler(Generic[Owner]):
    """The queue of one engine; all calls from one thread."""

    def __init__(self, limits: BatchLimits) -> None:
        """Begin empty."""
        self.limits = limits
        self._tickets: dict[PendingDecode[Owner], None] = {}

    def __len__(self) -> int:
        """Return how many tickets wait."""
        return len(self._tickets)

    def add(self, ticket: PendingDecode[Owner]) -> None:
        """Let a ticket wait; one that was taken before keeps its age and its request."""
        self._tickets[ticket] = None

    def discard(self, ticket: PendingDecode[Owner]) -> None:
        """Take a ticket out that nobody waits for any more."""
        self._tickets.pop(ticket, None)

    def clear(self) -> list[PendingDecode[Owner]]:
        """Take all tickets out and return them."""
        tickets = list(self._tickets)
        self._tickets.clear()
        return tickets

    def next(self, *, recorded_max: int | None = None) -> tuple[DecodeBatch[Owner] | None, list[PendingDecode[Owner]]]:
        """Return the next batch, and tickets that wanted nothing any more; all of them leave the queue.

        `recorded_max` limits batches of recorded files while live rooms share the engine; 0 leaves them waiting.
        """
        places: dict[PendingDecode[Owner], _QueuePlace] = {}
        idle: list[PendingDecode[Owner]] = []
        for ticket in self._tickets:
            need = ticket.request.need() if ticket.request is not None else ticket.client.need()
            if need is None:
                idle.append(ticket)
            elif need.urgency is not Urgency.RECORDED or recorded_max != 0:
                size = bucket(need.duration_s, full_window=need.full_window)
                places[ticket] = _QueuePlace(need, size)
        for ticket in idle:
            self.discard(ticket)
        order = sorted(places, key=lambda ticket: (places[ticket].need.urgency, ticket.ready_s))
        if not order:
            return None, idle
        chosen, size = self._choose(order, places, recorded_max)
        for ticket in chosen:
            self.discard(ticket)
            if ticket.request is None:
                ticket.request = ticket.client.request()
        idle += [ticket for ticket in chosen if ticket.request is None]
        taken = tuple(ticket for ticket in chosen if ticket.request is not None)
        return (DecodeBatch(taken, size) if taken else None), idle

    def _choose(
        self,
        order: list[PendingDecode[Owner]],
        places: dict[PendingDecode[Owner], _QueuePlace],
        recorded_max: int | None,
    ) -> tuple[list[PendingDecode[Owner]], int]:
        """Return the tickets that go with the first in order, and their encoder length."""
        first = places[order[0]]
        is_recorded = first.need.urgency is Urgency.RECORDED

        def fits(ticket: PendingDecode[Owner], size: int) -> bool:
            place = places[ticket]
            return (
                place.size == size
                and (place.need.n_prompt, place.need.beam_size) == (first.need.n_prompt, first.need.beam_size)
                # a file's windows would make live rooms wait for them
                and (place.need.urgency is Urgency.RECORDED) == is_recorded
            )

        size, limit = first.size, self.limits.of(first.size)
        if is_recorded and recorded_max is not None:
            limit = min(limit, recorded_max)
        chosen = [ticket for ticket in order if fits(ticket, size)][:limit]
        smaller = [other for other in BUCKETS if other < size]
        if self.limits.promotes and smaller and len(chosen) <= limit // 2:
            chosen += [ticket for ticket in order if fits(ticket, smaller[-1])][: limit - len(chosen)]
        return chosen, size
