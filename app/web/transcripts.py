"""The transcript of a room as a subtitle file to download, during the talk or after it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.captions.room import Room
from app.errors import AccessError
from app.outputs.subtitles import Format
from app.web.audit import record
from app.web.auth import BEARER
from app.web.content import ContentResponse
from app.web.context import AppContext
from app.web.error_responses import RESPONSES
from app.web.guard import GuardedRoute, allow, client_of, room_of
from app.web.resource import NAME

WITHHELD = "Readers may not download the transcript of this room. Ask the organiser."

KINDS: dict[Format, str] = {
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
    "txt": "text/plain",
    "json": "application/json",
    "csv": "text/csv",
}
"""Media type of each format."""


def create_transcript_router() -> APIRouter:
    """Return `/transcript/{name}.{format}`."""
    router = APIRouter(route_class=GuardedRoute, responses=RESPONSES, dependencies=[Depends(BEARER)])

    @router.get("/transcript/{name}.{kind}", summary="The transcript as a file", response_class=Response)
    @allow("viewer", limit="transcript")
    async def download_transcript(
        request: Request,
        name: Annotated[str, Path(pattern=NAME)],
        kind: Format,
        lang: Annotated[
            str | None,
            Query(
                pattern=r"^([a-z]{2,3}|original)$",
                description="Track; default: the room's first translation, else the original.",
            ),
        ] = None,
    ) -> Response:
        found = room_of(request)
        require_offer(request, found)
        track = lang or found.main_track
        context: AppContext = request.app.state.context
        content = await context.downloads.transcript(found, track, kind)
        require_offer(request, found)  # it may have been withdrawn while the file was made
        if client_of(request).may("operator"):
            record(request, "transcript_downloaded", name, f"{kind} {track}")
        headers = {"Content-Disposition": f'attachment; filename="{name}.{track}.{kind}"'}
        return ContentResponse([content], f"{KINDS[kind]}; charset=utf-8", headers)

    def require_offer(request: Request, room: Room) -> None:
        if not (room.visibility.offers_transcript or client_of(request).may("operator")):
            raise AccessError(WITHHELD)

    return router
