"""The open connections of each key."""

from app.web.connections import Connections


def test_revoking_a_key_closes_its_connections_only() -> None:
    """All connections of the key are closed; those of other keys, and without a key, stay."""
    connections, closed = Connections(), list[str]()
    with (
        connections.track("a", lambda: closed.append("first")),
        connections.track("a", lambda: closed.append("second")),
        connections.track("b", lambda: closed.append("other")),
        connections.track(None, lambda: closed.append("no key")),
    ):
        connections.disconnect("a")
        assert closed == ["first", "second"]


def test_a_connection_that_has_ended_is_not_closed_again() -> None:
    """After its block a connection is not tracked any more."""
    connections, closed = Connections(), list[str]()
    with connections.track("a", lambda: closed.append("ended")):
        pass
    connections.disconnect("a")
    assert closed == []
