"""One publisher, many readers: each reads at its own pace from a queue of bounded size."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

from app import metrics
from app.captions.event import Event
from app.captions.feed import CaptionFeed, FeedPosition

QUEUE_FINALS = 500
"""Maximum unread logged events of one reader, about half an hour of talk; beyond it, the reader resumes from the
log."""


class SlowReaderError(Exception):
    """The reader fell too far behind; it can resume from the log."""


class Subscription:
    """One reader's queue: an unread open phrase is replaced by its newer state; a logged event is never replaced."""

    def __init__(self, room: str, size: int = QUEUE_FINALS) -> None:
        """Create an empty queue; `size` is the number of unread logged events allowed."""
        self._room = room
        self._size = size
        self._feed: CaptionFeed[Event] = CaptionFeed(size)
        self._position = FeedPosition(-1, 0)
        self._is_late = False
        """Whether more than the allowed number of logged events were unread; such a reader is counted once."""
        self._arrived = asyncio.Event()

    def put(self, event: Event) -> None:
        """Add an event to the queue; called by the bus only."""
        place = (event.phrase, event.track)
        if self._feed.is_unread(place, self._position):
            metrics.COALESCED.labels(self._room).inc()
        if event.is_logged:
            self._feed.add_final(event, event)
        else:
            self._feed.set_open(place, event)
        if not self._is_late and self._feed.has_gap(self._position):
            self._is_late = True
            metrics.LAGGARDS.labels(self._room).inc()
        self._arrived.set()

    async def events(self) -> AsyncIterator[Event]:
        """Yield events as they arrive, endlessly; cancelling loses no event that was not yielded yet.

        Raises:
            SlowReaderError: More than the allowed number of logged events were unread.
        """
        while True:
            await self._arrived.wait()
            if self._is_late:
                raise SlowReaderError(f"The reader left more than {self._size} phrases unread; resume from the log.")
            unread = next(self._feed.unread(self._position), None)
            if unread is None:
                self._arrived.clear()
                continue
            self._position, event = unread
            self._feed.drop_until(self._position.seq)
            yield event


class Bus:
    """Passes every event of one room to its listeners and subscriptions; publishing never waits."""

    def __init__(self, room: str) -> None:
        """Start with no readers."""
        self._room = room
        self._listeners: list[Callable[[Event], None]] = []

    def publish(self, event: Event) -> None:
        """Pass the event to all readers."""
        for on_event in self._listeners:
            on_event(event)

    @contextmanager
    def listen(self, on_event: Callable[[Event], None]) -> Iterator[None]:
        """Call `on_event` with every event while the block lasts; it must not block."""
        self._listeners.append(on_event)
        try:
            yield
        finally:
            self._listeners.remove(on_event)

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """Queue what is published while the block lasts."""
        subscription = Subscription(self._room)
        with self.listen(subscription.put):
            yield subscription
