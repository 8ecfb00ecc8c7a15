"""Who came in with which key, so that a key that is taken back shows them out."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app import metrics

Leave = Callable[[], None]
"""Ends one guest's conversation."""


class Connections:
    """All who are here by a key."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._present: defaultdict[str, dict[object, Leave]] = defaultdict(dict)

    @contextmanager
    def present(self, key: str | None, leave: Leave) -> Iterator[None]:
        """Keep somebody in mind while the block lasts; who needed no key cannot lose it."""
        name, place = key or "", object()
        self._present[name][place] = leave
        try:
            yield
        finally:
            del self._present[name][place]
            if not self._present[name]:
                del self._present[name]

    def send_away(self, key: str) -> None:
        """End all conversations of a key."""
        for leave in list(self._present.get(key, {}).values()):
            metrics.CLOSED_SOCKETS.labels("key revoked").inc()
            leave()
