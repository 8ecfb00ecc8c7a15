"""uvicorn's WebSocket connection, with the limits that hostile and stalled clients make necessary.

Source: uvicorn 0.54 websockets_sansio_impl.py. It caps neither the fragments of a message nor pongs, closes a
connection only when its buffer drains, leaves one open whose handshake it cannot read, and logs a traceback for text
that is not UTF-8; `tests/web/test_websocket_protocol.py` shows that these do not happen here.
"""

import asyncio
import random
from asyncio.transports import BaseTransport
from collections.abc import Callable
from contextlib import suppress

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import State

from app import metrics
from app.web.limits import TokenBucket

FRAGMENTS_MAX = 64
"""Parts of one message; browsers send one."""

CONTROLS_BURST = 40
CONTROLS_PER_S = 2.0
"""Pings and pongs a client may send at once, and then in a second; browsers answer one ping in 20 s."""

BUFFER_MAX = 32 << 10
"""Bytes that wait for a slow client beside what the kernel holds; then it is told nothing until it has read."""

PIECE_BYTES = 8 << 10
"""What is parsed at once: a flood is noticed while it is still bytes, which as frames take fifty times as much."""

MESSAGES_MAX = 1024
"""Messages that may wait to be heard; one read of the kernel brings 80 of a source that catches up."""

CLOSE_S = 3.0
"""How long a client may take to read our last words; then the connection is dropped."""

UNHEARD_BYTES = 1 << 20
"""What a client may go on sending after our last words; a connection that is closed at once may lose them."""

RESTART = 1012
"""Close code of a service that goes, and comes back."""

POLICY = 1008
"""Close code for what the client did wrong."""

TOO_LARGE = 1009
"""Close code for a message that is too large."""

NO_TEXT = 1007
"""Close code for text that is not UTF-8."""

SLOW = 1013
"""Close code for a client that does not keep up, and for a service that has no room now."""


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket; what it offers beyond uvicorn's is for `app.web.websocket`, as `scope["state"]["socket"]`."""

    on_writable: Callable[[], None] | None = None
    """Called when a client that was behind has read what waited."""
    on_stalled: Callable[[], None] | None = None
    """Called when a client stops reading."""

    _n_unheard_bytes = 0
    _n_fragments = 0
    _controls: TokenBucket | None = None

    @property
    def is_writable(self) -> bool:
        """Whether the client keeps up and may be told more."""
        return self.writable.is_set() and not self.close_sent and not self.disconnected

    def write(self, frames: bytes) -> None:
        """Send frames made by `framing.frame`; nothing is sent on a connection that is closing."""
        if self.conn.state is State.OPEN and not self.close_sent:
            self.transport.write(frames)

    def allow(self, n_bytes: int) -> None:
        """Take messages of so many bytes from now on."""
        self.conn.max_message_size = n_bytes

    def refuse(self, code: int, reason: str) -> None:
        """Close with a code and a reason of at most 123 bytes, and drop whoever does not read that."""
        if self.close_sent or self.disconnected:
            return
        if self.conn.state is State.OPEN:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
            self.conn.send_close(code, reason)
            self._leave()
        else:
            self.transport.close()
            self._drop_later()

    def connection_made(self, transport: BaseTransport) -> None:
        """Bound what waits for the client."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=BUFFER_MAX)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over; the kernel says so of a client that for long took nothing in."""
        if isinstance(exc, TimeoutError):
            metrics.CLOSED_SOCKETS.labels("silent").inc()
        super().connection_lost(exc)

    def handle_connect(self, event: Request) -> None:
        """Let the conversation reach this connection."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope["state"]["socket"] = self

    def data_received(self, data: bytes) -> None:
        """Parse what came, piece by piece; nothing after our last words."""
        for first in range(0, len(data), PIECE_BYTES):
            if self.close_sent or self.transport.is_closing():
                self._n_unheard_bytes += len(data) - first
                if self._n_unheard_bytes > UNHEARD_BYTES:
                    self.transport.abort()
                return
            super().data_received(data[first : first + PIECE_BYTES])
            if self.conn.handshake_exc is not None and not self.handshake_initiated:
                self._misunderstand()

    def handle_cont(self, event: Frame) -> None:
        """Count the parts of a message, empty ones too."""
        if self.close_sent:
            return
        self._n_fragments += 1
        if self._n_fragments > FRAGMENTS_MAX:
            self._abuse("fragments", f"A message of more than {FRAGMENTS_MAX} parts.")
            return
        super().handle_cont(event)

    def handle_text(self, event: Frame) -> None:
        """Begin to count the parts of a message."""
        self._n_fragments = 1
        super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        """Begin to count the parts of a message."""
        self._n_fragments = 1
        super().handle_bytes(event)

    def send_receive_event_to_app(self) -> None:
        """Let a whole message be heard, if it is one."""
        if self.close_sent:
            self.frames = []
        elif self.curr_msg_data_type == "text" and not _is_text(b"".join(self.frames)):
            self._abuse("malformed", "Text that is not UTF-8.", NO_TEXT)
        elif self.queue.qsize() >= MESSAGES_MAX:
            self._abuse("messages", f"More than {MESSAGES_MAX} messages at once.")
        else:
            super().send_receive_event_to_app()

    def handle_ping(self) -> None:
        """Answer, unless they come as a flood."""
        if self._may_control():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Take note, unless they come as a flood."""
        if self._may_control():
            super().handle_pong(event)

    def pause_writing(self) -> None:
        """Read nothing from a client that does not read."""
        super().pause_writing()
        self.transport.pause_reading()
        if self.on_stalled is not None:
            self.on_stalled()

    def resume_writing(self) -> None:
        """The client has read: go on."""
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()
        if self.on_writable is not None:
            self.on_writable()

    async def receive(self) -> ASGIReceiveEvent:
        """Return what came next; uvicorn reads on then, even from a client that does not read."""
        message = await super().receive()
        if not self.writable.is_set():
            self.transport.pause_reading()
        return message

    async def send(self, message: ASGISendEvent) -> None:
        """Send; after our last words the client has a while to read them."""
        had_left = self.close_sent
        await super().send(message)
        if self.close_sent and not had_left and not self.transport.is_closing():
            self._leave()

    def schedule_ping(self) -> None:
        """Ask for a sign of life after a while, each client at a moment of its own.

        Thousands who came at once would else be asked and answer at once, and captions would wait for that: with 3,000
        viewers one in a hundred waited 250 ms.
        """
        if self.ping_interval:
            pause_s = self.ping_interval * random.uniform(0.5, 1.0)
            self.ping_timer = self.loop.call_later(pause_s, self.send_keepalive_ping)

    def keepalive_timeout(self) -> None:
        """A client that answers no ping is gone, and reads no last words either."""
        super().keepalive_timeout()
        metrics.CLOSED_SOCKETS.labels("no answer to pings").inc()
        self.transport.abort()

    def handle_parser_exception(self) -> None:
        """Say what was wrong with what is no WebSocket, or too large."""
        said = self.conn.close_sent
        if said is None:  # nothing was said between us yet
            self._misunderstand()
            return
        metrics.CLOSED_SOCKETS.labels("oversize" if said.code == TOO_LARGE else "malformed").inc()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": said.code, "reason": said.reason})
        self._leave()

    def shutdown(self) -> None:
        """The service closes down; uvicorn fails here if the client has just said goodbye."""
        if self.handshake_complete:
            self.refuse(RESTART, "")
        else:
            super().shutdown()
            self._drop_later()

    async def run_asgi(self) -> None:
        """Hold the conversation, and drop whoever does not read its end."""
        await super().run_asgi()
        if self.close_timer is None:
            self._drop_later()

    def _may_control(self) -> bool:
        if self.close_sent:
            return False
        self._controls = self._controls or TokenBucket(CONTROLS_BURST, CONTROLS_PER_S)
        if self._controls.take():
            return True
        self._abuse("control frames", "Too many pings.")
        return False

    def _misunderstand(self) -> None:
        """End what was no handshake, with the answer that the parser has for it."""
        metrics.CLOSED_SOCKETS.labels("malformed").inc()
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()
        self._drop_later()

    def _abuse(self, what: str, reason: str, code: int = POLICY) -> None:
        if self.close_sent or self.disconnected:
            return
        metrics.CLOSED_SOCKETS.labels(what).inc()
        self.frames = []
        self.conn.data_to_send()  # the answers that waited are not sent
        self.refuse(code, reason)

    def _leave(self) -> None:
        """Send our last words, and leave the client a while to read them and to go."""
        self.stop_keepalive()
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if not self.transport.get_write_buffer_size():
            with suppress(OSError):  # the client has gone before
                self.transport.write_eof()
        self.transport.resume_reading()
        self._drop_later()

    def _drop_later(self) -> None:
        """Drop the connection if it still stands then; uvicorn leaves it alone while `close_timer` runs."""
        if self.close_timer is not None:
            self.close_timer.cancel()
        if not self.disconnected:
            self.close_timer = asyncio.get_running_loop().call_later(CLOSE_S, self.transport.abort)


def _is_text(message: bytes) -> bool:
    try:
        message.decode()
    except UnicodeDecodeError:
        return False
    return True
