"""What was said, as a subtitle file to download, while the talk goes on or afterwards."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.captions.log import current_phrases
from app.errors import AccessError, RoomError
from app.outputs.subtitles import Format, write
from app.web.auth import BEARER, bearer
from app.web.context import AppContext
from app.web.problems import RESPONSES
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


def transcripts(house: AppContext) -> APIRouter:
    """Return `/transcript/{room}.{format}`."""
    router = APIRouter(responses=RESPONSES, dependencies=[Depends(BEARER)])

    @router.get("/transcript/{room}.{kind}", summary="What was said, as a file", response_class=Response)
    async def transcript(
        request: Request,
        room: Annotated[str, Path(pattern=NAME)],
        kind: Format,
        lang: Annotated[
            str | None, Query(pattern=r"^([a-z]{2,3}|original)$", description="Track; the room's last without it.")
        ] = None,
    ) -> Response:
        guest = house.doorkeeper.admit(request, bearer(request), "viewer", room)
        try:
            own = house.service.room(room)
        except RoomError as exc:
            raise house.doorkeeper.missing(guest, exc) from exc
        if not (own.visibility.offers_transcript or guest.may("operator")):
            raise AccessError(WITHHELD)
        track = lang or own.tracks[-1]
        content = write(kind, current_phrases(event for event in await own.all_events() if event.track == track))
        headers = {"Content-Disposition": f'attachment; filename="{room}.{track}.{kind}"'}
        return Response(content.encode(), media_type=f"{KINDS[kind]}; charset=utf-8", headers=headers)

    return router
