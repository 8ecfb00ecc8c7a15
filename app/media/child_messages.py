"""The messages between the reader and its child process; without numpy, so that the child starts in 0.1 s."""

import json
import struct
from dataclasses import asdict, dataclass
from math import inf
from typing import IO

HEADER = struct.Struct("<cI")
"""At the start of each message: its kind, and the number of bytes that follow."""

PAYLOAD_MAX = 1 << 16
"""Maximum bytes in one payload; a child that sends more is broken or malicious."""

OPENED = b"o"
"""The file is open and has sound; the payload is its length according to its header, in seconds, or empty."""
SOUND = b"s"
"""The next block; the payload is little-endian signed 16-bit PCM: mono, or one channel after the other."""
FAILED = b"f"
"""It cannot be read, or not to its end; the payload is a `ReadFailure`."""
ENDED = b"e"
"""The sound has ended."""


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What the child reads; sent on standard input, because process lists would show a URL with a password."""

    address: str
    """A file or URL."""
    private: bool
    """Whether a URL may lie on a private network."""
    rate_hz: int
    """The rate of the sound to send."""
    channels: tuple[int, ...] = ()
    """Numbers of the channels to send, counted from 1; empty for their mean."""

    def to_line(self) -> bytes:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @staticmethod
    def from_line(line: bytes) -> "ReadRequest":
        """Return the request in a line."""
        values = json.loads(line)
        return ReadRequest(**{**values, "channels": tuple(values["channels"])})


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """Why something could not be read."""

    code: str
    """The error's code."""
    text: str
    """The error's sentence."""

    def to_payload(self) -> bytes:
        """Return it as a payload."""
        return json.dumps(asdict(self)).encode()[:PAYLOAD_MAX]

    @staticmethod
    def from_payload(payload: bytes) -> "ReadFailure":
        """Return the failure in a payload.

        Raises:
            ValueError: It contains none.
        """
        match json.loads(payload):
            case {"code": str(code), "text": str(text)}:
                return ReadFailure(code, text)
        raise ValueError("no failure")


def pack_length(length_s: float | None) -> bytes:
    """Return the payload of `OPENED`."""
    return str(length_s).encode() if length_s else b""


def parse_length(payload: bytes) -> float | None:
    """Return the length in the payload of `OPENED`; None if it contains none."""
    try:
        length_s = float(payload)
    except ValueError:
        return None
    return length_s if 0.0 < length_s < inf else None


def send(pipe: IO[bytes], kind: bytes, payload: bytes = b"") -> None:
    """Write one message; blocks while the pipe is full."""
    pipe.write(HEADER.pack(kind, len(payload)) + payload)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Read one message's kind and payload; None if the pipe ends or the message is too long."""
    header = pipe.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, n_bytes = HEADER.unpack(header)
    if n_bytes > PAYLOAD_MAX:
        return None
    payload = pipe.read(n_bytes)
    return (kind, payload) if len(payload) == n_bytes else None
