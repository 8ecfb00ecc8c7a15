"""Which tracks of a room somebody reads; a translation runs only while there is demand for it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager


class TrackDemand:
    """Counts the readers and outputs of each track of one room."""

    def __init__(self) -> None:
        """Start with no readers."""
        self._counts: Counter[str] = Counter()
        self._watchers: list[Callable[[], None]] = []

    @property
    def wanted(self) -> frozenset[str]:
        """The tracks that somebody reads now."""
        return frozenset(self._counts)

    def add(self, tracks: Iterable[str]) -> None:
        """Count one more reader of these tracks; `remove` must follow."""
        self._change(tracks, 1)

    def remove(self, tracks: Iterable[str]) -> None:
        """Count one reader of these tracks less."""
        self._change(tracks, -1)

    @contextmanager
    def reading(self, tracks: Iterable[str]) -> Iterator[None]:
        """Count a reader of these tracks while the block lasts."""
        read = tuple(tracks)
        self.add(read)
        try:
            yield
        finally:
            self.remove(read)

    @contextmanager
    def watch(self, on_change: Callable[[], None]) -> Iterator[None]:
        """Call `on_change` when `wanted` has changed, while the block lasts; it must not block."""
        self._watchers.append(on_change)
        try:
            yield
        finally:
            self._watchers.remove(on_change)

    def _change(self, tracks: Iterable[str], n: int) -> None:
        before = self.wanted
        for track in set(tracks):
            self._counts[track] += n
            if self._counts[track] <= 0:
                del self._counts[track]
        if self.wanted != before:
            for on_change in self._watchers:
                on_change()
