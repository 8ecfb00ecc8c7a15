"""uvicorn's WebSocket protocol with limits for hostile and stalled clients.

Source: uvicorn 0.54 websockets_sansio_impl.py. It limits neither the fragments of a message nor pongs, closes a
connection only when its buffer drains, leaves it open after an invalid handshake, and logs a traceback for text that is
not UTF-8; `tests/web/test_websocket_protocol.py` shows that these do not happen here.
"""

import asyncio
from asyncio.transports import BaseTransport
from collections.abc import Callable
from contextlib import suppress
from random import Random

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import State

from app import metrics
from app.web.connection_table import OpenConnection
from app.web.token_bucket import TokenBucket

FRAGMENTS_MAX = 64
"""Fragments of one message; browsers send one."""

CONTROLS_BURST = 40
CONTROLS_PER_S = 2.0
"""Pings and pongs that a client may send at once, and then in a second; browsers answer one ping in 20 s."""

BUFFER_MAX = 32 << 10
"""Bytes buffered for a slow client besides those in the kernel; beyond that nothing is sent until it has read."""

PIECE_BYTES = 8 << 10
"""Bytes parsed at once: a flood is noticed before it is parsed into frames, which take fifty times the memory."""

MESSAGES_MAX = 1024
"""Received messages that may be queued; one read from the kernel may contain 80 messages of a source that catches
up."""

CLOSE_S = 3.0
"""How long a client may take to read the close frame; then the connection is aborted."""

IGNORED_BYTES = 1 << 20
"""Bytes that a client may still send after our close frame; closing at once could lose that frame."""

RESTART = 1012
"""Close code of a service that restarts."""

POLICY = 1008
"""Close code for an error of the client."""

TOO_LARGE = 1009
"""Close code for a message that is too large."""

NO_TEXT = 1007
"""Close code for text that is not UTF-8."""

SLOW = 1013
"""Close code for a client that reads too slowly, and for a service that is full."""

_chance = Random()


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket connection; `app.web.websocket` uses its additional methods, as `scope["state"]["socket"]`.

    Written for uvicorn 0.54 and websockets 17.4: the base class, its fields and its methods are not public interfaces.
    """

    on_writable: Callable[[], None] | None = None
    """Called when a stalled client has read what was buffered."""
    on_stalled: Callable[[], None] | None = None
    """Called when a client stops reading."""

    counted: OpenConnection | None = None
    """Its place in the limits; set by `HttpProtocol`."""

    _n_ignored_bytes = 0
    _n_fragments = 0
    _controls: TokenBucket | None = None

    @property
    def is_writable(self) -> bool:
        """Whether more can be sent now."""
        return self.writable.is_set() and not self.close_sent and not self.disconnected

    def write(self, frames: bytes) -> None:
        """Send frames from `framing.frame`; does nothing on a connection that is closing."""
        if self.conn.state is State.OPEN and not self.close_sent:
            self.transport.write(frames)

    def allow(self, n_bytes: int) -> None:
        """Set the maximum size of messages from now on."""
        self.conn.max_message_size = n_bytes

    def refuse(self, code: int, reason: str, *, within_s: float = CLOSE_S) -> None:
        """Close with a code and a reason of at most 123 bytes; abort the connection if the client does not read it."""
        if self.close_sent or self.disconnected:
            return
        if self.conn.state is State.OPEN:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
            self.conn.send_close(code, reason)
            self._send_close()
        else:
            self.transport.close()
        self._abort_later(within_s)

    def connection_made(self, transport: BaseTransport) -> None:
        """Limit the bytes that are buffered for the client."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=BUFFER_MAX)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the connection if the client acknowledged no data for too long."""
        if isinstance(exc, TimeoutError):
            metrics.CLOSED_SOCKETS.labels("silent").inc()
        if self.counted is not None:
            self.counted.close()
        super().connection_lost(exc)

    def handle_connect(self, event: Request) -> None:
        """Give `app.web.websocket` access to this connection."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope["state"]["socket"] = self

    def data_received(self, data: bytes) -> None:
        """Parse data in small pieces; ignore it after our close frame."""
        for first in range(0, len(data), PIECE_BYTES):
            if self.close_sent or self.transport.is_closing():
                self._n_ignored_bytes += len(data) - first
                if self._n_ignored_bytes > IGNORED_BYTES:
                    self.transport.abort()
                return
            super().data_received(data[first : first + PIECE_BYTES])
            if self.conn.handshake_exc is not None and not self.handshake_initiated:
                self._reject_handshake()

    def handle_cont(self, event: Frame) -> None:
        """Count the fragments of a message, including empty ones."""
        if self.close_sent:
            return
        self._n_fragments += 1
        if self._n_fragments > FRAGMENTS_MAX:
            self._close_abuser("fragments", f"A message of more than {FRAGMENTS_MAX} fragments.")
            return
        super().handle_cont(event)

    def handle_text(self, event: Frame) -> None:
        """Start counting the fragments of a message."""
        self._n_fragments = 1
        super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        """Start counting the fragments of a message."""
        self._n_fragments = 1
        super().handle_bytes(event)

    def send_receive_event_to_app(self) -> None:
        """Queue a complete message, if it is valid."""
        if self.close_sent:
            self.frames = []
        elif self.curr_msg_data_type == "text" and not _is_utf8(b"".join(self.frames)):
            self._close_abuser("malformed", "Text that is not UTF-8.", NO_TEXT)
        elif self.queue.qsize() >= MESSAGES_MAX:
            self._close_abuser("messages", f"More than {MESSAGES_MAX} messages at once.")
        else:
            super().send_receive_event_to_app()

    def handle_ping(self) -> None:
        """Answer a ping, unless there are too many."""
        if self._allows_control():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Handle a pong, unless there are too many."""
        if self._allows_control():
            super().handle_pong(event)

    def pause_writing(self) -> None:
        """Stop reading from a client that does not read."""
        super().pause_writing()
        self.transport.pause_reading()
        if self.on_stalled is not None:
            self.on_stalled()

    def resume_writing(self) -> None:
        """The client has read: continue."""
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()
        if self.on_writable is not None:
            self.on_writable()

    async def receive(self) -> ASGIReceiveEvent:
        """Return the next event; uvicorn would then continue to read even from a client that does not read."""
        message = await super().receive()
        if not self.writable.is_set():
            self.transport.pause_reading()
        return message

    async def send(self, message: ASGISendEvent) -> None:
        """Send a message; after a close frame, give the client some time to read it."""
        was_closing = self.close_sent
        await super().send(message)
        if self.close_sent and not was_closing and not self.transport.is_closing():
            self._send_close()

    def schedule_ping(self) -> None:
        """Schedule the next ping at a random time.

        Otherwise thousands of clients that connected at once would be pinged and answer at once, and captions would
        wait for that: with 3,000 viewers, one in a hundred waited 250 ms.
        """
        if self.ping_interval:
            pause_s = self.ping_interval * _chance.uniform(0.5, 1.0)
            self.ping_timer = self.loop.call_later(pause_s, self.send_keepalive_ping)

    def keepalive_timeout(self) -> None:
        """Abort the connection of a client that does not answer pings; it would not read a close frame either."""
        super().keepalive_timeout()
        metrics.CLOSED_SOCKETS.labels("no answer to pings").inc()
        self.transport.abort()

    def handle_parser_exception(self) -> None:
        """Close after invalid or too large data."""
        close = self.conn.close_sent
        if close is None:  # the handshake is not complete
            self._reject_handshake()
            return
        metrics.CLOSED_SOCKETS.labels("oversize" if close.code == TOO_LARGE else "malformed").inc()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": close.code, "reason": close.reason})
        self._send_close()

    def shutdown(self) -> None:
        """Close when the service shuts down; uvicorn fails here if the client has just sent a close frame."""
        if self.handshake_complete:
            self.refuse(RESTART, "")
        else:
            super().shutdown()
            self._abort_later()

    async def run_asgi(self) -> None:
        """Serve the connection, and abort it if the client does not read its end."""
        await super().run_asgi()
        if self.close_timer is None:
            self._abort_later()

    def _allows_control(self) -> bool:
        if self.close_sent:
            return False
        self._controls = self._controls or TokenBucket(CONTROLS_BURST, CONTROLS_PER_S)
        if self._controls.take():
            return True
        self._close_abuser("control frames", "Too many pings.")
        return False

    def _reject_handshake(self) -> None:
        """Close after an invalid handshake, with the parser's response."""
        metrics.CLOSED_SOCKETS.labels("malformed").inc()
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()
        self._abort_later()

    def _close_abuser(self, violation: str, reason: str, code: int = POLICY) -> None:
        if self.close_sent or self.disconnected:
            return
        metrics.CLOSED_SOCKETS.labels(violation).inc()
        self.frames = []
        self.conn.data_to_send()  # queued answers are not sent
        self.refuse(code, reason)

    def _send_close(self) -> None:
        """Send the close frame, and give the client some time to read it and to close."""
        self.stop_keepalive()
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if not self.transport.get_write_buffer_size():
            with suppress(OSError):  # the client is gone
                self.transport.write_eof()
        self.transport.resume_reading()
        self._abort_later()

    def _abort_later(self, within_s: float = CLOSE_S) -> None:
        """Abort the connection if it is still open; uvicorn does not touch it while `close_timer` runs."""
        if self.close_timer is not None:
            self.close_timer.cancel()
        if not self.disconnected:
            self.close_timer = asyncio.get_running_loop().call_later(within_s, self.transport.abort)


def _is_utf8(message: bytes) -> bool:
    try:
        message.decode()
    except UnicodeDecodeError:
        return False
    return True
