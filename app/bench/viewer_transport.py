"""The two ways to a room's captions as a viewer speaks them: bytes of a socket in, messages and answers out; pure."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from app.bench.websocket_frames import BINARY, CLOSE, PING, PONG, TEXT, FrameReader, masked
from app.errors import AccessError

Transport = Literal["ws", "sse"]


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """The last logged event a viewer holds."""

    epoch: str
    seq: int


class ViewerTransport(Protocol):
    """One connection's talk."""

    def open(self, room: str, since: HeldPosition | None) -> bytes:
        """Return what is sent first."""

    def feed(self, piece: bytes) -> tuple[list[bytes], bytes]:
        """Return the messages that are whole now, each JSON, and what is to be sent for them.

        Raises:
            AccessError: The server answers no or says goodbye.
        """

    @property
    def is_open(self) -> bool:
        """Whether the server has let the viewer in and knows all that it has to say."""


class ResponseHead:
    """The head of an HTTP answer, whose pieces are kept until it is whole."""

    def __init__(self, status: bytes) -> None:
        """Wait for an answer with this status."""
        self._status = status
        self._held = b""
        self.is_whole = False

    def feed(self, piece: bytes) -> bytes:
        """Return what follows the head.

        Raises:
            AccessError: The status is another.
        """
        self._held += piece
        head, end, rest = self._held.partition(b"\r\n\r\n")
        if not end:
            return b""
        line = head.partition(b"\r\n")[0]
        if line.split(b" ")[1:2] != [self._status]:
            raise AccessError(f"Expected the answer {self._status.decode()}, but got {line.decode('latin-1')}.")
        self.is_whole = True
        return rest


class WebSocketTransport:
    """A WebSocket, as docs/protocol.md has it."""

    def __init__(self, hello: Mapping[str, object] | None = None) -> None:
        """Begin unconnected; `hello` is what is said first, None for a viewer's."""
        self._said = hello
        self._head = ResponseHead(b"101")
        self._frames = FrameReader()
        self._hello = b""

    @property
    def is_open(self) -> bool:
        """Whether the server has let the viewer in and been sent its hello."""
        return self._head.is_whole

    def open(self, room: str, since: HeldPosition | None) -> bytes:
        """Return the upgrade; the hello follows once it is granted."""
        hello = dict(self._said or {"type": "hello", "role": "viewer", "key": ""})
        if since is not None:
            hello["since"] = {"epoch": since.epoch, "seq": since.seq}
        self._hello = masked(TEXT, json.dumps(hello).encode())
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        return (
            f"GET /ws/{room} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        ).encode()

    def feed(self, piece: bytes) -> tuple[list[bytes], bytes]:
        """Return the messages that are whole now, and pongs or the hello."""
        reply = b""
        if not self._head.is_whole:
            piece = self._head.feed(piece)
            if not self._head.is_whole:
                return [], b""
            reply = self._hello
        messages: list[bytes] = []
        for kind, payload in self._frames.feed(piece):
            if kind in (TEXT, BINARY):
                messages.append(payload)
            elif kind == PING:
                reply += masked(PONG, payload)
            elif kind == CLOSE:
                raise AccessError(f"The server closed with code {int.from_bytes(payload[:2], 'big')}.")
        return messages, reply


class SseTransport:
    """Server-sent events, resumed by `Last-Event-ID: EPOCH.SEQ`; the data of every event is one message."""

    def __init__(self) -> None:
        """Begin unconnected."""
        self._head = ResponseHead(b"200")
        self._rest = b""

    @property
    def is_open(self) -> bool:
        """Whether the server has let the viewer in."""
        return self._head.is_whole

    def open(self, room: str, since: HeldPosition | None) -> bytes:
        """Return the request, of HTTP 1.0 so that the answer is not cut into chunks."""
        resume = f"Last-Event-ID: {since.epoch}.{since.seq}\r\n" if since is not None else ""
        return f"GET /api/rooms/{room}/events HTTP/1.0\r\nHost: localhost\r\n{resume}\r\n".encode()

    def feed(self, piece: bytes) -> tuple[list[bytes], bytes]:
        """Return the messages that are whole now; comments, ids and names are left out."""
        if not self._head.is_whole:
            piece = self._head.feed(piece)
        *lines, self._rest = (self._rest + piece).split(b"\n")  # a message is one line, JSON needs no more
        return [line[5:] for line in lines if line.startswith(b"data:")], b""


def wire(transport: Transport) -> ViewerTransport:
    """Return a new connection's talk."""
    return WebSocketTransport() if transport == "ws" else SseTransport()
