"""Events that wait for the disk before they are published."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from app.captions.caption_log import OnLogged
from app.store.event_table import StoredEvent

WAIT_MAX_S = 3.0
"""Maximum wait of a final phrase for the disk; then it is shown unsaved, and the room reports the problem."""


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An event that waits for the disk."""

    stored: StoredEvent
    on_logged: OnLogged
    since_s: float
    """When it began to wait, on the monotonic clock."""


class PendingEvents:
    """The waiting events, oldest first, and a timer that ends the wait."""

    def __init__(self, on_late: Callable[[], None]) -> None:
        """Call `on_late` when the oldest event has waited for WAIT_MAX_S."""
        self._on_late = on_late
        self._events: deque[PendingEvent] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def oldest_ms(self) -> int | None:
        """When the oldest phrase was said; None if there is none."""
        return self._events[0].stored.at_ms if self._events else None

    def add(self, stored: StoredEvent, on_logged: OnLogged) -> None:
        """Add an event that was just passed to the database."""
        self._events.append(PendingEvent(stored, on_logged, time.monotonic()))
        self._start_timer()

    def take(self, stored: StoredEvent) -> PendingEvent | None:
        """Remove and return this event if it is the oldest; None if it no longer waits."""
        return self._events.popleft() if self._events and self._events[0].stored is stored else None

    def take_all(self) -> list[PendingEvent]:
        """Remove and return all events."""
        events = list(self._events)
        self._events.clear()
        return events

    def _start_timer(self) -> None:
        if self._timer is None and self._events:
            left_s = self._events[0].since_s + WAIT_MAX_S - time.monotonic()
            self._timer = asyncio.get_running_loop().call_later(left_s, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        if not self._events:
            return
        if time.monotonic() - self._events[0].since_s >= WAIT_MAX_S:
            self._on_late()
        else:
            self._start_timer()
