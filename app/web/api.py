"""Rooms as a resource: make, look at, change and forget them, their keys and their phrases, for other programs."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.captions.room import Room
from app.errors import RoomError, SettingsError
from app.store.keyring import Role
from app.store.rooms import RoomSettings
from app.web import messages
from app.web.auth import BEARER, Client, bearer
from app.web.context import AppContext, require_open
from app.web.operator import status
from app.web.problems import RESPONSES
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
    key_resource,
    minted,
    new_output,
    output_resource,
    room_resource,
    wanted,
)
from app.web.sse import EventStream

OUTPUTS_MAX = 16
"""Outputs of one room; each is a task and a queue."""

Name = Annotated[str, Path(pattern=NAME)]


def api(house: AppContext) -> APIRouter:
    """Return the routes below `/api`."""
    router = APIRouter(prefix="/api/rooms", responses=RESPONSES, dependencies=[Depends(BEARER)])
    service = house.service

    def enter(request: Request, name: str, role: Role) -> tuple[Room, Client]:
        guest = house.doorkeeper.admit(request, bearer(request), role, name)
        try:
            return service.room(name), guest
        except RoomError as exc:
            raise house.doorkeeper.missing(guest, exc) from exc

    def resource(room: Room) -> RoomResource:
        return room_resource(room.name, service.room_settings(room.name), status(house, room))

    @router.get("", summary="List the rooms")
    async def rooms(request: Request) -> list[RoomResource]:
        house.doorkeeper.admit(request, bearer(request), "admin", None)
        return [resource(room) for room in service.rooms.values()]

    @router.post("", status_code=201, summary="Make a room, with a key for each role")
    async def create(request: Request, new: NewRoom) -> RoomWithKeys:
        house.doorkeeper.admit(request, bearer(request), "admin", None)
        roles: tuple[Role, ...] = ("viewer", "source", "operator")
        async with house.turn(new.name):
            await service.create(new.name, wanted(new, RoomSettings()))
            keys = [minted(*await service.keyring.mint(new.name, role, "made with the room")) for role in roles]
            return RoomWithKeys(**resource(service.room(new.name)).model_dump(), keys=tuple(keys))

    @router.get("/{name}", summary="Look at a room")
    async def show(request: Request, name: Name) -> RoomResource:
        return resource(enter(request, name, "operator")[0])

    @router.patch("/{name}", summary="Change a room")
    async def change(request: Request, name: Name, change: RoomChange) -> RoomResource:
        async with house.turn(name):
            room, guest = enter(request, name, "operator")
            before = service.room_settings(name)
            after = wanted(change, before)
            if after.source != before.source and not guest.may("admin"):
                raise SettingsError(
                    "Expected the key of the service, not of the room: the source is an address it opens."
                )
            await service.change(name, after)
            return resource(room)

    @router.delete("/{name}", summary="Close a room and forget it; with export=true answers with all it held")
    async def remove(
        request: Request, name: Name, export: Annotated[bool, Query(description="Answer with all it held.")] = False
    ) -> Export | None:
        async with house.turn(name):
            room, _ = enter(request, name, "operator")
            held = await whole(room) if export else None
            await service.remove(name)
            house.audiences.forget(room)
            return held

    @router.get("/{name}/export", summary="All that is known of a room")
    async def export_all(request: Request, name: Name) -> Export:
        return await whole(enter(request, name, "operator")[0])

    @router.delete("/{name}/captions", status_code=204, summary="Forget all captions of a room")
    async def erase(request: Request, name: Name) -> None:
        async with house.turn(name):
            enter(request, name, "operator")
            await service.erase(name)

    @router.patch("/{name}/phrases/{phrase}", status_code=204, summary="Correct a final phrase, or take it back")
    async def correct(
        request: Request,
        name: Name,
        phrase: Annotated[str, Path(pattern=r"^[0-9]+-[0-9]+$", max_length=40)],
        correction: Correction,
    ) -> None:
        enter(request, name, "operator")[0].correct(phrase, correction.track, correction.text)

    @router.get("/{name}/captions", summary="Final captions before a number, as they stand now, for scrolling back")
    async def history(
        request: Request,
        name: Name,
        before: Annotated[int, Query(ge=0, lt=1 << 53, description="Number of the oldest caption that is known.")],
        limit: Annotated[int, Query(ge=1, le=500)] = 200,
    ) -> History:
        room = enter(request, name, "viewer")[0]
        require_open(room)
        events, is_all = await room.history(before, limit)
        return History(captions=tuple(messages.caption(event) for event in events), is_all=is_all)

    @router.patch("/{name}/sources/{source:path}", status_code=204, summary="Stop a source, or let it go on")
    async def switch(
        request: Request, name: Name, source: Annotated[str, Path(max_length=200)], wish: SourceChange
    ) -> None:
        enter(request, name, "operator")
        service.switch(name, source, is_on=wish.is_on)

    @router.post("/{name}/outputs", status_code=201, summary="Give the captions to something more")
    async def add_output(request: Request, name: Name, new: NewOutput) -> OutputResource:
        async with house.turn(name):
            _, guest = enter(request, name, "operator")
            if isinstance(new, NewObs) and not guest.may("admin"):
                raise SettingsError("Expected the key of the service, not of the room: OBS is at an address it opens.")
            before = service.room_settings(name)
            output = new_output(new)
            others = tuple(one for one in before.outputs if one.id != output.id)
            if len(others) >= OUTPUTS_MAX:
                raise SettingsError(f"Expected at most {OUTPUTS_MAX} outputs of a room. Remove one first.")
            await service.change(name, replace(before, outputs=(*others, output)))
            return output_resource(output)

    @router.delete("/{name}/outputs/{output}", status_code=204, summary="Give the captions there no more")
    async def remove_output(
        request: Request, name: Name, output: Annotated[str, Path(pattern=r"^[A-Za-z0-9.]{1,32}$")]
    ) -> None:
        async with house.turn(name):
            enter(request, name, "operator")
            before = service.room_settings(name)
            others = tuple(one for one in before.outputs if one.id != output)
            if len(others) == len(before.outputs):
                raise RoomError(f"Expected an output of the room {name}, but there is no {output}.")
            await service.change(name, replace(before, outputs=others))

    @router.get("/{name}/keys", summary="List the keys of a room")
    async def keys(request: Request, name: Name) -> list[KeyResource]:
        enter(request, name, "operator")
        return [key_resource(key) for key in service.keyring.list(name)]

    @router.post("/{name}/keys", status_code=201, summary="Make a key of a room")
    async def mint(request: Request, name: Name, new: NewKey) -> KeyWithSecret:
        enter(request, name, "operator")
        if new.role == "admin":
            raise SettingsError("Expected the role viewer, source or operator: a room has no key to the whole service.")
        return minted(*await service.keyring.mint(name, new.role, new.label, new.lasts_s))

    @router.delete("/{name}/keys/{key}", status_code=204, summary="Revoke a key; whoever came in with it is sent away")
    async def revoke(request: Request, name: Name, key: Annotated[str, Path(pattern=r"^[0-9a-f]{12}$")]) -> None:
        enter(request, name, "operator")
        if not any(one.id == key for one in service.keyring.list(name)):
            raise RoomError(f"Expected a key of the room {name}, but there is no {key}.")
        await service.keyring.revoke(key)

    @router.get("/{name}/events", summary="Captions as they happen, as server-sent events", response_class=Response)
    async def events(request: Request, name: Name) -> Response:
        room, guest = enter(request, name, "viewer")
        require_open(room)
        return EventStream(request, room, guest, house)

    async def whole(room: Room) -> Export:
        events = await room.all_events()
        return Export(room=resource(room), captions=tuple(messages.caption(event) for event in events))

    return router
