"""The audience's link as a QR code, for slides and posters."""

import io
from typing import Annotated
from urllib.parse import quote

import segno
from fastapi import APIRouter, Depends, Path, Request, Response

from app.errors import SettingsError
from app.web.auth import BEARER, bearer
from app.web.context import AppContext
from app.web.error_responses import RESPONSES
from app.web.guard import GuardedRoute, allow, client_of
from app.web.resource import NAME

QUIET_MODULES = 4
"""White space around the code, without which phones miss it (ISO/IEC 18004)."""

ONLY_HERE = (
    "Expected an address that phones can open, but only this computer can open the room. Start Surtitle again with "
    "--host 0.0.0.0, or with --public-url if a proxy is in front of it."
)
"""A code with an address such as 127.0.0.1 would lead each phone to itself."""


def create_qr_router(context: AppContext) -> APIRouter:
    """Return `/qr/{name}.svg`."""
    router = APIRouter(route_class=GuardedRoute, responses=RESPONSES, dependencies=[Depends(BEARER)])

    @router.get("/qr/{name}.svg", summary="The audience's link as a QR code", response_class=Response)
    @allow("viewer", limit="qr")
    async def draw_code(request: Request, name: Annotated[str, Path(pattern=NAME)]) -> Response:
        """Draw the audience's link with the key of the request, which must be a viewer key."""
        secret = bearer(request)
        if secret and client_of(request).role != "viewer":
            raise SettingsError("Expected a viewer key, because everybody sees this code. Create one first.")
        settings = context.service.get_room_settings(name)
        path = f"c/{settings.code}" if settings.is_public and settings.code else f"v/{quote(name)}"
        fragment = "" if settings.is_public or not secret else f"#{secret}"
        drawn = io.BytesIO()
        address = context.reader_address(request)
        if address is None:
            raise SettingsError(ONLY_HERE)
        link = f"{address}/{path}{fragment}"
        segno.make(link, error="m", micro=False).save(
            drawn,
            kind="svg",
            border=QUIET_MODULES,
            scale=8,
            dark="#000",
            light="#fff",
            xmldecl=False,
            title=link.partition("#")[0],
        )
        return Response(drawn.getvalue(), media_type="image/svg+xml")

    return router
