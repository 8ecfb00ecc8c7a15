"""The newest captions of a room, kept for readers that each read at their own pace; pure.

Both kinds of readers use it: each output reads a feed of its own, see `bus.Subscription`; all readers of the network
share one feed of encoded messages, see `web.audience`.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.captions.event import Event

T = TypeVar("T")

Place = tuple[str, str]
"""Phrase and track."""

OPEN_MAX = 256
"""Open phrases whose newest state is kept for slow readers."""


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """How far a reader has read."""

    seq: int
    """Number of the newest final item that it has."""
    version: int
    """Version of the feed in which it read the open phrases."""


@dataclass(frozen=True, slots=True)
class _FinalItem(Generic[T]):
    seq: int
    place: Place
    is_withdrawn: bool
    item: T


class CaptionFeed(Generic[T]):
    """The newest final items in order, up to a limit, and the newest item of each open phrase."""

    def __init__(self, n_finals: int, *, last_seq: int = -1) -> None:
        """Create an empty feed after the event `last_seq`; `n_finals` is the number of final items to keep."""
        self.version = 0
        """Increases with every change of an open phrase."""
        self.dropped_seq = last_seq
        """Number of the newest final item that is no longer in the feed."""
        self._n_finals = n_finals
        self._finals: deque[_FinalItem[T]] = deque()
        self._open: OrderedDict[Place, tuple[int, T]] = OrderedDict()

    def add_final(self, event: Event, item: T) -> None:
        """Add the item of a logged event; it replaces the phrase's open item."""
        place = (event.phrase, event.track)
        self._open.pop(place, None)
        self._finals.append(_FinalItem(event.seq or 0, place, event.state == "withdrawn", item))
        if len(self._finals) > self._n_finals:
            self.dropped_seq = self._finals.popleft().seq

    def set_open(self, place: Place, item: T) -> None:
        """Replace the item of an open phrase by its newest one."""
        self.version += 1
        self._open.pop(place, None)
        self._open[place] = (self.version, item)
        if len(self._open) > OPEN_MAX:
            self._open.popitem(last=False)

    def is_unread(self, place: Place, position: FeedPosition) -> bool:
        """Return whether a reader has not read the item of an open phrase yet."""
        version, _ = self._open.get(place, (0, None))
        return version > position.version

    def has_gap(self, position: FeedPosition) -> bool:
        """Return whether final items after this position were dropped, so that the reader must resume from the log."""
        return position.seq < self.dropped_seq

    def unread(self, position: FeedPosition) -> Iterator[tuple[FeedPosition, T]]:
        """Yield the items after a position, each with the position of a reader that has read it.

        Final items come first and in order, except those that were withdrawn later; then the open ones.
        """
        finals: list[_FinalItem[T]] = []
        withdrawn: set[Place] = set()
        for final in reversed(self._finals):
            if final.seq <= position.seq:
                break
            if final.place in withdrawn:
                continue
            if final.is_withdrawn:
                withdrawn.add(final.place)
            finals.append(final)
        for final in reversed(finals):
            yield FeedPosition(final.seq, position.version), final.item
        seq = finals[0].seq if finals else position.seq
        for version, item in self._open.values():
            if version > position.version:
                yield FeedPosition(seq, version), item

    def drop_until(self, seq: int) -> None:
        """Drop the final items up to this number."""
        while self._finals and self._finals[0].seq <= seq:
            self.dropped_seq = self._finals.popleft().seq

    def clear(self, *, last_seq: int) -> None:
        """Drop everything and continue after the event `last_seq`."""
        self._finals.clear()
        self._open.clear()
        self.dropped_seq = last_seq
