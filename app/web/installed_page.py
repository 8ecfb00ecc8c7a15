"""What a browser needs to install the audience page as an app: a manifest, and the worker that opens it offline."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from starlette.responses import JSONResponse, Response

from app.web.compression import CompressedFiles
from app.web.resource import NAME

WORKER = "audience/worker.js"
"""Served from /v/, because a service worker controls only pages below its own address."""


def create_installed_page_router(files: CompressedFiles) -> APIRouter:
    """Return the routes of the manifest and the worker, which are the same for everybody and need no key."""
    router = APIRouter(include_in_schema=False)

    @router.get("/v/worker.js")
    async def worker(request: Request) -> Response:
        return files.page(WORKER, request.scope)

    @router.get("/v/{room}.webmanifest")
    async def manifest(room: Annotated[str, Path(pattern=NAME)]) -> Response:
        """Describe the page; it has the name of the room from the address, and says nothing about the room."""
        return JSONResponse(_describe(room), media_type="application/manifest+json")

    return router


def _describe(room: str) -> dict[str, object]:
    icons = [
        {"src": f"/static/audience/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    return {
        "name": f"Subtitles: {room}",
        "short_name": room,
        "description": "Live subtitles in your own language.",
        "id": f"/v/{quote(room)}",
        "start_url": f"/v/{quote(room)}",
        "scope": "/v/",
        "display": "standalone",
        "background_color": "#f6f6f4",
        "theme_color": "#1f5fbf",
        "icons": icons,
    }
