"""Where final phrases are kept, so that a reader who drops or comes late misses none."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

from app.captions.event import Event

Tell = Callable[[Event], None]
"""Hears of an event once it is kept."""


def newest(events: Iterable[Event]) -> list[Event]:
    """Return the events that no later one took the place of, oldest first."""
    last = {(event.phrase, event.track): event for event in events}
    return sorted(last.values(), key=lambda event: event.seq or 0)


def prevailing(events: Iterable[Event]) -> list[Event]:
    """Return what stands now, oldest first: the newest events, but for what was taken back."""
    return [event for event in newest(events) if event.state != "withdrawn"]


class Log(Protocol):
    """Keeps logged events of one room in order."""

    changed: Callable[[], None]
    """Called when `problem` has changed; whoever shows it sets this."""

    @property
    def epoch(self) -> str:
        """Name of this life of the log; another one says that numbers do not go on from what a reader holds."""

    @property
    def last_seq(self) -> int:
        """Number of the newest event that was told."""

    @property
    def forgotten(self) -> int:
        """Number of the newest event that is too old to be shown to anybody; 0 for none."""

    @property
    def problem(self) -> str:
        """A sentence for people while phrases are shown that are not saved, else empty."""

    @property
    def end_s(self) -> float:
        """Where the newest phrase held ends, in seconds on the room's clock."""

    def begin(self) -> int:
        """Return the number of a new source session."""

    def append(self, event: Event, tell: Tell) -> None:
        """Number the event and keep it, then `tell` of it with its epoch and seq; in order, perhaps later."""

    def since(self, seq: int) -> list[Event]:
        """Return the events after `seq` that were told and are still held, oldest first."""

    def holds(self, seq: int) -> bool:
        """Return whether `since(seq)` leaves out nothing but what was forgotten on purpose."""

    async def before(self, seq: int, most: int) -> list[Event]:
        """Return the newest `most` events before a number as they stand now, oldest first; raises StoreError."""

    async def everything(self) -> list[Event]:
        """Return all events that are kept, oldest first; raises StoreError."""

    async def settle(self) -> None:
        """Wait until all events that were appended are told."""

    async def erase(self) -> None:
        """Forget all events, under a new epoch; numbers go on; raises StoreError."""


class MemoryLog:
    """A log that lives as long as the process and holds the newest `size` events."""

    problem = ""
    forgotten = 0

    def __init__(self, epoch: str, size: int = 10_000) -> None:
        """Begin an empty log; `size` bounds memory (10,000 phrases are about a day of talk)."""
        self.epoch = epoch
        self.changed: Callable[[], None] = lambda: None
        self._events: deque[Event] = deque(maxlen=size)
        self._seq = 0
        self._session = 0

    @property
    def end_s(self) -> float:
        """Where the newest phrase held ends, in seconds on the room's clock."""
        return max((event.end_s for event in self._events), default=0.0)

    @property
    def last_seq(self) -> int:
        """Number of the newest event."""
        return self._seq

    def begin(self) -> int:
        """Return the number of a new source session."""
        self._session += 1
        return self._session

    def append(self, event: Event, tell: Tell) -> None:
        """Number the event and keep it, then `tell` of it at once."""
        self._seq += 1
        kept = replace(event, epoch=self.epoch, seq=self._seq)
        self._events.append(kept)
        tell(kept)

    def since(self, seq: int) -> list[Event]:
        """Return the events after `seq` that are still held, oldest first."""
        held = len(self._events)
        skip = max(0, held - (self._seq - seq)) if seq < self._seq else held
        return list(self._events)[skip:]

    def holds(self, seq: int) -> bool:
        """Return whether nothing after `seq` was given up."""
        return self._seq - len(self._events) <= seq <= self._seq

    async def before(self, seq: int, most: int) -> list[Event]:
        """Return the newest `most` events held before a number as they stand now, oldest first."""
        return [event for event in prevailing(self._events) if (event.seq or 0) < seq][-most:]

    async def everything(self) -> list[Event]:
        """Return all events held."""
        return list(self._events)

    async def settle(self) -> None:
        """Return at once."""

    async def erase(self) -> None:
        """Forget all events."""
        self.epoch += "'"
        self._events.clear()
