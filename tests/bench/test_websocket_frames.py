"""Frames come out whole, however they were cut."""

import pytest

from app.bench.websocket_frames import BINARY, PING, TEXT, Frame, FrameReader, mask_frame
from tests.support.server_frames import framed

FRAMES: list[Frame] = [(TEXT, b"short"), (PING, b""), (BINARY, b"m" * 300), (TEXT, b"l" * 70_000), (TEXT, b"end")]


def test_frames_survive_every_cut() -> None:
    """Frames of every length come out the same, wherever the bytes are cut in two."""
    frames = [frame for frame in FRAMES if len(frame[1]) < 1_000]
    stream = b"".join(framed(*frame) for frame in frames)
    for cut in range(len(stream) + 1):
        reader = FrameReader()
        assert reader.feed(stream[:cut]) + reader.feed(stream[cut:]) == frames


@pytest.mark.parametrize("n_bytes", [1, 7, 1_460, 1 << 20])
def test_frames_survive_small_pieces(n_bytes: int) -> None:
    """Frames come out the same from pieces of any size."""
    stream = b"".join(framed(*frame) for frame in FRAMES)
    reader = FrameReader()
    pieces = [stream[begin : begin + n_bytes] for begin in range(0, len(stream), n_bytes)]
    assert [frame for piece in pieces for frame in reader.feed(piece)] == FRAMES


@pytest.mark.parametrize("n_bytes", [0, 125, 126, 400])
def test_what_a_client_sends_is_masked(n_bytes: int) -> None:
    """A client's frame says its length, carries its mask and gives the payload back under it."""
    payload = bytes(range(256)) * 2
    frame = mask_frame(TEXT, payload[:n_bytes])
    head = 2 if n_bytes < 126 else 4
    mask, body = frame[head : head + 4], frame[head + 4 :]
    assert frame[0] == 0x80 | TEXT
    assert frame[1] == 0x80 | min(n_bytes, 126)
    assert bytes(byte ^ mask[place % 4] for place, byte in enumerate(body)) == payload[:n_bytes]
