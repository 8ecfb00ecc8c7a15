"""The phrases of a room that were said last, whatever was corrected since; pure."""

from collections.abc import Iterable
from heapq import nlargest

from app.captions.event import Event


class LatestPhrases:
    """The newest state of the texts that were said last.

    The log is in the order of changes: after the replacement of a word in the whole talk its end has old phrases only.
    """

    def __init__(self, events: Iterable[Event], size: int) -> None:
        """Keep the last `size` texts; `events` are the newest states that the log has, in any order."""
        self._size = size
        newest = nlargest(size, events, key=_said)
        self._by_place = {(event.phrase, event.track): event for event in newest}

    def put(self, event: Event) -> None:
        """Add a logged event; the text that was said first is dropped if there are too many."""
        self._by_place[event.phrase, event.track] = event
        if len(self._by_place) > self._size:
            oldest = min(self._by_place.values(), key=_said)
            del self._by_place[oldest.phrase, oldest.track]

    def events(self) -> list[Event]:
        """Return the texts, but no withdrawn ones, in the order in which they were said."""
        return sorted((event for event in self._by_place.values() if event.state != "withdrawn"), key=_said)

    def clear(self) -> None:
        """Forget all, because the log was erased."""
        self._by_place.clear()


def _said(event: Event) -> tuple[float, int]:
    return event.start_s, event.seq or 0
