"""The REST routes below `/api/rooms`: rooms, captions, sources and outputs, for other programs."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.captions.room import Room
from app.errors import RoomError, SettingsError
from app.store.access_key import Role
from app.store.audit_record import AuditAction
from app.store.rooms import RoomSettings
from app.web.audit import AuditEntry, describe_change, describe_key, record, recording
from app.web.auth import BEARER
from app.web.content import ContentResponse
from app.web.context import AppContext, require_open
from app.web.convert import (
    apply_change,
    build_output,
    build_output_resource,
    build_room_resource,
    with_secret,
)
from app.web.data_protection import Privacy, Receipt, RemovedRoom, build_receipt, describe_privacy
from app.web.error_responses import RESPONSES
from app.web.guard import GuardedRoute, allow, client_of, room_locked, room_of
from app.web.messages import encode_event
from app.web.operator import build_status
from app.web.output_schemas import NewObs, NewOutput, OutputResource
from app.web.resource import NAME
from app.web.schemas import (
    ChangedRoom,
    Correction,
    Export,
    History,
    NewRoom,
    RoomChange,
    RoomResource,
    RoomWithKeys,
    SourceChange,
)
from app.web.sse import EventStream

OUTPUTS_MAX = 16
"""Outputs of one room; each is a task and a queue."""

GLOSSARY_BODY_MAX = 256 << 10
"""Largest body of a request that may contain a glossary: 5,000 terms in any script."""

Name = Annotated[str, Path(pattern=NAME)]


def create_api_router(context: AppContext) -> APIRouter:
    """Return the routes below `/api/rooms`."""
    router = APIRouter(
        prefix="/api/rooms", route_class=GuardedRoute, responses=RESPONSES, dependencies=[Depends(BEARER)]
    )
    _add_room_routes(router, context)
    _add_caption_routes(router, context)
    _add_source_and_output_routes(router, context)
    return router


def _add_room_routes(router: APIRouter, context: AppContext) -> None:
    service = context.service

    def resource(request: Request, room: Room) -> RoomResource:
        settings, status = service.get_room_settings(room.name), build_status(context, room)
        address = context.reader_address(request)
        return build_room_resource(room.name, settings, status, address=address, translation=service.translation)

    async def export(request: Request, room: Room) -> list[bytes]:
        """Return the JSON of an `Export` in parts, without its end."""
        captions = await context.downloads.captions(room)
        return [b'{"room":%b,"captions":' % resource(request, room).model_dump_json().encode(), captions]

    @router.get("", summary="List the rooms")
    @allow("admin")
    async def list_rooms(request: Request) -> list[RoomResource]:
        return [resource(request, room) for room in service.rooms.values()]

    @router.post("", status_code=201, summary="Create a room, with a key for each role")
    @allow("admin", body_max=GLOSSARY_BODY_MAX)
    async def create_room(request: Request, new: NewRoom) -> RoomWithKeys:
        roles: tuple[Role, ...] = ("viewer", "source", "operator")
        async with room_locked(request, new.name):
            parent = context.key_of(client_of(request))  # first: it may be revoked meanwhile, and its keys with it
            await service.create_room(new.name, apply_change(new, RoomSettings()))
            record(request, "room_created", new.name)
            keys = [
                await service.keyring.create_key(new.name, role, "made with the room", parent=parent) for role in roles
            ]
            for key, _ in keys:
                record(request, "key_created", new.name, describe_key(key))
            shown = tuple(with_secret(key, secret) for key, secret in keys)
            return RoomWithKeys(**resource(request, service.get_room(new.name)).model_dump(), keys=shown)

    @router.get("/{name}", summary="Get a room")
    @allow("operator")
    async def get_room(request: Request, name: Name) -> RoomResource:
        return resource(request, room_of(request))

    @router.patch("/{name}", summary="Change a room")
    @allow("operator", body_max=GLOSSARY_BODY_MAX)
    async def change_room(request: Request, name: Name, change: RoomChange) -> ChangedRoom:
        async with room_locked(request, name):
            room = room_of(request)
            before = service.get_room_settings(name)
            after = apply_change(change, before)
            if after.source != before.source and not client_of(request).may("admin"):
                raise SettingsError("You need the admin key: the service itself opens the address of the source.")
            with recording(request, name, *describe_change(before, after)):
                n_disconnected = await context.change_room(name, after)
            return ChangedRoom(**dict(resource(request, room)), n_disconnected=n_disconnected)

    @router.delete(
        "/{name}",
        summary="Close and delete a room; with export=true the answer has all it contained too",
        response_model=RemovedRoom | Receipt,
    )
    @allow("operator", limit="export")
    async def remove_room(
        request: Request,
        name: Name,
        export_first: Annotated[bool, Query(alias="export", description="Return all it contained.")] = False,
    ) -> Response | Receipt:
        async with room_locked(request, name):
            room = room_of(request)
            exported = await export(request, room) if export_first else None
            if exported:
                record(request, "room_exported", name)
            outputs, own = room.state.outputs, _output_ids(service.get_room_settings(name))
            n_keys = len(service.keyring.list(name))
            with recording(request, name, AuditEntry("room_removed")):
                erasure = await service.remove_room(name)
            context.audiences.remove(room)
            context.downloads.forget(room)
            context.talk_editor.forget(room)
            receipt = build_receipt(name, erasure, outputs, own, n_keys=n_keys)
            if exported is None:
                return receipt
            end = b',"receipt":%b}' % receipt.model_dump_json().encode()
            return ContentResponse([*exported, end], "application/json")

    @router.get("/{name}/export", summary="Export a room with all its captions", response_model=Export)
    @allow("operator", limit="export")
    async def export_room(request: Request, name: Name) -> Response:
        exported = await export(request, room_of(request))
        record(request, "room_exported", name)
        return ContentResponse([*exported, b"}"], "application/json")


def _add_caption_routes(router: APIRouter, context: AppContext) -> None:
    @router.delete("/{name}/captions", summary="Erase all captions of a room; the answer is a receipt")
    @allow("operator")
    async def erase_captions(request: Request, name: Name) -> Receipt:
        async with room_locked(request, name):
            room, own = room_of(request), _output_ids(context.service.get_room_settings(name))
            context.downloads.forget(room)
            context.talk_editor.forget(room)
            with recording(request, name, AuditEntry("captions_erased")):
                erasure = await context.service.erase_captions(name)
            return build_receipt(name, erasure, room.state.outputs, own)

    @router.get("/{name}/privacy", summary="How a room handles what is said, for readers and speakers")
    @allow("viewer")
    async def get_privacy(request: Request, name: Name) -> Privacy:
        room = room_of(request)
        require_open(room)
        settings, days = context.service.get_room_settings(name), context.audit.address_days
        host = context.service.translation.sent_to if context.service.translation else ""
        return describe_privacy(name, settings, room.state.outputs, address_days=days, translation_host=host)

    @router.patch("/{name}/phrases/{phrase}", status_code=204, summary="Correct or withdraw a final phrase")
    @allow("operator")
    async def correct_phrase(
        request: Request,
        name: Name,
        phrase: Annotated[str, Path(pattern=r"^[0-9]+-[0-9]+$", max_length=40)],
        correction: Correction,
    ) -> None:
        room_of(request).correct(phrase, correction.track, correction.text)
        action: AuditAction = "phrase_withdrawn" if correction.text is None else "phrase_corrected"
        record(request, action, name, f"{phrase} {correction.track}")

    @router.get(
        "/{name}/captions",
        summary="Final captions before a sequence number, for scrolling back",
        response_model=History,
    )
    @allow("viewer", limit="history")
    async def get_history(
        request: Request,
        name: Name,
        before: Annotated[int, Query(ge=0, lt=1 << 53, description="Sequence number of the oldest known caption.")],
        limit: Annotated[int, Query(ge=1, le=500)] = 200,
    ) -> Response:
        room = room_of(request)
        require_open(room)
        events, is_all = await room.history(before, limit)
        captions = b",".join(map(encode_event, events))
        content = b'{"captions":[%b],"is_all":%b}' % (captions, b"true" if is_all else b"false")
        return Response(content, media_type="application/json")

    @router.get("/{name}/events", summary="Live captions as server-sent events", response_class=Response)
    @allow("viewer", limit="hello")
    async def stream_events(
        request: Request,
        name: Name,
        tracks: Annotated[
            str, Query(max_length=40, description="The tracks that are shown, such as `en,original`.")
        ] = "",
    ) -> Response:
        room = room_of(request)
        require_open(room)
        return EventStream(request, room, client_of(request), context)


def _add_source_and_output_routes(router: APIRouter, context: AppContext) -> None:
    service = context.service

    @router.patch("/{name}/sources/{source:path}", status_code=204, summary="Stop or start a source")
    @allow("operator")
    async def switch_source(
        request: Request, name: Name, source: Annotated[str, Path(max_length=200)], change: SourceChange
    ) -> None:
        service.switch_source(name, source, is_on=change.is_on)
        record(request, "source_started" if change.is_on else "source_stopped", name)

    @router.post("/{name}/outputs", status_code=201, summary="Add an output")
    @allow("operator")
    async def add_output(request: Request, name: Name, new: NewOutput) -> OutputResource:
        async with room_locked(request, name):
            if isinstance(new, NewObs) and not client_of(request).may("admin"):
                raise SettingsError("You need the admin key: the service itself opens the address of OBS.")
            before = service.get_room_settings(name)
            output = build_output(new)
            others = tuple(one for one in before.outputs if one.id != output.id)
            if len(others) >= OUTPUTS_MAX:
                raise SettingsError(f"Expected at most {OUTPUTS_MAX} outputs of a room. Remove one first.")
            with recording(request, name, AuditEntry("output_added", f"{output.id} {output.kind}")):
                await service.change_room(name, replace(before, outputs=(*others, output)))
            return build_output_resource(output)

    @router.delete("/{name}/outputs/{output}", status_code=204, summary="Remove an output")
    @allow("operator")
    async def remove_output(
        request: Request, name: Name, output: Annotated[str, Path(pattern=r"^[A-Za-z0-9.]{1,32}$")]
    ) -> None:
        async with room_locked(request, name):
            before = service.get_room_settings(name)
            others = tuple(one for one in before.outputs if one.id != output)
            if len(others) == len(before.outputs):
                raise RoomError(f"Expected an output of the room {name}, but there is no {output}.")
            with recording(request, name, AuditEntry("output_removed", output)):
                await service.change_room(name, replace(before, outputs=others))


def _output_ids(settings: RoomSettings) -> frozenset[str]:
    return frozenset(output.id for output in settings.outputs)
