"""The pages, their headers, and the files they need."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import app
from app.web.auth import address
from app.web.house import House

POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
)
"""Content-Security-Policy of every page: nothing inline, nothing from elsewhere; who may frame it is said behind."""

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
        is_overlay = scope["path"].startswith("/overlay/")
        # the console makes a picture of the QR code that it fetched with its key
        makes_pictures = scope["path"].startswith("/operator/")
        policy = POLICY.replace("img-src 'self'", "img-src 'self' blob:") if makes_pictures else POLICY
        frames = "frame-src 'self'; " if scope["path"].startswith("/builder/") else ""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                ancestors = "*" if is_overlay else "'none'"
                headers["Content-Security-Policy"] = f"{policy}{frames}frame-ancestors {ancestors}"
                if not is_overlay:
                    headers["X-Frame-Options"] = "DENY"
            await send(message)

        await self._inner(scope, receive, add)


def static_dir() -> Path:
    """Return the folder of the pages: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(app.__file__).parent
    beside = package.parent / "static"
    return beside if (beside / "overlay.html").is_file() else package / "static"


def pages(house: House) -> APIRouter:
    """Return the pages; each is the same for everybody, and learns on its socket whether its key opens the room."""
    router = APIRouter(include_in_schema=False)
    folder = static_dir()

    @router.get("/")
    async def index() -> Response:
        return FileResponse(folder / "index.html")

    @router.get("/overlay/{room}")
    async def overlay(room: str) -> Response:
        return FileResponse(folder / "overlay.html")

    @router.get("/v/{room}")
    async def audience(room: str) -> Response:
        return FileResponse(folder / "audience.html")

    @router.get("/stage/{room}")
    async def stage(room: str) -> Response:
        return FileResponse(folder / "stage.html")

    @router.get("/builder/{room}")
    async def builder(room: str) -> Response:
        return FileResponse(folder / "builder.html")

    @router.get("/microphone/{room}")
    async def microphone(room: str) -> Response:
        return FileResponse(folder / "microphone.html")

    @router.get("/operator/{room}")
    async def operator(room: str) -> Response:
        return FileResponse(folder / "operator.html")

    @router.get("/c/{code}")
    async def by_code(code: str, request: Request) -> Response:
        """Lead to the public room of a short code; guessing is limited as wrong keys are."""
        name = house.service.by_code(code)
        if name is None:
            house.crowd.failed(address(request))
            return Response("There is no public room with this code.", 404, media_type="text/plain")
        return RedirectResponse(f"/v/{name}")

    return router
