"""The REST route that names one speaker."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import Field

from app.errors import SettingsError
from app.outputs.cues import tidy
from app.web.audit import describe_change, recording
from app.web.auth import BEARER
from app.web.context import AppContext
from app.web.error_responses import RESPONSES
from app.web.guard import GuardedRoute, allow, room_locked
from app.web.resource import NAME, Resource

NAMES_MAX = 200
"""Names that a room keeps; a day of meetings with clustering has dozens of labels."""

NAME_MAX = 80
"""Characters of a label or a name."""


class SpeakerName(Resource):
    """The name that is shown for a speaker."""

    label: str = Field(min_length=1, max_length=NAME_MAX, description="The label that the speaker's captions have.")
    name: str = Field(
        max_length=NAME_MAX,
        description="The name that is shown; two labels with one name are one speaker. Empty shows the label again.",
    )


class SpeakerNames(Resource):
    """The names of a room's speakers."""

    speaker_names: dict[str, str] = Field(description="The names that are shown, by label.")


def create_speakers_router(context: AppContext) -> APIRouter:
    """Return the route that changes one name, so that two operators at once lose nothing."""
    router = APIRouter(
        prefix="/api/rooms", route_class=GuardedRoute, responses=RESPONSES, dependencies=[Depends(BEARER)]
    )

    @router.put("/{name}/speakers", summary="Name a speaker, back to the start of the talk")
    @allow("operator")
    async def name_speaker(
        request: Request, name: Annotated[str, Path(pattern=NAME)], wanted: SpeakerName
    ) -> SpeakerNames:
        async with room_locked(request, name):
            before = context.service.get_room_settings(name)
            names = {label: shown for label, shown in before.speaker_names.items() if label != wanted.label}
            shown = tidy(wanted.name)
            if shown and shown != wanted.label:
                names[wanted.label] = shown
            if len(names) > NAMES_MAX:
                raise SettingsError(
                    f"Expected at most {NAMES_MAX} named speakers in a room, but this is one more. "
                    "Remove names that are not needed, by naming them with an empty text."
                )
            after = replace(before, speaker_names=names)
            with recording(request, name, *describe_change(before, after)):
                await context.change_room(name, after)
            return SpeakerNames(speaker_names=names)

    return router
