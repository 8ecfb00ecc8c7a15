"""The pages, their headers, and the files they need."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import app
from app.web.auth import address
from app.web.compression import CompressedFiles
from app.web.context import AppContext

POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
)
"""Content-Security-Policy of every page: nothing inline, nothing from elsewhere; who may frame it is said behind."""

PAGES = {
    "v": "audience/audience.html",
    "overlay": "overlay/overlay.html",
    "stage": "stage/stage.html",
    "builder": "builder/builder.html",
    "operator": "console/console.html",
    "microphone": "microphone/microphone.html",
}
"""Pages of a room, by the first part of their address."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), display-capture=(self)",
}
"""On every answer."""


class SafeHeaders:
    """Adds the security headers to every HTTP answer; only the overlay may stand in another page's frame.

    The builder alone may have a frame in it, for its preview.
    """

    def __init__(self, inner: ASGIApp) -> None:
        """Wrap an application."""
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        door = scope["path"][1:].partition("/")[0]

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["Content-Security-Policy"] = _policy(door)
                if door != "overlay":
                    headers["X-Frame-Options"] = "DENY"
            await send(message)

        await self._inner(scope, receive, add)


def _policy(door: str) -> str:
    """Return the Content-Security-Policy of a page."""
    match door:
        case "builder":
            return POLICY + "frame-src 'self'; frame-ancestors 'none'"
        case "operator":  # makes a picture of the QR code that it fetched with its key
            return POLICY.replace("img-src 'self'", "img-src 'self' blob:") + "frame-ancestors 'none'"
        case "overlay":
            return POLICY + "frame-ancestors *"
    return POLICY + "frame-ancestors 'none'"


def static_dir() -> Path:
    """Return the folder of the pages: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(app.__file__).parent
    beside = package.parent / "static"
    return beside if (beside / "overlay" / "overlay.html").is_file() else package / "static"


def pages(house: AppContext, files: CompressedFiles) -> APIRouter:
    """Return the pages; each is the same for everybody, and learns on its socket whether its key opens the room."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def index(request: Request) -> Response:
        return files.page("landing/index.html", request.scope)

    def add(door: str, file: str) -> None:
        @router.get(f"/{door}/{{room}}")
        async def page(room: str, request: Request) -> Response:
            return files.page(file, request.scope)

    for door, file in PAGES.items():
        add(door, file)

    @router.get("/c/{code}")
    async def by_code(code: str, request: Request) -> Response:
        """Lead to the public room of a short code; guessing is limited as wrong keys are."""
        name = house.service.by_code(code)
        if name is None:
            house.crowd.failed(address(request))
            return Response("There is no public room with this code.", 404, media_type="text/plain")
        return RedirectResponse(f"/v/{name}")

    return router
