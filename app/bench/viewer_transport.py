"""A viewer's side of WebSocket and of server-sent events: received bytes in, messages and replies out; pure."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from app.bench.websocket_frames import BINARY, CLOSE, PING, PONG, TEXT, FrameReader, mask_frame
from app.errors import AccessError

Transport = Literal["ws", "sse"]


@dataclass(frozen=True, slots=True)
class ResumePosition:
    """The last logged event that a viewer has; it resumes after this one."""

    epoch: str
    seq: int


class ViewerTransport(Protocol):
    """The protocol of one connection."""

    def open(self, room: str, since: ResumePosition | None) -> bytes:
        """Return the bytes to send first."""

    def feed(self, piece: bytes) -> tuple[list[bytes], bytes]:
        """Return the messages that are complete now, each JSON, and the bytes to reply.

        Raises:
            AccessError: The server rejects or closes the connection.
        """

    @property
    def is_open(self) -> bool:
        """Whether the server has accepted the viewer and the viewer has sent its hello."""


class ResponseHead:
    """Reads the head of an HTTP response."""

    def __init__(self, status: bytes) -> None:
        """Expect a response with this status."""
        self._status = status
        self._received = b""
        self.is_complete = False

    def feed(self, piece: bytes) -> bytes:
        """Return the bytes that follow the head.

        Raises:
            AccessError: The response has another status.
        """
        self._received += piece
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if not end:
            return b""
        line = head.partition(b"\r\n")[0]
        if line.split(b" ")[1:2] != [self._status]:
            raise AccessError(f"Expected the answer {self._status.decode()}, but got {line.decode('latin-1')}.")
        self.is_complete = True
        return rest


class WebSocketTransport:
    """A WebSocket as docs/protocol.md describes it."""

    def __init__(self, hello: Mapping[str, object] | None = None) -> None:
        """Start unconnected; `hello` is the first message, None for a viewer's."""
        self._given = hello
        self._head = ResponseHead(b"101")
        self._frames = FrameReader()
        self._hello = b""

    @property
    def is_open(self) -> bool:
        """Whether the server has accepted the upgrade; the hello is sent with it."""
        return self._head.is_complete

    def open(self, room: str, since: ResumePosition | None) -> bytes:
        """Return the upgrade request; the hello follows when the server accepts it."""
        hello = dict(self._given or {"type": "hello", "role": "viewer", "key": ""})
        if since is not None:
            hello["since"] = {"epoch": since.epoch, "seq": since.seq}
        self._hello = mask_frame(TEXT, json.dumps(hello).encode())
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        return (
            f"GET /ws/{room} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        ).encode()

    def feed(self, piece: bytes) -> tuple[list[bytes], bytes]:
        """Return the messages that are complete now, and pongs or the hello."""
        reply = b""
        if not self._head.is_complete:
            piece = self._head.feed(piece)
            if not self._head.is_complete:
                return [], b""
            reply = self._hello
        messages: list[bytes] = []
        for kind, payload in self._frames.feed(piece):
            if kind in (TEXT, BINARY):
                messages.append(payload)
            elif kind == PING:
                reply += mask_frame(PONG, payload)
            elif kind == CLOSE:
                raise AccessError(f"The server closed with code {int.from_bytes(payload[:2], 'big')}.")
        return messages, reply


class SseTransport:
    """Server-sent events, resumed by `Last-Event-ID: EPOCH.SEQ`; the data of every event is one message."""

    def __init__(self) -> None:
        """Start unconnected."""
        self._head = ResponseHead(b"200")
        self._rest = b""

    @property
    def is_open(self) -> bool:
        """Whether the server has accepted the viewer."""
        return self._head.is_complete

    def open(self, room: str, since: ResumePosition | None) -> bytes:
        """Return the request; HTTP/1.0 avoids a chunked response."""
        resume = f"Last-Event-ID: {since.epoch}.{since.seq}\r\n" if since is not None else ""
        return f"GET /api/rooms/{room}/events HTTP/1.0\r\nHost: localhost\r\n{resume}\r\n".encode()

    def feed(self, piece: bytes) -> tuple[list[bytes], bytes]:
        """Return the messages that are complete now; comments, ids and names are left out."""
        if not self._head.is_complete:
            piece = self._head.feed(piece)
        *lines, self._rest = (self._rest + piece).split(b"\n")  # a message is one line of JSON
        return [line[5:] for line in lines if line.startswith(b"data:")], b""


def build_transport(transport: Transport) -> ViewerTransport:
    """Return the protocol of a new connection."""
    return WebSocketTransport() if transport == "ws" else SseTransport()
