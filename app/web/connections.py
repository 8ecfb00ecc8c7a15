"""The open connections by key, so that revoking a key closes them."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app import metrics

CloseConnection = Callable[[], None]
"""Closes one connection; does not wait."""


class Connections:
    """All open connections of readers, operators and sources."""

    def __init__(self) -> None:
        """Start with no connections."""
        self._by_key: defaultdict[str, dict[object, CloseConnection]] = defaultdict(dict)

    @contextmanager
    def track(self, key: str | None, close: CloseConnection) -> Iterator[None]:
        """Register a connection while the block lasts; `key` is None if it needed none."""
        name, entry = key or "", object()
        self._by_key[name][entry] = close
        try:
            yield
        finally:
            del self._by_key[name][entry]
            if not self._by_key[name]:
                del self._by_key[name]

    def disconnect(self, key: str) -> None:
        """Close all connections of a key."""
        for close in list(self._by_key.get(key, {}).values()):
            metrics.CLOSED_SOCKETS.labels("key revoked").inc()
            close()
