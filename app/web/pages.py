"""The HTML pages."""

from fastapi import APIRouter
from fastapi.responses import FileResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.errors import RoomError
from app.web.auth import client_address
from app.web.compression import CompressedFiles
from app.web.context import AppContext
from app.web.static_dir import static_dir

PAGES = {
    "v": "audience/audience.html",
    "overlay": "overlay/overlay.html",
    "stage": "stage/stage.html",
    "builder": "builder/builder.html",
    "operator": "console/console.html",
    "microphone": "microphone/microphone.html",
    "slide": "slide/slide.html",
    "poster": "poster/poster.html",
}
"""Pages of a room, by the first part of their address."""

SCENE_COLLECTIONS = tuple(f"surtitle-{system}.json" for system in ("windows", "macos", "linux", "linux-wayland"))
"""Files of the folder `obs`, which is beside that of the pages."""


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

    @router.get("/obs/{name}")
    async def scene_collection(name: str) -> Response:
        """Return a scene collection for OBS; the landing page puts the room's own link into it."""
        if name not in SCENE_COLLECTIONS:
            raise HTTPException(404)
        return FileResponse(static_dir().parent / "obs" / name, media_type="application/json")

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
