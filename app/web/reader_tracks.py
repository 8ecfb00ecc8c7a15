"""Which tracks the readers of a room show: pages say what they show, the service sends every track to all of them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from app.captions.track_demand import TrackDemand
from app.web.messages import TrackReaders


class ReaderTracks:
    """What the connected readers of one room show; a track that a page shows is translated."""

    def __init__(self, demand: TrackDemand | None = None) -> None:
        """Start with no readers; `demand` learns which tracks they show."""
        self._demand = demand or TrackDemand()
        self._counts: Counter[tuple[str, ...]] = Counter()

    @contextmanager
    def count(self, tracks: tuple[str, ...], *, is_reader: bool = True) -> Iterator[Callable[[tuple[str, ...]], None]]:
        """Count a reader while the block lasts; yields what to call when it shows others; () if it does not say.

        A console is no reader, but what it shows is translated too.
        """
        shown = tracks

        def show(others: tuple[str, ...]) -> None:
            nonlocal shown
            before, shown = shown, others
            self._add(shown, 1, is_reader)  # first, so that a track that goes on being shown does not stop
            self._add(before, -1, is_reader)

        self._add(shown, 1, is_reader)
        try:
            yield show
        finally:
            self._add(shown, -1, is_reader)

    def by_track(self, tracks: Sequence[str]) -> tuple[TrackReaders, ...]:
        """Return how many readers show each of these tracks, then how many show others or do not say, if there are any.

        A reader that shows two tracks is counted on both.
        """
        known = [
            TrackReaders(track=track, n_readers=sum(n for shown, n in self._counts.items() if track in shown))
            for track in tracks
        ]
        n_unknown = sum(n for shown, n in self._counts.items() if not set(shown) & set(tracks))
        return (*known, TrackReaders(track=None, n_readers=n_unknown)) if n_unknown else tuple(known)

    def _add(self, shown: tuple[str, ...], n: int, is_reader: bool) -> None:
        if is_reader:
            self._counts[shown] += n
            if not self._counts[shown]:
                del self._counts[shown]
        if n > 0:
            self._demand.add(shown)
        else:
            self._demand.remove(shown)
