"""The emergency stop: one request closes every room, revokes every link and says who was connected."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace

from fastapi import APIRouter, Depends, Request, Response

from app.errors import RoomError, StoreError, SurtitleError
from app.store.access_key import Key
from app.web.audit import record
from app.web.auth import BEARER
from app.web.connections import Connection
from app.web.context import AppContext
from app.web.convert import build_key_resource
from app.web.error_responses import RESPONSES
from app.web.guard import GuardedRoute, allow, client_of
from app.web.incident_report import ConnectionResource, IncidentReport


def create_incident_router(context: AppContext) -> APIRouter:
    """Return `/api/incident`."""
    router = APIRouter(route_class=GuardedRoute, responses=RESPONSES, dependencies=[Depends(BEARER)])

    @router.post(
        "/api/incident",
        summary="Close all rooms, revoke all stored keys but this one, and list who was connected",
        response_model=IncidentReport,
    )
    @allow("admin")
    async def stop_everything(request: Request) -> Response:
        report = await close_everything(context, client_of(request).key)
        detail = f"{len(report.rooms)} rooms {len(report.keys)} keys {len(report.connections)} connections"
        record(request, "incident", detail=detail)
        # beside the event loop, because a hall has thousands of connections
        return Response(await asyncio.to_thread(report.model_dump_json), media_type="application/json")

    return router


async def close_everything(context: AppContext, kept: str | None) -> IncidentReport:
    """Close all rooms, make them private, and revoke all keys but `kept`; in memory at once, then on the disk.

    A disk that fails stops nothing: the report names what holds only until the next restart.
    """
    keyring = context.service.keyring
    known = list(keyring.list())
    connections = list(context.connections)
    names = sorted(context.service.rooms)
    problems = await asyncio.gather(
        _revoke_all(context, kept),  # begins first, and removes the keys from memory before it waits for anything
        *(_close_room(context, name) for name in names),
    )
    left = {key.id for key in keyring.list()}
    return await asyncio.to_thread(_build_report, names, known, left, connections, problems)


def _build_report(
    names: Sequence[str],
    known: Sequence[Key],
    left: Collection[str],
    connections: Sequence[Connection],
    problems: Sequence[str],
) -> IncidentReport:
    """Return the report; `known` are the keys before, `left` the ids of those after."""
    labels = {key.id: key.label for key in known}
    return IncidentReport(
        rooms=tuple(names),
        keys=tuple(build_key_resource(key) for key in known if key.id not in left),
        kept=tuple(sorted(left)),
        connections=tuple(_describe(connection, labels) for connection in connections),
        problems=tuple(problem for problem in problems if problem),
    )


async def _revoke_all(context: AppContext, kept: str | None) -> str:
    """Revoke the keys; return a sentence if the disk failed."""
    try:
        await context.service.keyring.revoke_all(kept)
    except StoreError as exc:
        return f"The keys are revoked only until the next restart. {exc}"
    return ""


async def _close_room(context: AppContext, name: str) -> str:
    """Close a room and make it private; return a sentence if that could not be done or saved."""
    service = context.service
    try:
        closed = replace(service.get_room_settings(name), is_public=False, is_open=False)
        # before the lock, which a change that takes long may hold
        await service.restrict_room(name, closed)
        context.connections.disconnect_unwelcome(name, is_public=False, is_open=False)
        async with context.room_lock(name):
            await context.change_room(name, replace(service.get_room_settings(name), is_public=False, is_open=False))
    except RoomError:  # removed meanwhile
        return ""
    except StoreError as exc:
        return f"The room {name} is closed only until the next restart. {exc}"
    except SurtitleError as exc:
        return f"The room {name} could not be closed. {exc}"
    return ""


def _describe(connection: Connection, labels: dict[str, str]) -> ConnectionResource:
    key = connection.client.key
    return ConnectionResource(
        key=key,
        label=labels.get(key or "", ""),
        role=connection.role,
        room=connection.room,
        address=connection.address,
        since_ms=round(connection.since_s * 1000),
    )
