"""What the process that reads and the one that asked say to each other; no numpy, so that it starts in 0.1 s."""

import json
import struct
from dataclasses import asdict, dataclass
from math import inf
from typing import IO

HEAD = struct.Struct("<cI")
"""Before every message: its kind, and the bytes that follow."""

PAYLOAD_MAX = 1 << 16
"""Bytes of one message; whoever sends more has gone wild."""

OPENED = b"o"
"""It is sound; the payload is the length it promises, in seconds, or nothing."""
SOUND = b"s"
"""Little-endian signed 16-bit mono PCM."""
FAILED = b"f"
"""It cannot be read, or no further; the payload is a `ReadFailure`."""
ENDED = b"e"
"""That was all."""


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What is to be read; one line of JSON, so that no other process's list shows addresses with passwords."""

    address: str
    """A file or URL."""
    private: bool
    """Whether a URL may lie on a private network."""
    rate_hz: int
    """The rate that is wanted."""

    def line(self) -> bytes:
        """Return it as it is written."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @staticmethod
    def parse(line: bytes) -> "ReadRequest":
        """Return what was written."""
        return ReadRequest(**json.loads(line))


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """Why something could not be read."""

    code: str
    """The error's own."""
    text: str
    """Its sentence."""

    def payload(self) -> bytes:
        """Return it as it is written."""
        return json.dumps(asdict(self)).encode()[:PAYLOAD_MAX]

    @staticmethod
    def parse(payload: bytes) -> "ReadFailure":
        """Return what was written.

        Raises:
            ValueError: It is no failure.
        """
        match json.loads(payload):
            case {"code": str(code), "text": str(text)}:
                return ReadFailure(code, text)
        raise ValueError("no failure")


def pack_length(length_s: float | None) -> bytes:
    """Return the payload of `OPENED`."""
    return str(length_s).encode() if length_s else b""


def parse_length(payload: bytes) -> float | None:
    """Return what was written; None for what is no length."""
    try:
        length_s = float(payload)
    except ValueError:
        return None
    return length_s if 0.0 < length_s < inf else None


def send(pipe: IO[bytes], kind: bytes, payload: bytes = b"") -> None:
    """Write one message; blocks while nobody reads."""
    pipe.write(HEAD.pack(kind, len(payload)) + payload)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Read one message's kind and payload; None when no whole and allowed one comes any more."""
    head = pipe.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    kind, n_bytes = HEAD.unpack(head)
    if n_bytes > PAYLOAD_MAX:
        return None
    payload = pipe.read(n_bytes)
    return (kind, payload) if len(payload) == n_bytes else None
