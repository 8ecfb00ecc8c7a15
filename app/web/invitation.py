"""What slides and posters say to bring readers into a room."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from app.web.auth import BEARER
from app.web.context import AppContext
from app.web.error_responses import RESPONSES
from app.web.guard import GuardedRoute, allow, client_of, room_of
from app.web.resource import NAME
from app.web.schemas import Invitation


def create_invitation_router(context: AppContext) -> APIRouter:
    """Return `/api/rooms/{name}/invitation`."""
    router = APIRouter(route_class=GuardedRoute, responses=RESPONSES, dependencies=[Depends(BEARER)])

    @router.get("/api/rooms/{name}/invitation", summary="What slides and posters say about a room")
    @allow("viewer", limit="qr")
    async def get_invitation(request: Request, name: Annotated[str, Path(pattern=NAME)]) -> Invitation:
        settings, client = context.service.get_room_settings(name), client_of(request)
        key = context.key_of(client)
        return Invitation(
            room=name,
            title=settings.title,
            address=context.reader_address(request),
            code=settings.code if settings.is_public and settings.code else None,
            languages=settings.languages,
            tracks=room_of(request).tracks,
            role=client.role,
            expires_ms=key.expires_ms if key else None,
        )

    return router
