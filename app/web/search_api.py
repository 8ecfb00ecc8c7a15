"""The REST routes of search and replace."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from app.web.audit import record
from app.web.auth import BEARER
from app.web.context import AppContext
from app.web.error_responses import RESPONSES
from app.web.guard import GuardedRoute, allow, room_of
from app.web.resource import NAME
from app.web.search_schemas import ReplaceRequest, ReplaceResult, SearchRequest, SearchResult, UndoResult

Name = Annotated[str, Path(pattern=NAME)]


def create_search_router(context: AppContext) -> APIRouter:
    """Return the routes that search a talk, replace, and undo."""
    router = APIRouter(
        prefix="/api/rooms", route_class=GuardedRoute, responses=RESPONSES, dependencies=[Depends(BEARER)]
    )

    @router.post("/{name}/search", summary="Search the whole talk", response_model=SearchResult)
    @allow("operator", limit="search")
    async def search_talk(request: Request, name: Name, wanted: SearchRequest) -> Response:
        found = await context.talk_editor.search(room_of(request), wanted)
        return Response(found, media_type="application/json")

    @router.post("/{name}/replacements", summary="Replace what a search has found")
    @allow("operator", limit="search")
    async def replace_texts(request: Request, name: Name, wanted: ReplaceRequest) -> ReplaceResult:
        result = await context.talk_editor.replace(room_of(request), wanted)
        record(request, "text_replaced", name, str(result.n_replaced))
        return result

    @router.post("/{name}/replacements/{replacement}/undo", summary="Undo a replacement")
    @allow("operator", limit="search")
    async def undo_replacement(
        request: Request, name: Name, replacement: Annotated[str, Path(pattern=r"^[0-9a-f]{12}$")]
    ) -> UndoResult:
        result = await context.talk_editor.undo(room_of(request), replacement)
        record(request, "replacement_undone", name, str(result.n_restored))
        return result

    return router
