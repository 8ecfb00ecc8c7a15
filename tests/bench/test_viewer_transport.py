"""Both ways to the captions give the same messages."""

import pytest

from app.bench.viewer_transport import ResumePosition, SseTransport, WebSocketTransport
from app.bench.websocket_frames import CLOSE, PING, PONG, TEXT
from app.errors import AccessError
from tests.support.server_frames import framed

SINCE = ResumePosition("e1", 41)


def test_a_socket_says_hello_once_it_is_let_in() -> None:
    """The hello follows the whole answer, wherever that is cut, and frames behind it are heard."""
    answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n" + framed(TEXT, b'{"type":"welcome"}')
    for cut in range(len(answer)):
        wire = WebSocketTransport()
        assert wire.open("main", SINCE).startswith(b"GET /ws/main HTTP/1.1\r\n")
        first, second = wire.feed(answer[:cut]), wire.feed(answer[cut:])
        assert wire.is_open
        assert first[0] + second[0] == [b'{"type":"welcome"}']
        assert (first[1] + second[1])[0] == 0x80 | TEXT


def test_a_socket_answers_pings_and_hears_a_goodbye() -> None:
    """A ping is answered with its payload's length in a pong; a close ends the talk with its code."""
    wire = WebSocketTransport()
    wire.open("main", None)
    wire.feed(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
    messages, reply = wire.feed(framed(PING, b"abcd"))
    assert (messages, reply[:2]) == ([], bytes([0x80 | PONG, 0x84]))
    with pytest.raises(AccessError, match="code 1012"):
        wire.feed(framed(CLOSE, (1012).to_bytes(2, "big")))


def test_a_refusal_is_heard() -> None:
    """Another status than the one that lets in ends the talk with that status."""
    with pytest.raises(AccessError, match=r"Expected the answer 200, but got HTTP/1\.1 404 Not Found"):
        SseTransport().feed(b"HTTP/1.1 404 Not Found\r\n\r\n")


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_events_survive_every_cut(newline: bytes) -> None:
    """The data of events are the messages, wherever they are cut; comments and ids are left out."""
    lines = [b": ping", b"", b"id: e1.42", b'data: {"seq": 42}', b"", b'data:{"seq": 43}', b"", b""]
    answer = b"HTTP/1.0 200 OK\r\n\r\n" + newline.join(lines)
    assert SseTransport().open("main", None).startswith(b"GET /api/rooms/main/events HTTP/1.0\r\n")
    assert b"Last-Event-ID: e1.41\r\n" in SseTransport().open("main", SINCE)
    for cut in range(len(answer)):
        wire = SseTransport()
        messages = wire.feed(answer[:cut])[0] + wire.feed(answer[cut:])[0]
        assert [message.strip() for message in messages] == [b'{"seq": 42}', b'{"seq": 43}']
