"""uvicorn's WebSocket connection, with the limits that hostile and stalled clients make necessary.

Source: uvicorn 0.54 websockets_sansio_impl.py. It caps neither the fragments of a message nor pongs, and closes a
connection only when its buffer drains; `tests/web/test_socket.py` shows that these hold here.
"""

import asyncio
from asyncio.transports import BaseTransport
from collections.abc import Callable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import State

from app import metrics
from app.web.limits import Bucket

FRAGMENTS_MAX = 64
"""Parts of one message; browsers send one."""

CONTROLS_BURST = 40
CONTROLS_PER_S = 2.0
"""Pings and pongs a client may send at once, and then in a second; browsers answer one ping in 20 s."""

BUFFER_MAX = 32 << 10
"""Bytes that wait for a slow client beside what the kernel holds; then it is told nothing until it has read."""

CLOSE_S = 3.0
"""How long a client may take to read our last words; then the connection is dropped."""

POLICY = 1008
"""Close code for what the client did wrong."""

SLOW = 1013
"""Close code for a client that does not keep up, and for a service that has no room now."""


class Socket(WebSocketsSansIOProtocol):
    """One WebSocket; what it offers beyond uvicorn's is for `app.web.sockets`, as `scope["state"]["socket"]`."""

    on_writable: Callable[[], None] | None = None
    """Called when a client that was behind has read what waited."""
    on_stalled: Callable[[], None] | None = None
    """Called when a client stops reading."""

    _n_fragments = 0
    _controls: Bucket | None = None

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
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
        self.stop_keepalive()
        self.transport.close()
        self._drop_later()

    def connection_made(self, transport: BaseTransport) -> None:
        """Bound what waits for the client."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=BUFFER_MAX)

    def handle_connect(self, event: Request) -> None:
        """Let the conversation reach this connection."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope["state"]["socket"] = self

    def handle_cont(self, event: Frame) -> None:
        """Count the parts of a message, empty ones too."""
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

    def keepalive_timeout(self) -> None:
        """A client that answers no ping is gone, and reads no last words either."""
        super().keepalive_timeout()
        metrics.CLOSED_SOCKETS.labels("no answer to pings").inc()
        self.transport.abort()

    def handle_parser_exception(self) -> None:
        """What is no WebSocket, or too large, was told so by uvicorn."""
        super().handle_parser_exception()
        metrics.CLOSED_SOCKETS.labels("malformed").inc()
        self._drop_later()

    def shutdown(self) -> None:
        """The service closes down."""
        super().shutdown()
        self._drop_later()

    async def run_asgi(self) -> None:
        """Hold the conversation, and drop whoever does not read its end."""
        await super().run_asgi()
        self._drop_later()

    def _may_control(self) -> bool:
        if self.close_sent:
            return False
        self._controls = self._controls or Bucket(CONTROLS_BURST, CONTROLS_PER_S)
        if self._controls.take():
            return True
        self._abuse("control frames", "Too many pings.")
        return False

    def _abuse(self, what: str, reason: str) -> None:
        metrics.CLOSED_SOCKETS.labels(what).inc()
        self.frames = []
        self.conn.data_to_send()  # the answers that waited are not sent
        self.refuse(POLICY, reason)
        self.transport.pause_reading()

    def _drop_later(self) -> None:
        if not self.disconnected:
            asyncio.get_running_loop().call_later(CLOSE_S, self.transport.abort)
