"""uvicorn's HTTP protocol with deadlines and limits, and every connection counted for its client's network.

uvicorn itself waits endlessly for a slow request and for a client that does not read its response, and raises an
error for invalid data after a response. Source: uvicorn 0.54 h11_impl.py; issue 157 of its repository lists request
timeouts as open.
"""

import asyncio
from functools import lru_cache
from typing import Any

import h11
from uvicorn._types import HTTPScope
from uvicorn.middleware.proxy_headers import _TrustedHosts
from uvicorn.protocols.http.h11_impl import H11Protocol

from app import metrics
from app.web.connection_table import OpenConnection
from app.web.limits import ConnectionLimits
from app.web.websocket_protocol import WebSocketProtocol

REQUEST_S = 10.0
"""How long a request may take to arrive, including its body."""

STALL_S = 20.0
"""How long a client may take to read the 64 KiB in its buffer; 3 kB/s is enough."""


class HttpProtocol(H11Protocol):
    """One HTTP connection, until it becomes a WebSocket.

    Written for uvicorn 0.54: `H11Protocol` and its methods are not a public interface.
    """

    def __init__(self, limits: ConnectionLimits, **arguments: Any) -> None:
        """Count the connection in `limits`; the other arguments are uvicorn's."""
        super().__init__(**arguments)
        self._limits = limits
        self.counted_before: OpenConnection | None = None
        """Its place in the limits, if it was counted before its handshake."""
        self._counted: OpenConnection | None = None
        """None until it is connected."""
        self._counted_scope: HTTPScope | None = None
        """The latest request whose client was counted."""
        self._is_forwarded = False
        """Whether the connection counts for a client that a proxy named."""
        self._request_deadline: asyncio.TimerHandle | None = None
        """When the request must have arrived."""
        self._read_deadline: asyncio.TimerHandle | None = None
        """When the client must have read its response."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Count the connection, which may have to make way at once."""
        super().connection_made(transport)
        self._counted = self.counted_before or self._limits.connections.open(self._peer, self._make_way)
        self._counted.drop = self._make_way
        self._check_request()

    def data_received(self, data: bytes) -> None:
        """Parse data, and start or end the deadline of a request."""
        super().data_received(data)
        self._check_request()

    def on_response_complete(self) -> None:
        """Start the deadlines for the next request, which may have arrived already, and for reading this response."""
        super().on_response_complete()
        self._check_request()
        self._check_reading()

    def pause_writing(self) -> None:
        """Start the deadline of a client that does not read."""
        super().pause_writing()
        self._check_reading()

    def resume_writing(self) -> None:
        """The client reads again: end its deadline."""
        super().resume_writing()
        self._set_read_deadline(None)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Pass the connection on, with its place in the limits."""
        self._follow_client()
        super().handle_websocket_upgrade(event)
        protocol = self.transport.get_protocol()
        if isinstance(protocol, WebSocketProtocol) and self._counted is not None:
            protocol.counted = self._counted

    def send_400_response(self, msg: str) -> None:
        """Answer an invalid request; uvicorn raises an error if the previous response is complete."""
        metrics.CLOSED_SOCKETS.labels("malformed").inc()
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:
            self.transport.abort()
        else:
            self._check_reading()

    def timeout_keep_alive_handler(self) -> None:
        """Close because no further request came, with a deadline for a client that does not read."""
        super().timeout_keep_alive_handler()
        self._check_reading()

    def shutdown(self) -> None:
        """End streams, and close connections whose client does not read, because the service shuts down."""
        if self.flow.write_paused:
            self.transport.abort()
            return
        if self.scope is not None and "leave" in self.scope["state"]:
            self.scope["state"]["leave"]()
        try:
            super().shutdown()
        except h11.LocalProtocolError:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Clean up; the error is a timeout if the client acknowledged no data for too long."""
        if isinstance(exc, TimeoutError):
            metrics.CLOSED_SOCKETS.labels("silent").inc()
        self._clear_deadlines()
        if self._counted is not None:
            self._counted.close()
        super().connection_lost(exc)

    @property
    def _peer(self) -> str:
        return self.client[0] if self.client else ""

    def _check_request(self) -> None:
        """Start or end the deadline of a request, whose client may have become known."""
        if self.transport.get_protocol() is not self:
            self._clear_deadlines()
            return
        self._follow_client()
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._set_request_deadline(None)
        elif self._request_deadline is None and not self.transport.is_closing():
            self._set_request_deadline(self.loop.call_later(REQUEST_S, self._drop, "slow request"))

    def _follow_client(self) -> None:
        """Count the connection for the client that a trusted proxy names, until its request is answered."""
        if self._counted is None:
            return
        if self.scope is not self._counted_scope:
            self._counted_scope = self.scope
            self.scope["state"]["abort"] = self.transport.abort  # for streams that must end now
            client = forwarded_client(self.scope, self.config.forwarded_allow_ips or "")
            self._is_forwarded = client is not None
            self._counted.move(client or self._peer)
        elif self._is_forwarded and self.conn.their_state is h11.IDLE:
            self._is_forwarded = False
            self._counted.move(self._peer)

    def _follow_waiting(self) -> None:
        """The connection waits for its client while it has a deadline; then it makes way for a newer one."""
        if self._counted is not None and self.transport.get_protocol() is self:
            has_deadline = self._request_deadline is not None or self._read_deadline is not None
            self._counted.set_waiting(is_waiting=has_deadline)

    def _set_request_deadline(self, deadline: asyncio.TimerHandle | None) -> None:
        if self._request_deadline is not None:
            self._request_deadline.cancel()
        self._request_deadline = deadline
        self._follow_waiting()

    def _check_reading(self) -> None:
        is_unread = self.transport.get_write_buffer_size() > 0
        self._set_read_deadline(self.loop.call_later(STALL_S, self._drop_stalled) if is_unread else None)

    def _set_read_deadline(self, deadline: asyncio.TimerHandle | None) -> None:
        if self._read_deadline is not None:
            self._read_deadline.cancel()
        self._read_deadline = deadline
        self._follow_waiting()

    def _drop_stalled(self) -> None:
        if self.transport.get_write_buffer_size():
            self._drop("stalled")

    def _clear_deadlines(self) -> None:
        self._set_request_deadline(None)
        self._set_read_deadline(None)

    def _make_way(self) -> None:
        self._drop("made way")

    def _drop(self, reason: str) -> None:
        metrics.CLOSED_SOCKETS.labels(reason).inc()
        self.transport.abort()


def forwarded_client(scope: HTTPScope, proxies: list[str] | str) -> str | None:
    """Return the address that a trusted proxy names as its client; None without a trusted proxy or such an address."""
    trusted = _trusted_hosts(proxies if isinstance(proxies, str) else ",".join(proxies))
    if not scope["client"] or scope["client"][0] not in trusted:
        return None
    named = b", ".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode("latin1")
    return (trusted.get_trusted_client_address(named)[0] or None) if named else None


@lru_cache(maxsize=8)
def _trusted_hosts(proxies: str) -> _TrustedHosts:
    return _TrustedHosts(proxies)
