"""The ASGI application and the server that runs it."""

import asyncio
import errno
import logging
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import cast

import uvicorn
from fastapi import FastAPI, WebSocket
from starlette.types import ASGIApp

import app
from app.errors import AddressError
from app.web.addresses_api import create_addresses_router
from app.web.api import create_api_router
from app.web.backup import create_backup_router
from app.web.certificate_page import create_certificate_router
from app.web.compression import CompressedFiles
from app.web.context import AppContext
from app.web.error_responses import add_error_handlers
from app.web.health import create_health_router
from app.web.http_protocol import HttpProtocol
from app.web.incident import create_incident_router
from app.web.installed_page import create_installed_page_router
from app.web.invitation import create_invitation_router
from app.web.key_api import create_key_router
from app.web.listener import ACCEPTED_AT_ONCE, Listener
from app.web.own_key import create_own_key_router
from app.web.pages import create_page_router
from app.web.plain_http import PlainHttp
from app.web.qr import create_qr_router
from app.web.search_api import create_search_router
from app.web.security_headers import SecurityHeaders
from app.web.speakers_api import create_speakers_router
from app.web.static_dir import static_dir
from app.web.tls_entrance import create_entrance
from app.web.transcripts import create_transcript_router
from app.web.websocket import HELLO_BYTES, serve_websocket
from app.web.websocket_protocol import WebSocketProtocol

SEND_BUFFER = 64 << 10
"""Bytes that the kernel buffers per client; its default is 4 MiB, an hour of captions, for one that reads nothing."""

ACK_TIMEOUT_S = 20
"""A client whose machine acknowledges no data for this long is disconnected."""

PING_S = 20.0
"""Pause between two pings to a client, and how long it may take to answer one."""


def create_app(context: AppContext) -> ASGIApp:
    """Return the web application of a service."""
    web = FastAPI(
        title="Surtitle",
        version=app.__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )

    web.state.context = context
    add_error_handlers(web)
    files = CompressedFiles(static_dir())

    @web.websocket("/ws/{room}")
    async def connect(websocket: WebSocket, room: str) -> None:
        await serve_websocket(websocket, room, context)

    for router in (
        create_health_router(context),
        create_api_router(context),
        create_key_router(context),
        create_search_router(context),
        create_speakers_router(context),
        create_own_key_router(context),
        create_addresses_router(context),
        create_transcript_router(),
        create_qr_router(context),
        create_certificate_router(context),
        create_invitation_router(context),
        create_incident_router(context),
        create_backup_router(context),
        create_installed_page_router(files),
        create_page_router(context, files),
    ):
        web.include_router(router)
    # what the framework would make at the first requests is made now, because it would hold up the event loop then
    web.openapi()
    for route in web.routes:
        route.matches({"type": "http", "method": "GET", "path": "/-/-", "root_path": "", "headers": []})
    web.mount("/static", files, name="static")
    inner = PlainHttp(web, context.addresses) if context.certificate is not None else web
    # outermost, so that responses to unexpected errors have the headers too
    return SecurityHeaders(inner, context.frame_sites)


def bind(host: str, port: int) -> Listener:
    """Bind the address of the service before anything slow starts; port 0 takes any free port.

    Raises:
        AddressError: The port is in use, or the address is not one of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = Listener(family, kind, protocol)
        try:
            _set_options(taken)
            taken.bind(address)
            taken.listen()
        except OSError:
            taken.close()
            raise
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE:
            raise AddressError(
                f"Port {port} is taken by another program. Close it, or choose another with --port; "
                "0 takes any free one."
            ) from exc
        if exc.errno == errno.EACCES:
            raise AddressError(
                f"This user may not open port {port}: the system keeps it for itself. Choose another with --port, such "
                "as 8000."
            ) from exc
        raise AddressError(
            f"Expected an address of this machine, but {host}:{port} cannot be listened on: {exc.strerror or exc}. "
            "Use 127.0.0.1, or 0.0.0.0 for all."
        ) from exc
    return taken


def _set_options(taken: socket.socket) -> None:
    """Set the options that every connection inherits."""
    if sys.platform == "win32":  # there SO_REUSEADDR would let another program take over the port
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, ACK_TIMEOUT_S * 1000)


class Server:
    """Runs uvicorn on a bound socket; signals stay with the command line."""

    def __init__(self, context: AppContext, bound: Listener, *, proxies: str = "127.0.0.1,::1") -> None:
        """Prepare to serve on a socket from `bind`; `proxies` are trusted to report the address of their clients."""
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # below, it logs addresses and errors of clients
        create_protocol: Callable[..., asyncio.Protocol] = partial(HttpProtocol, context.limits)
        if context.certificate is not None:
            create_protocol = create_entrance(context.limits, context.certificate)
        config = uvicorn.Config(
            create_app(context),
            log_config=None,
            access_log=False,
            http=cast(type[asyncio.Protocol], create_protocol),
            ws=WebSocketProtocol,
            ws_max_size=HELLO_BYTES,
            ws_per_message_deflate=False,
            ws_ping_interval=PING_S,
            ws_ping_timeout=PING_S,
            lifespan="off",
            backlog=ACCEPTED_AT_ONCE,
            forwarded_allow_ips=proxies,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        self._server = _ReadyServer(config)
        self._bound = bound
        bound.limits = context.limits
        self._audiences = context.audiences

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve while the block lasts: from the first possible request until clients are asked to reconnect."""
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(self._server._serve([self._bound]))  # serve() would install signal handlers
            await self._server.ready.wait()
            try:
                yield
            finally:
                self._server.should_exit = True
                self._audiences.end_sse_streams()
                await asyncio.wait([serving])


class _ReadyServer(uvicorn.Server):
    """uvicorn with an event that is set once it accepts connections.

    Written for uvicorn 0.54: it overrides `startup` and calls `_serve`.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()
