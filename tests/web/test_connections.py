"""The open connections of keys and rooms."""

from collections.abc import Callable

from app.store.access_key import Role
from app.web.auth import Client
from app.web.connections import Connection, Connections


def connection(
    client: Client, closed: list[tuple[str, str]], name: str, *, room: str = "main", role: Role = "viewer"
) -> Connection:
    """Return a connection that adds its name and the code to `closed` when it is closed."""
    close: Callable[[str, str], None] = lambda code, _message: closed.append((name, code))  # noqa: E731 - typed
    return Connection(client, room, role, "192.0.2.1", close)


def keyed(key: str) -> Client:
    """Return a viewer with a key."""
    return Client("viewer", "main", key)


def test_revoking_a_key_closes_its_connections_only() -> None:
    """All connections of the key are closed; those of other keys, and without a key, stay."""
    connections, closed = Connections(), list[tuple[str, str]]()
    with (
        connections.track(connection(keyed("a"), closed, "first")),
        connections.track(connection(keyed("a"), closed, "second")),
        connections.track(connection(keyed("b"), closed, "other")),
        connections.track(connection(Client("viewer", "main"), closed, "no key")),
    ):
        assert connections.count("a") == 2
        connections.disconnect("a")
    assert closed == [("first", "access"), ("second", "access")]
    assert connections.count("a") == 0


def test_a_connection_that_has_ended_is_not_closed_again() -> None:
    """After its block a connection is not tracked any more."""
    connections, closed = Connections(), list[tuple[str, str]]()
    with connections.track(connection(keyed("a"), closed, "ended")):
        pass
    connections.disconnect("a")
    assert not closed
    assert not list(connections)


def test_a_private_room_closes_readers_without_a_key() -> None:
    """Those with a key, on this machine, and in other rooms stay."""
    connections, closed = Connections(), list[tuple[str, str]]()
    with (
        connections.track(connection(Client("viewer", "main"), closed, "no key")),
        connections.track(connection(Client("viewer", "main", is_local=True), closed, "local")),
        connections.track(connection(keyed("a"), closed, "key")),
        connections.track(connection(Client("viewer", "hall"), closed, "elsewhere", room="hall")),
    ):
        assert connections.disconnect_unwelcome("main", is_public=True, is_open=True) == 0
        assert connections.disconnect_unwelcome("main", is_public=False, is_open=True) == 1
    assert closed == [("no key", "access")]


def test_a_closed_room_closes_all_but_operators() -> None:
    """Readers and sources are disconnected, with whatever key; consoles stay."""
    connections, closed = Connections(), list[tuple[str, str]]()
    operator = Client("operator", "main", "o")
    with (
        connections.track(connection(Client("viewer", "main", is_local=True), closed, "local")),
        connections.track(connection(operator, closed, "console", role="operator")),
        connections.track(connection(operator, closed, "speaker", role="source")),
    ):
        assert connections.disconnect_unwelcome("main", is_public=True, is_open=False) == 2
    assert closed == [("local", "room"), ("speaker", "room")]
