"""Chooses which sentences are translated together; pure: knows neither clock nor model.

Finished sentences go before previews. Of each room the oldest goes first, then the second oldest of each, so that a
room with many sentences or targets does not delay the others. Sentences of a failed batch come again in smaller
batches without others, so that only the bad one fails.
"""

import asyncio
from dataclasses import dataclass

from app.translate.request import Translation, TranslationRequest

SIZE_STEP = 100
"""Characters: how long a batch takes is remembered apart for longest sentences up to this, twice this, and so on."""


@dataclass(eq=False, slots=True)
class PendingRequest:
    """One request in the queue; times are on the caller's clock."""

    request: TranslationRequest
    handle: asyncio.Future[Translation | None]
    """Gets the translation; None if the request was dropped."""
    ready_s: float
    """When it came."""
    n_failures: int = 0
    """Batches with this sentence that failed."""
    n_alone: int = 0
    """Those of them that had no other sentence."""
    n_decoded_before: int = 0
    """Batches of the engine that had worked when the first one failed."""
    rows_max: int | None = None
    """Largest batch that it may be in after a failure; None if no batch with it failed."""


@dataclass(frozen=True, slots=True)
class RequestBatch:
    """Sentences that are translated together."""

    pending: tuple[PendingRequest, ...]

    @property
    def size(self) -> int:
        """The step of SIZE_STEP in which the longest one is."""
        return max((len(one.request.text) // SIZE_STEP for one in self.pending), default=0)

    @property
    def is_recorded(self) -> bool:
        """Readers wait for every translation."""
        return False


class RequestQueue:
    """The queue of one engine; all calls from one thread."""

    def __init__(self, rows_max: int) -> None:
        """Create an empty queue, for batches of at most `rows_max`."""
        self.rows_max = rows_max
        self._queue: dict[PendingRequest, None] = {}

    def __len__(self) -> int:
        """Return the length of the queue."""
        return len(self._queue)

    @property
    def oldest_final_s(self) -> float | None:
        """When the oldest finished sentence came, None if none waits."""
        return min((one.ready_s for one in self._queue if not one.request.is_preview), default=None)

    def add(self, pending: PendingRequest) -> None:
        """Queue a sentence; one that was in a batch before keeps its age."""
        self._queue[pending] = None

    def discard(self, pending: PendingRequest) -> None:
        """Remove a sentence from the queue, if it is there."""
        self._queue.pop(pending, None)

    def clear(self) -> list[PendingRequest]:
        """Remove all sentences and return them."""
        removed = list(self._queue)
        self._queue.clear()
        return removed

    def lower(self, batch: RequestBatch, n_rows: int) -> None:
        """From now on, make batches of at most `n_rows`, because there was too little memory for this one."""
        self.rows_max = max(1, min(self.rows_max, n_rows))

    def next_batch(self) -> RequestBatch | None:
        """Return the next batch, whose sentences leave the queue; None if nothing waits.

        Previews never share a batch with finished sentences, which would wait for them.
        """
        places: dict[tuple[str, bool], int] = {}
        ranks: dict[PendingRequest, tuple[bool, int, float]] = {}
        for one in sorted(self._queue, key=lambda one: one.ready_s):
            key = (one.request.room, one.request.is_preview)
            places[key] = place = places.get(key, -1) + 1
            ranks[one] = (one.request.is_preview, place, one.ready_s)
        order = sorted(ranks, key=ranks.__getitem__)
        if not order:
            return None
        first = order[0]
        limit = min(self.rows_max, first.rows_max or self.rows_max)
        chosen = [
            one
            for one in order
            if one.rows_max == first.rows_max and one.request.is_preview == first.request.is_preview
        ][:limit]
        for one in chosen:
            self.discard(one)
        return RequestBatch(tuple(chosen))
