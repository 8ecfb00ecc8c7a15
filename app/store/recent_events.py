"""The newest events of a room in memory, for viewers that reconnect."""

from collections import deque
from collections.abc import Iterable

from app.captions.event import Event
from app.store.event_table import StoredEvent


class RecentEvents:
    """Published events in the order of the log; the oldest are dropped when there are too many or they expire."""

    def __init__(self) -> None:
        """Start with no events."""
        self._events: deque[StoredEvent] = deque()
        self.dropped_seq = 0
        """Number of the newest event that was dropped because there were too many."""

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self._events)

    @property
    def end_s(self) -> float:
        """Where the newest phrase ends, in seconds on the room's clock."""
        return max((stored.event.end_s for stored in self._events), default=0.0)

    @property
    def oldest_ms(self) -> int | None:
        """When the oldest phrase was said; None if there is none."""
        return self._events[0].at_ms if self._events else None

    def load(self, events: Iterable[StoredEvent], size_max: int) -> None:
        """Add events from the disk; if there are `size_max` of them, the disk may have older ones."""
        self._events.extend(events)
        if len(self._events) == size_max:
            self.dropped_seq = (self._events[0].event.seq or 1) - 1

    def add(self, stored: StoredEvent, size_max: int) -> None:
        """Add a published event, and drop the oldest if there are more than `size_max`."""
        self._events.append(stored)
        if len(self._events) > size_max:
            self.dropped_seq = self._events.popleft().event.seq or 0

    def since(self, seq: int) -> list[Event]:
        """Return the events after `seq`, oldest first."""
        return [stored.event for stored in self._events if (stored.event.seq or 0) > seq]

    def expire(self, before_ms: int) -> int:
        """Remove what was said before a time, and return the number of the newest event removed; 0 if there is none."""
        return remove_older(self._events, before_ms)

    def clear(self, last_seq: int) -> None:
        """Remove all events up to the number `last_seq`."""
        self._events.clear()
        self.dropped_seq = last_seq


def remove_older(events: deque[StoredEvent], before_ms: int) -> int:
    """Remove the events at the front that were said before a time, and return the newest number; 0 if there is none."""
    seq = 0
    while events and events[0].at_ms < before_ms:
        seq = events.popleft().event.seq or 0
    return seq
