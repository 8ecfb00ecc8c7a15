"""The REST route that says what a key opens; a page that has a key only asks which rooms and pages it may offer."""

from fastapi import APIRouter, Depends, Request

from app.store.access_key import Role
from app.web.auth import BEARER
from app.web.context import AppContext
from app.web.error_responses import RESPONSES
from app.web.guard import GuardedRoute, allow, client_of
from app.web.resource import Resource


class OwnKey(Resource):
    """What the key of a request opens."""

    role: Role
    room: str | None
    """The one room it opens; None for the whole service."""
    expires_ms: int | None
    """When it expires; null for keys that do not expire by time."""


def create_own_key_router(context: AppContext) -> APIRouter:
    """Return `/api/key`."""
    router = APIRouter(route_class=GuardedRoute, responses=RESPONSES, dependencies=[Depends(BEARER)])

    @router.get("/api/key", summary="What the key of this request opens")
    @allow(None)
    async def get_own_key(request: Request) -> OwnKey:
        client = client_of(request)
        key = context.key_of(client)
        return OwnKey(role=client.role, room=client.room, expires_ms=key.expires_ms if key else None)

    return router
