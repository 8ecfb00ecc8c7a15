"""Links for phones as QR codes: the audience's for slides and posters, and that of the microphone page."""

import io
from typing import Annotated, Literal
from urllib.parse import quote

import segno
from fastapi import APIRouter, Depends, Path, Query, Request, Response

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

    @router.get("/qr/{name}.svg", summary="The link of readers, or of a speaker, as a QR code", response_class=Response)
    @allow("viewer", limit="qr")
    async def draw_code(
        request: Request,
        name: Annotated[str, Path(pattern=NAME)],
        role: Annotated[
            Literal["viewer", "source"], Query(description="Whose link it is; the key of the request has this role.")
        ] = "viewer",
    ) -> Response:
        """Draw a link with the key of the request: the audience page for a viewer, the microphone page for a source.

        A stronger key is refused, because everybody sees the code; one that does not open the room is left out.
        """
        secret, client = bearer(request), client_of(request)
        if client.role != role:
            raise SettingsError(
                f"Expected a {role} key, because everybody who sees this code can use its link. Create one first."
            )
        settings = context.service.get_room_settings(name)
        fragment = f"#{secret}" if client.key else ""
        if role == "source":
            path = f"microphone/{quote(name)}"
        elif settings.is_public:
            path, fragment = (f"c/{settings.code}" if settings.code else f"v/{quote(name)}"), ""
        else:
            path = f"v/{quote(name)}"
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
