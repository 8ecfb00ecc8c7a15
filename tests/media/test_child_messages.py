"""Tests for app.media.child_messages."""

import io

import pytest

from app.media import child_messages
from app.media.child_messages import HEADER, PAYLOAD_MAX, SOUND, ReadFailure, ReadRequest


def test_a_request_is_one_line() -> None:
    """A request comes back from its line, whatever its address contains."""
    request = ReadRequest("a file\nwith a line end.wav", True, 16_000)
    line = request.to_line()
    assert line.count(b"\n") == 1
    assert ReadRequest.from_line(line) == request


def test_messages_are_received_in_order() -> None:
    """Each message comes back with its kind and payload; after the last there is none."""
    pipe = io.BytesIO()
    child_messages.send(pipe, SOUND, b"sound")
    child_messages.send(pipe, child_messages.ENDED)
    pipe.seek(0)
    assert [child_messages.receive(pipe) for _ in range(3)] == [(SOUND, b"sound"), (child_messages.ENDED, b""), None]


@pytest.mark.parametrize("sent", [b"", b"s\x05", HEADER.pack(SOUND, 5) + b"ab", HEADER.pack(SOUND, PAYLOAD_MAX + 1)])
def test_partial_and_long_messages_are_none(sent: bytes) -> None:
    """A message that ends too early or is too long is not returned."""
    assert child_messages.receive(io.BytesIO(sent)) is None


def test_a_failure_survives_the_pipe() -> None:
    """Code and text come back; other JSON is not a failure."""
    failure = ReadFailure("media", "Expected sound.")
    assert ReadFailure.from_payload(failure.to_payload()) == failure
    for payload in (b"[]", b'{"code": 1, "text": "x"}', b"{}"):
        with pytest.raises(ValueError, match="no failure"):
            ReadFailure.from_payload(payload)


@pytest.mark.parametrize(
    ("payload", "length_s"), [(b"2.5", 2.5), (b"", None), (b"nan", None), (b"inf", None), (b"-1", None), (b"x", None)]
)
def test_only_a_positive_number_is_a_length(payload: bytes, length_s: float | None) -> None:
    """Everything else means that the length is unknown."""
    assert child_messages.parse_length(payload) == length_s
