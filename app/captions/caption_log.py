"""The log of a room: numbers and keeps final phrases, so that readers who disconnect or join late miss none."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from math import inf
from typing import Protocol

from app.captions.event import Event

OnLogged = Callable[[Event], None]
"""Called with an event, its epoch and its seq, once the log has it."""


def current_phrases(events: Iterable[Event], *, with_withdrawn: bool = False) -> list[Event]:
    """Return the newest event of each phrase and track, in the order of the log.

    Withdrawn phrases are left out unless `with_withdrawn` is set; open ones always are.
    """
    newest = {(event.phrase, event.track): event for event in events if event.is_logged}
    kept = [event for event in newest.values() if with_withdrawn or event.state != "withdrawn"]
    return sorted(kept, key=lambda event: event.seq or 0)


def older_phrases(newest: Iterable[Event], before: int, limit: int) -> list[Event]:
    """Return the last `limit` phrases numbered below `before`, oldest first, of events that come newest first."""
    older = (event for event in newest if (event.seq or 0) < before and event.state != "withdrawn")
    return list(islice(older, limit))[::-1]


def on_track(events: Iterable[Event], track: str | None) -> list[Event]:
    """Return the events on a track; all if it is None."""
    return [event for event in events if track in (None, event.track)]


class CaptionLog(Protocol):
    """Keeps logged events of one room in order."""

    on_problem: Callable[[], None]
    """Called when `problem` has changed; set by the room."""

    @property
    def epoch(self) -> str:
        """Identifies this continuous log; numbers of another epoch have no meaning here."""

    @property
    def last_seq(self) -> int:
        """Number of the newest event that was published."""

    @property
    def expired_seq(self) -> int:
        """Number of the newest event that is too old to be shown to any reader; 0 if there is none."""

    @property
    def problem(self) -> str:
        """A sentence for people while published phrases are not saved, else empty."""

    @property
    def end_s(self) -> float:
        """Where the newest phrase in memory ends, in seconds on the room's clock."""

    def begin_session(self) -> int:
        """Return the number of a new source session."""

    def append(self, event: Event, on_logged: OnLogged) -> None:
        """Number and keep the event, then call `on_logged` with it; calls are in order, but may come later."""

    def since(self, seq: int) -> list[Event]:
        """Return the published events after `seq` that are still in memory, oldest first."""

    def newest(self) -> Iterator[Event]:
        """Yield the newest event of each phrase and track in memory, newest first; for use at once."""

    @property
    def oldest_end_s(self) -> float:
        """Where the oldest phrase in memory ends, in seconds on the room's clock; infinite if there is none."""

    def can_resume_from(self, seq: int) -> bool:
        """Return whether `since(seq)` is complete, apart from events that have expired."""

    async def before(self, seq: int, limit: int) -> list[Event]:
        """Return the newest `limit` phrases numbered below `seq`, in their current state, oldest first.

        Raises:
            BusyError: Too many others read.
            StoreError: The disk cannot be read.
        """

    async def all_events(self, track: str | None = None) -> list[Event]:
        """Return all events that are kept, oldest first; with `track` only those on it.

        Raises:
            BusyError: Too many others read.
            StoreError: The disk cannot be read.
        """

    async def drain(self) -> None:
        """Wait until all events appended so far are published."""

    async def erase(self) -> int:
        """Delete all events, return their number, and start a new epoch; numbers keep counting; raises StoreError."""


class MemoryLog:
    """A log of the newest `size` events in memory; it ends with the process."""

    problem = ""
    expired_seq = 0

    def __init__(self, epoch: str, size: int = 10_000) -> None:
        """Create an empty log; `size` bounds memory (10,000 phrases are about a day of talk)."""
        self.epoch = epoch
        self.on_problem: Callable[[], None] = lambda: None
        self._events: deque[Event] = deque()
        self._size = size
        self._newest: dict[tuple[str, str], Event] = {}
        """The newest event of each phrase and track, in the order of the log."""
        self._seq = 0
        self._session = 0

    @property
    def end_s(self) -> float:
        """Where the newest phrase in memory ends, in seconds on the room's clock."""
        return max((event.end_s for event in self._events), default=0.0)

    @property
    def last_seq(self) -> int:
        """Number of the newest event."""
        return self._seq

    def begin_session(self) -> int:
        """Return the number of a new source session."""
        self._session += 1
        return self._session

    def append(self, event: Event, on_logged: OnLogged) -> None:
        """Number and keep the event, then call `on_logged` at once."""
        self._seq += 1
        logged = replace(event, epoch=self.epoch, seq=self._seq)
        self._events.append(logged)
        place = (logged.phrase, logged.track)
        self._newest.pop(place, None)  # the dict is in the order in which places were added
        self._newest[place] = logged
        if len(self._events) > self._size:
            oldest = self._events.popleft()
            if self._newest.get((oldest.phrase, oldest.track)) is oldest:
                del self._newest[oldest.phrase, oldest.track]
        on_logged(logged)

    def since(self, seq: int) -> list[Event]:
        """Return the events after `seq` that are still in memory, oldest first."""
        n_events = len(self._events)
        skip = max(0, n_events - (self._seq - seq)) if seq < self._seq else n_events
        return list(self._events)[skip:]

    def newest(self) -> Iterator[Event]:
        """Yield the newest event of each phrase and track in memory, newest first; for use at once."""
        return reversed(self._newest.values())

    @property
    def oldest_end_s(self) -> float:
        """Where the oldest phrase in memory ends, in seconds on the room's clock; infinite if there is none."""
        return self._events[0].end_s if self._events else inf

    def can_resume_from(self, seq: int) -> bool:
        """Return whether no event after `seq` was dropped."""
        return self._seq - len(self._events) <= seq <= self._seq

    async def before(self, seq: int, limit: int) -> list[Event]:
        """Return the newest `limit` phrases in memory numbered below `seq`, in their current state, oldest first."""
        return older_phrases(self.newest(), seq, limit)

    async def all_events(self, track: str | None = None) -> list[Event]:
        """Return all events in memory; with `track` only those on it."""
        return on_track(self._events, track)

    async def drain(self) -> None:
        """Return at once: events are published as they are appended."""

    async def erase(self) -> int:
        """Delete all events and return their number."""
        self.epoch += "'"
        n_events = len(self._events)
        self._events.clear()
        self._newest.clear()
        return n_events
