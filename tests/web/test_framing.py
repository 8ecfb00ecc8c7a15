"""Messages as WebSocket frames and server-sent events."""

import pytest

from app.web.framing import frame, server_sent


@pytest.mark.parametrize(
    ("n_bytes", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (0xFFFF, b"\x81\x7e\xff\xff"),
        (0x10000, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_frame_has_the_shortest_length_field(n_bytes: int, head: bytes) -> None:
    """The length takes 1, 3 or 9 bytes, as RFC 6455 requires."""
    assert frame(b"x" * n_bytes) == head + b"x" * n_bytes


def test_a_server_sent_event_may_have_an_id() -> None:
    """The id, if there is one, comes before the data; an empty line ends the event."""
    assert server_sent(b"{}", "e1.7") == b"id: e1.7\ndata: {}\n\n"
    assert server_sent(b"{}") == b"data: {}\n\n"
