"""The open connections, so that those of a revoked key, or of a room that nobody may read any more, are closed."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app import metrics
from app.store.access_key import Role
from app.web.auth import Client

CloseConnection = Callable[[str, str], None]
"""Closes one connection with an error code and a sentence; does not wait."""

REVOKED = "This link is no longer valid. Ask for a new one."

CLOSED = "This room is closed. Ask the organiser when it opens again."

PRIVATE = "This room is private now. Ask the organiser for a link with a key."


@dataclass(frozen=True, slots=True, eq=False)
class Connection:
    """One reader, operator or source."""

    client: Client
    room: str
    role: Role
    """What it does in the room; its key may allow more."""
    address: str
    close: CloseConnection
    since_s: float = field(default_factory=time.time)
    """When it connected, in seconds since 1970."""


class Connections:
    """All open connections of readers, operators and sources."""

    def __init__(self) -> None:
        """Start with no connections."""
        self._by_key: defaultdict[str | None, dict[Connection, None]] = defaultdict(dict)

    @contextmanager
    def track(self, connection: Connection) -> Iterator[None]:
        """Register a connection while the block lasts."""
        key = connection.client.key
        self._by_key[key][connection] = None
        try:
            yield
        finally:
            del self._by_key[key][connection]
            if not self._by_key[key]:
                del self._by_key[key]

    def __iter__(self) -> Iterator[Connection]:
        """Iterate over all connections as they are now."""
        return iter([connection for group in self._by_key.values() for connection in group])

    def count(self, key: str) -> int:
        """Return how many connections a key has."""
        return len(self._by_key.get(key, ()))

    def disconnect(self, key: str) -> None:
        """Close all connections of a key that was revoked."""
        for connection in list(self._by_key.get(key, ())):
            metrics.CLOSED_SOCKETS.labels("key revoked").inc()
            connection.close("access", REVOKED)

    def disconnect_unwelcome(self, room: str, *, is_public: bool, is_open: bool) -> int:
        """Close the connections that a room would not let in as it is now, and return how many.

        A closed room lets in operators only; a private one no reader without a key, except those on this machine.
        """
        n_closed = 0
        for connection in self:
            if connection.room != room:
                continue
            client = connection.client
            if not is_open and connection.role != "operator":
                connection.close("room", CLOSED)
            elif not is_public and client.key is None and not client.is_local:
                connection.close("access", PRIVATE)
            else:
                continue
            n_closed += 1
            metrics.CLOSED_SOCKETS.labels("room restricted").inc()
        return n_closed
