"""The transcript of a room as a subtitle file to download, during the talk or after it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.captions.caption_log import current_phrases
from app.errors import AccessError
from app.outputs.subtitles import Format, write
from app.web.auth import BEARER, bearer
from app.web.context import AppContext
from app.web.error_responses import RESPONSES
from app.web.schemas import NAME

WITHHELD = "The transcript is not offered to readers. Ask who runs this room."

KINDS: dict[Format, str] = {
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
    "txt": "text/plain",
    "json": "application/json",
    "csv": "text/csv",
}
"""Media type of each format."""


def create_transcript_router(context: AppContext) -> APIRouter:
    """Return `/transcript/{room}.{format}`."""
    router = APIRouter(responses=RESPONSES, dependencies=[Depends(BEARER)])

    @router.get("/transcript/{room}.{kind}", summary="The transcript as a file", response_class=Response)
    async def download_transcript(
        request: Request,
        room: Annotated[str, Path(pattern=NAME)],
        kind: Format,
        lang: Annotated[
            str | None, Query(pattern=r"^([a-z]{2,3}|original)$", description="Track; default: the room's last track.")
        ] = None,
    ) -> Response:
        found, client = context.enter_room(request, bearer(request), "viewer", room)
        if not (found.visibility.offers_transcript or client.may("operator")):
            raise AccessError(WITHHELD)
        track = lang or found.tracks[-1]
        content = write(kind, current_phrases(event for event in await found.all_events() if event.track == track))
        headers = {"Content-Disposition": f'attachment; filename="{room}.{track}.{kind}"'}
        return Response(content.encode(), media_type=f"{KINDS[kind]}; charset=utf-8", headers=headers)

    return router
