"""uvicorn's HTTP connection with deadlines and limits: uvicorn itself waits for ever for a request that drips in.

Source: uvicorn 0.54 h11_impl.py; issue 157 of its repository lists request timeouts as open. It also waits for ever
for a client that does not read its answer, and raises where what follows an answer makes no sense.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from app import metrics
from app.errors import BusyError
from app.web.limits import ConnectionLimits

REQUEST_S = 10.0
"""How long a request may take to arrive, with its body."""

STALL_S = 20.0
"""How long a client may take to read the 64 KiB that wait for it; 3 kB/s is enough."""


class HttpProtocol(H11Protocol):
    """One HTTP connection, until it becomes a WebSocket."""

    def __init__(self, limits: ConnectionLimits, **given: Any) -> None:
        """Count in `limits`; the rest is uvicorn's."""
        super().__init__(**given)
        self._limits = limits
        self._deadline: asyncio.TimerHandle | None = None
        """When the request must have arrived."""
        self._patience: asyncio.TimerHandle | None = None
        """When the client must have read."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Let it in if there is room."""
        super().connection_made(transport)
        try:
            self._limits.check_total(len(self.connections))
        except BusyError:
            transport.abort()
            return
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Give each request its time."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Give its time to the next request, which may have come with the last, and to the client to read this one."""
        super().on_response_complete()
        self._watch()
        self._await_reading()

    def pause_writing(self) -> None:
        """Wait for a client that does not read, but not for ever."""
        super().pause_writing()
        self._await_reading()

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        self._have_patience(None)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request; uvicorn raises if the answer before it has been given already."""
        metrics.CLOSED_SOCKETS.labels("malformed").inc()
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:
            self.transport.abort()
        else:
            self._await_reading()

    def timeout_keep_alive_handler(self) -> None:
        """No other request has come: close, and do not wait long for a client that does not read."""
        super().timeout_keep_alive_handler()
        self._await_reading()

    def shutdown(self) -> None:
        """The service closes down: streams end, and who does not read is dropped."""
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
        """It is over; the kernel says so of a client that for long took nothing in."""
        if isinstance(exc, TimeoutError):
            metrics.CLOSED_SOCKETS.labels("silent").inc()
        self._forget()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.transport.get_protocol() is not self:
            self._forget()
        elif self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._expect(None)
        elif self._deadline is None and not self.transport.is_closing():
            self._expect(self.loop.call_later(REQUEST_S, self._drop, "slow request"))

    def _expect(self, deadline: asyncio.TimerHandle | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = deadline

    def _await_reading(self) -> None:
        waits = self.transport.get_write_buffer_size() > 0
        self._have_patience(self.loop.call_later(STALL_S, self._lose_patience) if waits else None)

    def _have_patience(self, patience: asyncio.TimerHandle | None) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._patience = patience

    def _lose_patience(self) -> None:
        if self.transport.get_write_buffer_size():
            self._drop("stalled")

    def _forget(self) -> None:
        self._expect(None)
        self._have_patience(None)

    def _drop(self, why: str) -> None:
        metrics.CLOSED_SOCKETS.labels(why).inc()
        self.transport.abort()
