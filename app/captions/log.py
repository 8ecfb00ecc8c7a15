"""Where final phrases are kept, so that a reader who drops or comes late misses none."""

from collections import deque
from dataclasses import replace
from typing import Protocol

from app.captions.event import Event


class Log(Protocol):
    """Keeps logged events of one room in order."""

    @property
    def epoch(self) -> str:
        """Name of this life of the log."""

    def append(self, event: Event) -> Event:
        """Keep the event and return it with its epoch and seq; it may be published only afterwards."""

    def since(self, seq: int) -> list[Event]:
        """Return the events after `seq` that are still held, oldest first."""


class MemoryLog:
    """A log that lives as long as the process and holds the newest `size` events."""

    def __init__(self, epoch: str, size: int = 10_000) -> None:
        """Begin an empty log; `size` bounds memory (10,000 phrases are about a day of talk)."""
        self.epoch = epoch
        self._events: deque[Event] = deque(maxlen=size)
        self._seq = 0

    def append(self, event: Event) -> Event:
        """Keep the event and return it with its epoch and seq."""
        self._seq += 1
        kept = replace(event, epoch=self.epoch, seq=self._seq)
        self._events.append(kept)
        return kept

    def since(self, seq: int) -> list[Event]:
        """Return the events after `seq` that are still held, oldest first."""
        held = len(self._events)
        skip = max(0, held - (self._seq - seq)) if seq < self._seq else held
        return list(self._events)[skip:]
