"""uvicorn's HTTP connection with deadlines and limits: uvicorn itself waits for ever for a request that drips in.

Source: uvicorn 0.54 h11_impl.py; issue 157 of its repository lists request timeouts as open.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from app import metrics
from app.errors import BusyError
from app.web.limits import Crowd

REQUEST_S = 10.0
"""How long a request may take to arrive, with its body."""


class HttpConnection(H11Protocol):
    """One HTTP connection, until it becomes a WebSocket."""

    def __init__(self, crowd: Crowd, **given: Any) -> None:
        """Count in `crowd`; the rest is uvicorn's."""
        super().__init__(**given)
        self._crowd = crowd
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in if there is room."""
        super().connection_made(transport)
        try:
            self._crowd.check(self.client[0] if self.client else "", len(self.connections))
        except BusyError:
            transport.abort()
            return
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Give each request its time."""
        super().data_received(data)
        is_arriving = self.conn.their_state in (h11.IDLE, h11.SEND_BODY)
        if not is_arriving or self.transport.get_protocol() is not self:
            self._forget()
        elif self._deadline is None:
            self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._forget()
        super().connection_lost(exc)

    def _expect(self) -> None:
        self._deadline = self.loop.call_later(REQUEST_S, self._late)

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        metrics.CLOSED_SOCKETS.labels("slow request").inc()
        self.transport.abort()
