"""Published events that a failing disk has not saved yet."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app import metrics
from app.captions.event import Event
from app.store.event_table import StoredEvent

UNSAVED_MAX = 10_000
"""Maximum events that wait for a failing disk; beyond it the oldest is dropped and counted."""


class UnsavedEvents:
    """Events waiting to be saved, oldest first; a metric shows their number."""

    def __init__(self, room: str) -> None:
        """Start with no events, for the room of this name."""
        self._room = room
        self._events: deque[StoredEvent] = deque()

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self._events)

    def __iter__(self) -> Iterator[StoredEvent]:
        """Yield the events, oldest first."""
        return iter(self._events)

    @property
    def oldest_ms(self) -> int | None:
        """When the oldest phrase was said; None if there is none."""
        return self._events[0].at_ms if self._events else None

    def add(self, stored: StoredEvent) -> None:
        """Add an event, and drop the oldest if there are more than UNSAVED_MAX."""
        self._events.append(stored)
        if len(self._events) > UNSAVED_MAX:
            self._events.popleft()
            metrics.UNSAVED_DROPPED.inc()
        self._count()

    def remove(self, saved: Sequence[StoredEvent]) -> None:
        """Remove saved events: all up to the last of them."""
        while self._events and saved and (self._events[0].event.seq or 0) <= (saved[-1].event.seq or 0):
            self._events.popleft()
        self._count()

    def expire(self, before_ms: int) -> int:
        """Remove what was said before a time, and return the number of the newest event removed; 0 if there is none."""
        seq = 0
        while self._events and self._events[0].at_ms < before_ms:
            seq = self._events.popleft().event.seq or 0
        self._count()
        return seq

    def clear(self) -> None:
        """Remove all events."""
        self._events.clear()
        self._count()

    def _count(self) -> None:
        metrics.UNSAVED.labels(self._room).set(len(self._events))


def merge_unsaved(saved: Sequence[Event], unsaved: Sequence[Event], epoch: str) -> list[Event]:
    """Return saved and unsaved events in order, all under one epoch; some may be in both."""
    events = {event.seq or 0: event for event in (*saved, *unsaved)}
    return [replace(events[seq], epoch=epoch) for seq in sorted(events)]
