"""The HTML pages, their files and their security headers."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import RoomError
from app.web.auth import client_address
from app.web.compression import CompressedFiles
from app.web.context import AppContext

POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
)
"""Content-Security-Policy of every page: no inline code, nothing from other sites; `frame-ancestors` is added per
page."""

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
}
"""Headers of every response."""

PERMISSIONS = "camera=(), geolocation=(), microphone=(self), display-capture=(self)"
"""Permissions-Policy of every response but scripts and styles, to which it does not apply: 3 kB of the console's 60."""


class SafeHeaders:
    """Adds the security headers to every HTTP response.

    Only the overlay may be framed by another page; only the builder may contain a frame, for its preview.
    """

    def __init__(self, inner: ASGIApp) -> None:
        """Wrap an application."""
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to the response."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        page = scope["path"][1:].partition("/")[0]

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["Content-Security-Policy"] = _policy(page)
                if page != "static":
                    headers["Permissions-Policy"] = PERMISSIONS
                if page != "overlay":
                    headers["X-Frame-Options"] = "DENY"
            await send(message)

        await self._inner(scope, receive, add)


def _policy(page: str) -> str:
    """Return the Content-Security-Policy of a page, by the first part of its address."""
    match page:
        case "builder":
            return POLICY + "frame-src 'self'; frame-ancestors 'none'"
        case "operator":  # shows the QR code, fetched with its key, as a blob
            return POLICY.replace("img-src 'self'", "img-src 'self' blob:") + "frame-ancestors 'none'"
        case "overlay":
            return POLICY + "frame-ancestors *"
        case "static":  # a script or style follows the policy of its page; a short one saves 5 kB of the console's 60
            return "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return POLICY + "frame-ancestors 'none'"


def create_page_router(context: AppContext, files: CompressedFiles) -> APIRouter:
    """Return the routes of the pages, which are the same for everybody; only the socket and the API check keys."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def index(request: Request) -> Response:
        return files.page("landing/index.html", request.scope)

    def add_page(path: str, file: str) -> None:
        @router.get(f"/{path}/{{room}}")
        async def page(room: str, request: Request) -> Response:
            return files.page(file, request.scope)

    for path, file in PAGES.items():
        add_page(path, file)

    @router.get("/c/{code}")
    async def find_public_room(code: str, request: Request) -> Response:
        """Redirect to the public room with this short code; wrong codes are limited like wrong keys."""
        name = context.service.find_public_room(code)
        if name is None:
            context.record_refusal(request, None, None, "wrong code")
            context.limits.count_wrong_key(client_address(request))
            raise RoomError("There is no public room with this code. Check its letters, or ask for the link.")
        return RedirectResponse(f"/v/{name}")

    return router
