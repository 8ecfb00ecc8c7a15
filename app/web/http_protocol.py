"""uvicorn's HTTP protocol with deadlines and limits.

uvicorn itself waits endlessly for a slow request and for a client that does not read its response, and raises an
error for invalid data after a response. Source: uvicorn 0.54 h11_impl.py; issue 157 of its repository lists request
timeouts as open.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from app import metrics
from app.errors import BusyError
from app.web.limits import ConnectionLimits

REQUEST_S = 10.0
"""How long a request may take to arrive, including its body."""

STALL_S = 20.0
"""How long a client may take to read the 64 KiB in its buffer; 3 kB/s is enough."""


class HttpProtocol(H11Protocol):
    """One HTTP connection, until it becomes a WebSocket.

    Written for uvicorn 0.54: `H11Protocol` and its methods are not a public interface.
    """

    def __init__(self, limits: ConnectionLimits, **arguments: Any) -> None:
        """Check the number of connections against `limits`; the other arguments are uvicorn's."""
        super().__init__(**arguments)
        self._limits = limits
        self._request_deadline: asyncio.TimerHandle | None = None
        """When the request must have arrived."""
        self._read_deadline: asyncio.TimerHandle | None = None
        """When the client must have read its response."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Accept the connection if there are not too many."""
        super().connection_made(transport)
        try:
            self._limits.check_total(len(self.connections))
        except BusyError:
            transport.abort()
            return
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
        super().connection_lost(exc)

    def _check_request(self) -> None:
        if self.transport.get_protocol() is not self:
            self._clear_deadlines()
        elif self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._set_request_deadline(None)
        elif self._request_deadline is None and not self.transport.is_closing():
            self._set_request_deadline(self.loop.call_later(REQUEST_S, self._drop, "slow request"))

    def _set_request_deadline(self, deadline: asyncio.TimerHandle | None) -> None:
        if self._request_deadline is not None:
            self._request_deadline.cancel()
        self._request_deadline = deadline

    def _check_reading(self) -> None:
        is_unread = self.transport.get_write_buffer_size() > 0
        self._set_read_deadline(self.loop.call_later(STALL_S, self._drop_stalled) if is_unread else None)

    def _set_read_deadline(self, deadline: asyncio.TimerHandle | None) -> None:
        if self._read_deadline is not None:
            self._read_deadline.cancel()
        self._read_deadline = deadline

    def _drop_stalled(self) -> None:
        if self.transport.get_write_buffer_size():
            self._drop("stalled")

    def _clear_deadlines(self) -> None:
        self._set_request_deadline(None)
        self._set_read_deadline(None)

    def _drop(self, reason: str) -> None:
        metrics.CLOSED_SOCKETS.labels(reason).inc()
        self.transport.abort()
