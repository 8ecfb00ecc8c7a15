"""The first moment of a connection to a service with HTTPS: counts it, and finds out whether the client speaks TLS.

Plain HTTP on the same port is answered too. To programs on this machine it is as good as HTTPS, because nothing leaves
the machine: the command line, health checks and OBS use it. Others are sent to HTTPS by `app.web.plain_http`.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from app import metrics
from app.config import is_loopback
from app.web.connection_table import OpenConnection
from app.web.http_protocol import REQUEST_S, HttpProtocol
from app.web.limits import ConnectionLimits
from app.web.server_certificate import ServerCertificate
from app.web.tls_connection import CONTENT, TlsConnection

IS_PLAIN = "is_plain"
"""Set in the state of requests that came without TLS from another machine."""


class TlsEntrance(asyncio.Protocol):
    """A new connection, until its first bytes have shown what it is; then TLS or plain HTTP takes over."""

    def __init__(self, limits: ConnectionLimits, certificate: ServerCertificate, **arguments: Any) -> None:
        """Count the connection in `limits`; the other arguments are uvicorn's, for its protocol inside."""
        self._limits, self._certificate, self._arguments = limits, certificate, arguments
        self._transport: asyncio.Transport | None = None
        self._counted: OpenConnection | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._tls: TlsConnection | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a socket's transport
        """Count the connection, which may have to make way at once, and start the deadline for its handshake."""
        self._transport = transport
        address = transport.get_extra_info("peername") or ("",)
        self._address = str(address[0])
        self._deadline = asyncio.get_running_loop().call_later(REQUEST_S, self._drop, "slow handshake")
        self._counted = self._limits.connections.open(self._address, lambda: self._drop("made way"))

    def data_received(self, data: bytes) -> None:
        """Start TLS, continue its handshake, or pass plain HTTP on."""
        assert self._transport is not None
        if self._tls is None and data[0] != CONTENT:
            plain = self._build_protocol(is_plain=not is_loopback(_plain_address(self._address)))
            self._transport.set_protocol(plain)
            plain.connection_made(self._transport)
            plain.data_received(data)
            return
        if self._tls is None:
            self._tls = TlsConnection(self._certificate.context, self._open)
            self._tls.connection_made(self._transport)
        self._tls.data_received(data)

    def eof_received(self) -> bool | None:
        """The client leaves before its handshake is complete."""
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """Give its place back."""
        self._end_deadline()
        if self._counted is not None:
            self._counted.close()

    def _open(self, transport: asyncio.Transport) -> HttpProtocol:
        """Start HTTP inside TLS."""
        assert self._transport is not None
        assert self._tls is not None
        protocol = self._build_protocol(is_plain=False)
        self._transport.set_protocol(self._tls)
        self._tls.inner = protocol
        protocol.connection_made(transport)
        return protocol

    def _build_protocol(self, *, is_plain: bool) -> HttpProtocol:
        """Return the HTTP protocol, which takes the connection's place over."""
        self._end_deadline()
        state = self._arguments["app_state"] | ({IS_PLAIN: True} if is_plain else {})
        protocol = HttpProtocol(self._limits, **self._arguments | {"app_state": state})
        protocol.counted_before, self._counted = self._counted, None
        return protocol

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _drop(self, reason: str) -> None:
        assert self._transport is not None
        metrics.CLOSED_SOCKETS.labels(reason).inc()
        self._transport.abort()


def create_entrance(limits: ConnectionLimits, certificate: ServerCertificate) -> Callable[..., asyncio.Protocol]:
    """Return what uvicorn calls for each new connection."""

    def build(**arguments: Any) -> TlsEntrance:
        return TlsEntrance(limits, certificate, **arguments)

    return build


def _plain_address(address: str) -> str:
    """Return an IPv4 address that was written as an IPv6 one as what it is."""
    return address.removeprefix("::ffff:")
