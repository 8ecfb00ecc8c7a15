"""The phrases of a room that were said last, whatever was corrected since; pure."""

from collections.abc import Iterable, Mapping
from heapq import nsmallest

from app.captions.event import Event


class LatestPhrases:
    """The newest state of the phrases that were said last, on all their tracks.

    The log is in the order of changes: after the replacement of a word in the whole talk its end has old phrases only.
    """

    def __init__(self, events: Iterable[Event], size: int) -> None:
        """Keep the last `size` phrases; `events` are the newest states that the log has, in any order."""
        self._size = size
        self._phrases: dict[str, dict[str, Event]] = {}
        for event in events:
            self._phrases.setdefault(event.phrase, {})[event.track] = event
        for tracks in nsmallest(len(self._phrases) - size, self._phrases.values(), key=_said):
            del self._phrases[_phrase(tracks)]

    def put(self, event: Event) -> None:
        """Add a logged event; the phrase that was said first is dropped if there are too many."""
        self._phrases.setdefault(event.phrase, {})[event.track] = event
        if len(self._phrases) > self._size:
            del self._phrases[_phrase(min(self._phrases.values(), key=_said))]

    def events(self) -> list[Event]:
        """Return the texts, but no withdrawn ones, in the order in which they were said."""
        texts = (event for tracks in self._phrases.values() for event in tracks.values() if event.state != "withdrawn")
        return sorted(texts, key=lambda event: (event.start_s, event.seq or 0))

    def clear(self) -> None:
        """Forget all, because the log was erased."""
        self._phrases.clear()


def _said(tracks: Mapping[str, Event]) -> tuple[float, int]:
    """Return what phrases are ordered by."""
    return max((event.start_s, event.seq or 0) for event in tracks.values())


def _phrase(tracks: Mapping[str, Event]) -> str:
    return next(iter(tracks.values())).phrase
