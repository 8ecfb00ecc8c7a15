"""The WebSocket protocol: floods, sizes and invalid data."""

import json
from collections.abc import Callable

import pytest

from app.web.websocket import HELLO_BYTES, SOUND_BYTES
from app.web.websocket_protocol import CONTROLS_BURST, FRAGMENTS_MAX
from tests.support.raw_peer import (
    BINARY,
    CLOSE,
    CONT,
    PING,
    PONG,
    SOURCE,
    TEXT,
    VIEWER,
    RawPeer,
    ServiceProcess,
    frame,
    head,
    upgrade,
)

FLOOD = 200_000
"""Frames of a flood; a million cost the service as little, but the test takes five times as long."""

MIB = 1 << 20


def stranger(service: ServiceProcess) -> RawPeer:
    """Return a socket without a hello."""
    return service.peer().shake()


def source(service: ServiceProcess) -> RawPeer:
    """Return a source after its welcome."""
    peer = service.peer().shake().send(frame(TEXT, SOURCE))
    assert next(peer.messages("welcome"))
    return peer


ROLES: dict[str, Callable[[ServiceProcess], RawPeer]] = {
    "stranger": stranger,
    "viewer": ServiceProcess.viewer,
    "source": source,
}


@pytest.mark.parametrize("is_viewer", [False, True])
@pytest.mark.parametrize(
    ("flood", "reason", "counted", "growth_bytes"),
    [
        (frame(TEXT, fin=False) + frame(CONT, fin=False) * FLOOD, "fragments", "fragments", 10 * MIB),
        (frame(PING, b"x" * 20) * FLOOD, "pings", "control frames", 2 * MIB),
        (frame(PING) * FLOOD, "pings", "control frames", 2 * MIB),
        (frame(PONG) * FLOOD, "pings", "control frames", 2 * MIB),
        (frame(TEXT) * FLOOD, "messages", "messages", 2 * MIB),
    ],
)
def test_a_flood_is_ended_and_costs_little(
    service: ServiceProcess, flood: bytes, reason: str, counted: str, growth_bytes: int, is_viewer: bool
) -> None:
    """A flood of frames gets 1008 and a message, is counted once, and takes no memory."""
    counter = f'surtitle_closed_sockets_total{{reason="{counted}"}}'
    n_before, bytes_before = service.count(counter), service.rss_bytes
    with service.viewer() if is_viewer else service.peer().shake() as peer:
        code, said = peer.send(flood).close_code()
    assert code == 1008
    assert reason in said
    assert service.count(counter) == n_before + 1
    assert service.rss_bytes - bytes_before < growth_bytes


def test_a_burst_of_pings_is_answered(service: ServiceProcess) -> None:
    """As many pings as a burst allows get their pongs, in order, and the viewer stays."""
    with service.viewer() as peer:
        peer.send(b"".join(frame(PING, bytes([number])) for number in range(CONTROLS_BURST)))
        frames = peer.frames()
        answers = [next(frame for frame in frames if frame[0] == PONG)[1] for _ in range(CONTROLS_BURST)]
        assert answers == [bytes([number]) for number in range(CONTROLS_BURST)]
        assert not peer.is_closed(0.2)


@pytest.mark.parametrize(("n_parts", "expected"), [(FRAGMENTS_MAX, b'"welcome"'), (FRAGMENTS_MAX + 1, b"fragments")])
def test_a_message_may_have_64_fragments(service: ServiceProcess, n_parts: int, expected: bytes) -> None:
    """A hello in 64 fragments is accepted, one in 65 is not."""
    parts = [VIEWER[:1], *[b""] * (n_parts - 2), VIEWER[1:]]
    with service.peer().shake() as peer:
        for number, part in enumerate(parts):
            peer.send(frame(CONT if number else TEXT, part, fin=number == n_parts - 1))
        assert expected in next(peer.frames())[1]


@pytest.mark.parametrize(
    ("role", "sent", "code"),
    [
        ("stranger", frame(TEXT, b" " * (HELLO_BYTES - len(VIEWER)) + VIEWER), None),
        ("stranger", frame(TEXT, b" " * HELLO_BYTES + b"x"), 1009),
        ("stranger", head(TEXT, HELLO_BYTES + 20_000) + b"x" * 20_000, 1009),
        ("stranger", head(TEXT, MIB), 1009),
        ("stranger", head(TEXT, 16 * MIB), 1009),
        ("stranger", head(BINARY, (1 << 63) - 1), 1009),
        ("stranger", frame(TEXT, b"x" * 1000, fin=False) + frame(CONT, b"x" * 1000, fin=False) * 4, 1009),
        ("viewer", frame(TEXT, b"x" * (HELLO_BYTES + 1)), 1009),
        ("viewer", frame(TEXT, b"x" * MIB), 1009),
        ("viewer", head(TEXT, 16 * MIB) + b"x" * MIB, 1009),
        ("viewer", frame(TEXT, b"x"), 1008),
        ("source", frame(BINARY, bytes(8 + 160_000)), None),
        ("source", frame(BINARY, bytes(SOUND_BYTES)), 1008),
        ("source", frame(BINARY, bytes(SOUND_BYTES + 1)), 1009),
        ("source", head(BINARY, 16 * MIB) + b"x" * MIB, 1009),
    ],
)
def test_messages_have_a_size_limit(service: ServiceProcess, role: str, sent: bytes, code: int | None) -> None:
    """The limit is 4 KiB for a viewer and 256 KiB for a source; more gets 1009 and takes no memory."""
    n_bytes = service.rss_bytes
    with ROLES[role](service) as peer:
        peer.send(sent)
        if code is None:
            assert json.loads(next(peer.frames())[1])["type"] in ("welcome", "ack")
        else:
            assert peer.close_code()[0] == code
    assert service.rss_bytes - n_bytes < 2 * MIB


def test_compression_is_not_negotiated(service: ServiceProcess) -> None:
    """A client that offers compression is accepted without it; compressed frames are protocol errors."""
    with service.peer() as peer:
        answer = peer.send(upgrade(more="Sec-WebSocket-Extensions: permessage-deflate\r\n")).answer()
        assert b" 101 " in answer
        assert b"extensions" not in answer.lower()
        assert peer.send(frame(TEXT, VIEWER, rsv1=True)).close_code()[0] == 1002


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x81\x01x", 1002),
        (frame(3), 1002),
        (frame(CONT, VIEWER), 1002),
        (frame(TEXT, fin=False) + frame(TEXT), 1002),
        (head(PING, 126) + bytes(126), 1002),
        (frame(CLOSE, b"\x03"), 1002),
        (frame(TEXT, b"\xff\xfe"), 1007),
        (frame(TEXT, b'{"type":"hello","role":"viewer","key":"\xed\xa0\x80"}'), 1007),
    ],
)
def test_protocol_errors_get_their_close_code(service: ServiceProcess, sent: bytes, code: int) -> None:
    """Invalid frames are answered with the code of RFC 6455, and nothing is logged."""
    with service.peer().shake() as peer:
        assert peer.send(sent).close_code()[0] == code


@pytest.mark.parametrize(
    "more",
    [
        "".join(f"X-{number}: x\r\n" for number in range(200)),
        f"X-Long: {'x' * 9000}\r\n",
        "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Origin: http://127.0.0.1\r\nOrigin: http://evil.example\r\n",
        "Sec-WebSocket-Key: again\r\n",
    ],
)
def test_an_invalid_handshake_is_closed(service: ServiceProcess, more: str) -> None:
    """A handshake that only the HTTP parser accepts is closed at once."""
    with service.peer() as peer:
        assert b" 101 " not in peer.send(upgrade(more=more)).answer()
        assert peer.is_closed(1.0)


def test_the_close_frame_arrives_while_the_client_sends(service: ServiceProcess) -> None:
    """A source that is still sending learns why it is closed."""
    with source(service) as peer:
        for _ in range(5):
            peer.send(frame(BINARY, bytes(SOUND_BYTES + 1)))
        assert not peer.is_cut
        assert peer.close_code()[0] == 1009


@pytest.mark.parametrize("is_reset", [False, True])
def test_a_peer_that_disconnects_leaves_nothing_behind(service: ServiceProcess, is_reset: bool) -> None:
    """Whatever was sent before, no task and no file stays, and nothing is logged."""
    n_files, n_tasks = service.n_files, service.n_tasks
    whole = upgrade() + frame(TEXT, SOURCE) + frame(BINARY, bytes(8 + 3200)) + frame(CLOSE, b"\x03\xe8")
    for n_bytes in [*range(0, 400, 9), *range(400, len(whole) + 1, 300), len(whole) - 1, len(whole)]:
        with service.peer() as peer:
            shaken = min(n_bytes, len(upgrade()))
            peer.send(whole[:shaken])
            if shaken == len(upgrade()):
                peer.answer()
            peer.send(whole[shaken:n_bytes])
            if is_reset:
                peer.reset()
    service.wait_for_files(n_files, 15.0)
    assert service.n_tasks == n_tasks
