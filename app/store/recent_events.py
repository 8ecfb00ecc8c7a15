"""The newest events of a room in memory, for viewers that reconnect."""

from collections import deque
from collections.abc import Iterable, Iterator
from math import inf

from app.captions.event import Event
from app.store.event_table import StoredEvent


class RecentEvents:
    """Published events in the order of the log; the oldest are dropped when there are too many or they expire."""

    def __init__(self) -> None:
        """Start with no events."""
        self._events: deque[StoredEvent] = deque()
        self._newest: dict[tuple[str, str], Event] = {}
        """The newest event of each phrase and track, in the order of the log."""
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

    @property
    def oldest_end_s(self) -> float:
        """Where the oldest phrase ends, in seconds on the room's clock; infinite if there is none."""
        return self._events[0].event.end_s if self._events else inf

    def load(self, events: Iterable[StoredEvent], size_max: int) -> None:
        """Add events from the disk; if there are `size_max` of them, the disk may have older ones."""
        for stored in events:
            self._append(stored)
        if len(self._events) == size_max:
            self.dropped_seq = (self._events[0].event.seq or 1) - 1

    def add(self, stored: StoredEvent, size_max: int) -> None:
        """Add a published event, and drop the oldest if there are more than `size_max`."""
        self._append(stored)
        if len(self._events) > size_max:
            self.dropped_seq = self._remove_oldest()

    def since(self, seq: int) -> list[Event]:
        """Return the events after `seq`, oldest first."""
        return [stored.event for stored in self._events if (stored.event.seq or 0) > seq]

    def newest(self) -> Iterator[Event]:
        """Yield the newest event of each phrase and track, newest first; no event may be added meanwhile."""
        return reversed(self._newest.values())

    def expire(self, before_ms: int) -> int:
        """Remove what was said before a time, and return the number of the newest event removed; 0 if there is none."""
        seq = 0
        while self._events and self._events[0].at_ms < before_ms:
            seq = self._remove_oldest()
        return seq

    def clear(self, last_seq: int) -> None:
        """Remove all events up to the number `last_seq`."""
        self._events.clear()
        self._newest.clear()
        self.dropped_seq = last_seq

    def _append(self, stored: StoredEvent) -> None:
        self._events.append(stored)
        place = (stored.event.phrase, stored.event.track)
        self._newest.pop(place, None)  # the dict is in the order in which places were added
        self._newest[place] = stored.event

    def _remove_oldest(self) -> int:
        """Remove the oldest event and return its number."""
        event = self._events.popleft().event
        if self._newest.get((event.phrase, event.track)) is event:
            del self._newest[event.phrase, event.track]
        return event.seq or 0
