"""All TCP connections by network, from their first moment on.

A client that opens many connections and sends nothing must not keep others out. So a connection that waits for its
client, because its request is incomplete, its response unread or its hello missing, makes way for a newer one when its
network has too many, or when all networks together have too many; then the network with most such connections gives
one up. A connection whose request is being served, and a reader that is connected, never make way.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

DropReason = Literal["strangers", "sockets"]
"""Why a connection made way: for its own network, or for all."""


class ConnectionTable:
    """All open connections; every operation takes the same time, however many there are."""

    def __init__(
        self,
        total: int,
        max_of: Callable[[str], int],
        network_of: Callable[[str], str],
        on_dropped: Callable[[DropReason], None],
    ) -> None:
        """Start with no connections and accept `total`.

        `network_of` returns the network of an address, `max_of` how many connections the network of an address may
        have. `on_dropped` is called for every connection that makes way.
        """
        self.total = total
        self._max_of, self._network_of, self._on_dropped = max_of, network_of, on_dropped
        self._n_open = 0
        self._n_by_network: dict[str, int] = {}
        self._waiting: dict[str, dict[OpenConnection, None]] = {}
        """The connections of each network that wait for their client, the longest waiting first."""
        self._by_size: dict[int, dict[str, None]] = {}
        """The networks by the number of their waiting connections."""
        self._largest = 0
        """The largest number of waiting connections of one network."""

    def __len__(self) -> int:
        """Return the number of open connections."""
        return self._n_open

    def open(self, address: str, drop: Callable[[], None]) -> "OpenConnection":
        """Add a connection that waits for its client; `drop` closes it at once, which may happen in this call."""
        connection = OpenConnection(self, drop)
        self._n_open += 1
        self.enter(connection, address)
        self.set_waiting(connection, is_waiting=True)
        self.make_room(connection, address)
        return connection

    def drop_oldest(self) -> bool:
        """Drop the connection that has waited longest in the network with most of them; False if none waits."""
        if not self._largest:
            return False
        self._drop(self._oldest_of(next(iter(self._by_size[self._largest]))), "sockets")
        return True

    def make_room(self, newest: "OpenConnection", address: str) -> None:
        """Drop a waiting connection, or `newest`, if there are too many of the network of `address` or in total."""
        if self._n_by_network[newest.network] > self._max_of(address):
            own = self._waiting.get(newest.network)
            self._drop(self._oldest_of(newest.network) if own else newest, "strangers")
        elif self._n_open > self.total and not self.drop_oldest():
            self._drop(newest, "sockets")

    def enter(self, connection: "OpenConnection", address: str) -> None:
        """Count a connection for the network of an address."""
        connection.network = self._network_of(address)
        self._n_by_network[connection.network] = self._n_by_network.get(connection.network, 0) + 1

    def leave(self, connection: "OpenConnection") -> None:
        """Count a connection for its network no longer; it must not be waiting."""
        n_left = self._n_by_network[connection.network] - 1
        if n_left:
            self._n_by_network[connection.network] = n_left
        else:
            del self._n_by_network[connection.network]

    def remove(self, connection: "OpenConnection") -> None:
        """Remove a connection that is closed."""
        self.set_waiting(connection, is_waiting=False)
        self.leave(connection)
        self._n_open -= 1

    def set_waiting(self, connection: "OpenConnection", *, is_waiting: bool) -> None:
        """Set whether a connection waits for its client; one that begins to wait is the last to make way."""
        network = connection.network
        waiting = self._waiting.setdefault(network, {})
        n_before = len(waiting)
        if is_waiting:
            waiting[connection] = None
        else:
            waiting.pop(connection, None)
        self._resize(network, n_before, len(waiting))

    def _resize(self, network: str, n_before: int, n_now: int) -> None:
        if not n_now:
            del self._waiting[network]
        if n_now == n_before:
            return
        if n_before:
            self._by_size[n_before].pop(network)
        if n_now:
            self._by_size.setdefault(n_now, {})[network] = None
        if n_before and not self._by_size[n_before]:
            del self._by_size[n_before]
        self._largest = max(self._largest, n_now)
        if self._largest and self._largest not in self._by_size:
            self._largest -= 1  # the network that was largest has one less now

    def _oldest_of(self, network: str) -> "OpenConnection":
        return next(iter(self._waiting[network]))

    def _drop(self, connection: "OpenConnection", reason: DropReason) -> None:
        drop = connection.drop
        connection.close()
        self._on_dropped(reason)
        drop()


class OpenConnection:
    """One connection in the table."""

    network = ""
    """The network that it counts for."""

    def __init__(self, table: ConnectionTable, drop: Callable[[], None]) -> None:
        """Made by `ConnectionTable.open`."""
        self.drop = drop
        """Closes the connection at once."""
        self._table = table
        self._is_open = True
        self._is_waiting = True
        self._is_kept = False

    def set_waiting(self, *, is_waiting: bool) -> None:
        """Set whether it waits for its client, or its client for the service."""
        self._is_waiting = is_waiting
        self._follow()

    def move(self, address: str) -> None:
        """Count it for another address, the one that a proxy names; it becomes the last to make way."""
        if not self._is_open:
            return
        self._table.set_waiting(self, is_waiting=False)
        self._table.leave(self)
        self._table.enter(self, address)
        self._follow()
        self._table.make_room(self, address)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Do not drop it while the block lasts, because its client is a reader, an operator or a source."""
        self._is_kept = True
        self._follow()
        try:
            yield
        finally:
            self._is_kept = False
            self._follow()

    def close(self) -> None:
        """Remove it, because the connection is closed; it may be called again."""
        if self._is_open:
            self._is_open = False
            self._table.remove(self)

    def _follow(self) -> None:
        if self._is_open:
            self._table.set_waiting(self, is_waiting=self._is_waiting and not self._is_kept)
