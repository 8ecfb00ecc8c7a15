"""The REST routes below `/api/rooms`: rooms, their keys, captions, sources and outputs, for other programs."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.captions.room import Room
from app.errors import RoomError, SettingsError
from app.store.keyring import Role
from app.store.rooms import RoomSettings
from app.web.auth import BEARER, Client, bearer
from app.web.context import AppContext, require_open
from app.web.convert import (
    apply_change,
    build_key_resource,
    build_output,
    build_output_resource,
    build_room_resource,
    with_secret,
)
from app.web.error_responses import RESPONSES
from app.web.operator import build_status
from app.web.schemas import (
    NAME,
    Correction,
    Export,
    History,
    KeyResource,
    KeyWithSecret,
    NewKey,
    NewObs,
    NewOutput,
    NewRoom,
    OutputResource,
    RoomChange,
    RoomResource,
    RoomWithKeys,
    SourceChange,
)
from app.web.sse import EventStream

OUTPUTS_MAX = 16
"""Outputs of one room; each is a task and a queue."""

Name = Annotated[str, Path(pattern=NAME)]


def create_api_router(context: AppContext) -> APIRouter:
    """Return the routes below `/api/rooms`."""
    router = APIRouter(prefix="/api/rooms", responses=RESPONSES, dependencies=[Depends(BEARER)])
    _add_room_routes(router, context)
    _add_caption_routes(router, context)
    _add_source_and_output_routes(router, context)
    _add_key_routes(router, context)
    return router


def _enter(context: AppContext, request: Request, name: str, role: Role) -> tuple[Room, Client]:
    """Return a room and a client that has this role there; raises AccessError, RoomError, BusyError."""
    return context.enter_room(request, bearer(request), role, name)


def _add_room_routes(router: APIRouter, context: AppContext) -> None:
    service = context.service

    def require_admin(request: Request) -> None:
        context.authenticator.authorize(request, bearer(request), "admin", None)

    def resource(room: Room) -> RoomResource:
        return build_room_resource(room.name, service.get_room_settings(room.name), build_status(context, room))

    async def export(room: Room) -> Export:
        events = await room.all_events()
        return Export(room=resource(room), captions=tuple(events))

    @router.get("", summary="List the rooms")
    async def list_rooms(request: Request) -> list[RoomResource]:
        require_admin(request)
        return [resource(room) for room in service.rooms.values()]

    @router.post("", status_code=201, summary="Create a room, with a key for each role")
    async def create_room(request: Request, new: NewRoom) -> RoomWithKeys:
        require_admin(request)
        roles: tuple[Role, ...] = ("viewer", "source", "operator")
        async with context.room_lock(new.name):
            await service.create_room(new.name, apply_change(new, RoomSettings()))
            keys = [
                with_secret(*await service.keyring.create_key(new.name, role, "made with the room")) for role in roles
            ]
            return RoomWithKeys(**resource(service.get_room(new.name)).model_dump(), keys=tuple(keys))

    @router.get("/{name}", summary="Get a room")
    async def get_room(request: Request, name: Name) -> RoomResource:
        return resource(_enter(context, request, name, "operator")[0])

    @router.patch("/{name}", summary="Change a room")
    async def change_room(request: Request, name: Name, change: RoomChange) -> RoomResource:
        async with context.room_lock(name):
            room, client = _enter(context, request, name, "operator")
            before = service.get_room_settings(name)
            after = apply_change(change, before)
            if after.source != before.source and not client.may("admin"):
                raise SettingsError("You need the admin key: the service itself opens the address of the source.")
            await service.change_room(name, after)
            return resource(room)

    @router.delete("/{name}", summary="Close and delete a room; with export=true the response has all it contained")
    async def remove_room(
        request: Request,
        name: Name,
        export_first: Annotated[bool, Query(alias="export", description="Return all it contained.")] = False,
    ) -> Export | None:
        async with context.room_lock(name):
            room, _ = _enter(context, request, name, "operator")
            exported = await export(room) if export_first else None
            await service.remove_room(name)
            context.audiences.remove(room)
            return exported

    @router.get("/{name}/export", summary="Export a room with all its captions")
    async def export_room(request: Request, name: Name) -> Export:
        return await export(_enter(context, request, name, "operator")[0])


def _add_caption_routes(router: APIRouter, context: AppContext) -> None:
    @router.delete("/{name}/captions", status_code=204, summary="Erase all captions of a room")
    async def erase_captions(request: Request, name: Name) -> None:
        async with context.room_lock(name):
            _enter(context, request, name, "operator")
            await context.service.erase_captions(name)

    @router.patch("/{name}/phrases/{phrase}", status_code=204, summary="Correct or withdraw a final phrase")
    async def correct_phrase(
        request: Request,
        name: Name,
        phrase: Annotated[str, Path(pattern=r"^[0-9]+-[0-9]+$", max_length=40)],
        correction: Correction,
    ) -> None:
        _enter(context, request, name, "operator")[0].correct(phrase, correction.track, correction.text)

    @router.get("/{name}/captions", summary="Final captions before a sequence number, for scrolling back")
    async def get_history(
        request: Request,
        name: Name,
        before: Annotated[int, Query(ge=0, lt=1 << 53, description="Sequence number of the oldest known caption.")],
        limit: Annotated[int, Query(ge=1, le=500)] = 200,
    ) -> History:
        room = _enter(context, request, name, "viewer")[0]
        require_open(room)
        events, is_all = await room.history(before, limit)
        return History(captions=tuple(events), is_all=is_all)

    @router.get("/{name}/events", summary="Live captions as server-sent events", response_class=Response)
    async def stream_events(request: Request, name: Name) -> Response:
        room, client = _enter(context, request, name, "viewer")
        require_open(room)
        return EventStream(request, room, client, context)


def _add_source_and_output_routes(router: APIRouter, context: AppContext) -> None:
    service = context.service

    @router.patch("/{name}/sources/{source:path}", status_code=204, summary="Stop or start a source")
    async def switch_source(
        request: Request, name: Name, source: Annotated[str, Path(max_length=200)], change: SourceChange
    ) -> None:
        _enter(context, request, name, "operator")
        service.switch_source(name, source, is_on=change.is_on)

    @router.post("/{name}/outputs", status_code=201, summary="Add an output")
    async def add_output(request: Request, name: Name, new: NewOutput) -> OutputResource:
        async with context.room_lock(name):
            _, client = _enter(context, request, name, "operator")
            if isinstance(new, NewObs) and not client.may("admin"):
                raise SettingsError("You need the admin key: the service itself opens the address of OBS.")
            before = service.get_room_settings(name)
            output = build_output(new)
            others = tuple(one for one in before.outputs if one.id != output.id)
            if len(others) >= OUTPUTS_MAX:
                raise SettingsError(f"Expected at most {OUTPUTS_MAX} outputs of a room. Remove one first.")
            await service.change_room(name, replace(before, outputs=(*others, output)))
            return build_output_resource(output)

    @router.delete("/{name}/outputs/{output}", status_code=204, summary="Remove an output")
    async def remove_output(
        request: Request, name: Name, output: Annotated[str, Path(pattern=r"^[A-Za-z0-9.]{1,32}$")]
    ) -> None:
        async with context.room_lock(name):
            _enter(context, request, name, "operator")
            before = service.get_room_settings(name)
            others = tuple(one for one in before.outputs if one.id != output)
            if len(others) == len(before.outputs):
                raise RoomError(f"Expected an output of the room {name}, but there is no {output}.")
            await service.change_room(name, replace(before, outputs=others))


def _add_key_routes(router: APIRouter, context: AppContext) -> None:
    keyring = context.service.keyring

    @router.get("/{name}/keys", summary="List the keys of a room")
    async def list_keys(request: Request, name: Name) -> list[KeyResource]:
        _enter(context, request, name, "operator")
        return [build_key_resource(key) for key in keyring.list(name)]

    @router.post("/{name}/keys", status_code=201, summary="Create a key for a room")
    async def create_key(request: Request, name: Name, new: NewKey) -> KeyWithSecret:
        _enter(context, request, name, "operator")
        if new.role == "admin":
            raise SettingsError(
                "Expected the role viewer, source or operator: a key of a room cannot open the whole service."
            )
        return with_secret(*await keyring.create_key(name, new.role, new.label, new.lasts_s))

    @router.delete("/{name}/keys/{key}", status_code=204, summary="Revoke a key and disconnect everyone who uses it")
    async def revoke_key(request: Request, name: Name, key: Annotated[str, Path(pattern=r"^[0-9a-f]{12}$")]) -> None:
        _enter(context, request, name, "operator")
        if not any(one.id == key for one in keyring.list(name)):
            raise RoomError(f"Expected a key of the room {name}, but there is no {key}.")
        await keyring.revoke(key)
