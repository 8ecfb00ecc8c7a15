"""One publisher, many readers: each reads at its own pace from a box that cannot grow without bound."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

from app import metrics
from app.captions.event import Event

BOX_FINALS = 500
"""Logged events a reader may leave unread, about half an hour of talk; then it is closed and resumes from the log."""


class SlowReaderError(Exception):
    """The reader fell too far behind; it can resume from the log."""


class Subscription:
    """One reader's box: an unread open phrase is replaced by its newer state, a logged event never."""

    def __init__(self, room: str, size: int = BOX_FINALS) -> None:
        """Begin empty; `size` is the number of unread logged events allowed."""
        self._room = room
        self._size = size
        self._box: dict[tuple[str, str, int | None], Event] = {}
        self._finals = 0
        self._is_late = False
        self._arrived = asyncio.Event()

    def put(self, event: Event) -> None:
        """Place an event in the box; called by the bus only."""
        if self._is_late:
            return
        replaced = self._box.pop((event.phrase, event.track, None), None)
        if replaced is not None:
            metrics.COALESCED.labels(self._room).inc()
        self._box[event.phrase, event.track, event.seq] = event
        self._finals += event.is_logged
        if self._finals > self._size:
            self._is_late = True
            self._box.clear()
            metrics.LAGGARDS.labels(self._room).inc()
        self._arrived.set()

    async def events(self) -> AsyncIterator[Event]:
        """Yield events as they come, for ever; cancelling the reader loses nothing that was already yielded.

        Raises:
            LaggardError: More than the allowed number of logged events were unread.
        """
        while True:
            await self._arrived.wait()
            if self._is_late:
                raise SlowReaderError(f"The reader left more than {self._size} phrases unread; resume from the log.")
            key = next(iter(self._box), None)
            if key is None:
                self._arrived.clear()
                continue
            event = self._box.pop(key)
            self._finals -= event.is_logged
            yield event


class Bus:
    """Hands every event of one room to all who listen; publishing never waits."""

    def __init__(self, room: str) -> None:
        """Begin with no readers."""
        self._room = room
        self._listeners: list[Callable[[Event], None]] = []

    def publish(self, event: Event) -> None:
        """Give the event to all readers."""
        for hear in self._listeners:
            hear(event)

    @contextmanager
    def listen(self, hear: Callable[[Event], None]) -> Iterator[None]:
        """Call `hear` with every event while the block lasts; it must not wait."""
        self._listeners.append(hear)
        try:
            yield
        finally:
            self._listeners.remove(hear)

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """Read what is published while the block lasts."""
        subscription = Subscription(self._room)
        with self.listen(subscription.put):
            yield subscription
