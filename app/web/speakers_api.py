"""The REST routes of speakers: the name of one, and whether people who share a source are distinguished."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from app.captions.room import Room
from app.errors import SettingsError
from app.outputs.cues import tidy
from app.service.source_names import clean_shown_name
from app.web.audit import describe_change, recording
from app.web.auth import BEARER
from app.web.context import AppContext
from app.web.error_responses import RESPONSES
from app.web.guard import GuardedRoute, allow, room_locked, room_of
from app.web.resource import NAME
from app.web.speaker_schemas import SpeakerName, SpeakerNames, VoicesResource, VoiceSwitch

NAMES_MAX = 200
"""Names that a room keeps; a day of meetings with clustering has dozens of labels."""

NO_MODEL = (
    "Expected a speaker model, which distinguishes people who share a microphone, but this service has none. Start it "
    "with surtitle serve --speaker-model and a model, or give each person a microphone page of their own."
)


def create_speakers_router(context: AppContext) -> APIRouter:
    """Return the routes; a name is changed alone, so that two operators at once lose nothing."""
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
            shown = clean_shown_name(tidy(wanted.name))
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

    @router.get("/{name}/voices", summary="How people who share a source are distinguished")
    @allow("operator")
    async def show_voices(request: Request, name: Annotated[str, Path(pattern=NAME)]) -> VoicesResource:
        return _describe_voices(room_of(request))

    @router.put("/{name}/voices", summary="Distinguish people who share a source, or not")
    @allow("operator")
    async def switch_voices(
        request: Request, name: Annotated[str, Path(pattern=NAME)], wanted: VoiceSwitch
    ) -> VoicesResource:
        async with room_locked(request, name):
            if wanted.is_on and room_of(request).voices is None:
                raise SettingsError(NO_MODEL)
            before = context.service.get_room_settings(name)
            after = replace(before, distinguishes_voices=wanted.is_on)
            with recording(request, name, *describe_change(before, after)):
                await context.change_room(name, after)
            return _describe_voices(room_of(request))

    return router


def _describe_voices(room: Room) -> VoicesResource:
    voices = room.voices
    if voices is None:
        return VoicesResource(model=None, is_on=False, n_people=0)
    return VoicesResource(model=voices.model, is_on=voices.is_on, n_people=len(voices.clusters.people))
