"""The doors: pages, sockets, and what other programs ask."""

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

import app
from app.captions.room import Room
from app.errors import AccessError, AddressError, RoomError, SurtitleError
from app.web.auth import check_key
from app.web.messages import room_status
from app.web.sockets import Rooms, converse

MESSAGE_MAX = 1 << 20
"""Bytes in one message; 5 s of sound are 160 kB."""

POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy of every page: nothing inline, nothing from elsewhere."""


class Hosted(Rooms, Protocol):
    """What the server needs of the service."""

    @property
    def rooms(self) -> Mapping[str, Room]:
        """The open rooms by name."""

    @property
    def is_ready(self) -> bool:
        """Whether the model is loaded and the rooms are open."""


def static_dir() -> Path:
    """Return the folder of the pages: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(app.__file__).parent
    beside = package.parent / "static"
    return beside if (beside / "overlay.html").is_file() else package / "static"


def create_app(service: Hosted) -> FastAPI:
    """Return the web application over a service."""
    web = FastAPI(title="Surtitle", version=app.__version__, docs_url=None, redoc_url=None, openapi_url=None)
    pages = static_dir()

    @web.middleware("http")
    async def add_headers(request: Request, respond: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await respond(request)
        frames = "*" if request.url.path.startswith("/overlay/") else "'none'"
        response.headers["Content-Security-Policy"] = f"{POLICY}; frame-ancestors {frames}"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    @web.exception_handler(AccessError)
    async def refuse(_request: Request, error: AccessError) -> Response:
        return PlainTextResponse(str(error), 404 if isinstance(error, RoomError) else 401)

    @web.exception_handler(SurtitleError)
    async def explain(_request: Request, error: SurtitleError) -> Response:
        return PlainTextResponse(str(error), 400)

    @web.get("/", include_in_schema=False)
    async def index() -> Response:
        return FileResponse(pages / "index.html")

    @web.get("/overlay/{room}", include_in_schema=False)
    async def overlay(room: str) -> Response:
        service.room(room)
        return FileResponse(pages / "overlay.html")

    @web.get("/microphone/{room}", include_in_schema=False)
    async def microphone(room: str) -> Response:
        service.room(room)
        return FileResponse(pages / "microphone.html")

    @web.get("/api/rooms")
    async def rooms(request: Request) -> Response:
        check_key(service.key, request.headers.get("authorization", "").removeprefix("Bearer "))
        return JSONResponse([room_status(room.state).model_dump() for room in service.rooms.values()])

    @web.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok")

    @web.get("/readyz")
    async def readyz() -> Response:
        return PlainTextResponse("ready") if service.is_ready else PlainTextResponse("starting", 503)

    @web.get("/metrics")
    async def metrics(request: Request) -> Response:
        check_key(service.key, request.headers.get("authorization", "").removeprefix("Bearer "))
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @web.websocket("/ws/{room}")
    async def talk(websocket: WebSocket, room: str) -> None:
        await converse(websocket, room, service)

    web.mount("/static", StaticFiles(directory=pages), name="static")
    return web


def bind(host: str, port: int) -> socket.socket:
    """Take the address before anything slow begins; port 0 takes any free one.

    Raises:
        AddressError: The port is taken, or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, protocol)
        try:
            if hasattr(socket, "SO_REUSEADDR") and not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(address)
            taken.listen(2048)
        except OSError:
            taken.close()
            raise
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE:
            raise AddressError(
                f"Port {port} is taken by another program. Close it, or choose another with --port; "
                "0 takes any free one."
            ) from exc
        raise AddressError(
            f"Expected an address of this machine, but {host}:{port} cannot be listened on: {exc.strerror or exc}. "
            "Use 127.0.0.1, or 0.0.0.0 for all."
        ) from exc
    return taken


class Server:
    """uvicorn on a socket that is already ours; signals stay with the command line."""

    def __init__(self, service: Hosted, bound: socket.socket) -> None:
        """Prepare to serve on a socket from `bind`."""
        config = uvicorn.Config(
            create_app(service),
            log_config=None,
            access_log=False,
            ws="websockets-sansio",
            ws_max_size=MESSAGE_MAX,
            ws_per_message_deflate=False,
            ws_ping_interval=20.0,
            ws_ping_timeout=20.0,
            lifespan="off",
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        self._bound = bound

    async def run(self) -> None:
        """Serve until `stop`; cancelling stops too."""
        try:
            await self._server._serve([self._bound])  # serve() would take the signals away from the command line
        except asyncio.CancelledError:
            self.stop()
            raise

    @property
    def is_started(self) -> bool:
        """Whether requests are answered."""
        return bool(self._server.started)

    def stop(self) -> None:
        """Close the sockets with a code that tells pages to come back, and end `run`."""
        self._server.should_exit = True
