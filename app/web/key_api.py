"""The REST routes for keys: operators manage those of their room, administrators all, also those of the service."""

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from app.errors import AccessError, RoomError, SettingsError
from app.store.access_key import Key
from app.web.audit import AuditEntry, describe_key, record, recording
from app.web.auth import BEARER, REFUSAL
from app.web.context import AppContext
from app.web.convert import with_secret
from app.web.error_responses import RESPONSES
from app.web.guard import GuardedRoute, allow, client_of
from app.web.resource import NAME
from app.web.schemas import KeyResource, KeyWithSecret, NewKey, NewServiceKey

Name = Annotated[str, Path(pattern=NAME)]
KeyId = Annotated[str, Path(pattern=r"^[0-9a-z]{1,32}$")]

ROOM_ROLES = ("viewer", "source", "operator")

KEYS_MAX = 1_000
"""Most keys of one room, and of the service; a list of them takes less than 10 ms of the event loop."""

FIELDS = tuple(field.name for field in fields(Key))


def create_key_router(context: AppContext) -> APIRouter:
    """Return the routes below `/api/keys`, and those for the keys of one room."""
    router = APIRouter(route_class=GuardedRoute, responses=RESPONSES, dependencies=[Depends(BEARER)])
    _add_room_routes(router, context)
    _add_service_routes(router, context)
    return router


def _add_room_routes(router: APIRouter, context: AppContext) -> None:
    keyring = context.service.keyring

    def find_key(room: str, key_id: str) -> Key:
        key = keyring.get(key_id)
        if key is None or key.room != room:
            raise RoomError(
                f"Expected the id of a key of the room {room}, but there is no {key_id} there. List the keys first."
            )
        return key

    @router.get("/api/rooms/{name}/keys", response_model=list[KeyResource], summary="List the keys of a room")
    @allow("operator")
    async def list_keys(request: Request, name: Name) -> Response:
        return _list(context, request, keyring.list(name))

    @router.post("/api/rooms/{name}/keys", status_code=201, summary="Create a key for a room")
    @allow("operator")
    async def create_key(request: Request, name: Name, new: NewKey) -> KeyWithSecret:
        if new.role not in ROOM_ROLES:
            raise SettingsError(
                "Expected the role viewer, source or operator: a key of a room cannot open the whole service."
            )
        return await _create(context, request, name, new)

    @router.delete(
        "/api/rooms/{name}/keys/{key}",
        status_code=204,
        summary="Revoke a key with all keys made with it, and disconnect everyone who uses one",
    )
    @allow("operator")
    async def revoke_key(request: Request, name: Name, key: KeyId) -> None:
        await _revoke(context, request, find_key(name, key))

    @router.post(
        "/api/rooms/{name}/keys/{key}/rotate",
        summary="Give a key a new secret; the old one and all keys made with it end at once",
    )
    @allow("operator")
    async def rotate_key(request: Request, name: Name, key: KeyId) -> KeyWithSecret:
        return await _rotate(context, request, find_key(name, key))

    @router.post("/api/rooms/{name}/renew", summary="Give all keys of a room new secrets; all old links end at once")
    @allow("operator")
    async def renew_links(request: Request, name: Name) -> list[KeyWithSecret]:
        with recording(request, name, AuditEntry("keys_renewed")):
            renewed = await keyring.rotate_room(name, _own_key(context, request))
        return [_with_secret(context, request, key, secret) for key, secret in renewed]


def _add_service_routes(router: APIRouter, context: AppContext) -> None:
    keyring = context.service.keyring

    def find_key(key_id: str) -> Key:
        key = keyring.get(key_id)
        if key is None:
            raise RoomError(f"Expected the id of a key, but there is no {key_id}. List the keys to see their ids.")
        return key

    @router.get(
        "/api/keys",
        response_model=list[KeyResource],
        summary="List all keys, also those that open the whole service",
    )
    @allow("admin")
    async def list_all_keys(request: Request) -> Response:
        return _list(context, request, keyring.list())

    @router.post("/api/keys", status_code=201, summary="Create a key for a room or for the whole service")
    @allow("admin")
    async def create_any_key(request: Request, new: NewServiceKey) -> KeyWithSecret:
        if (new.role in ROOM_ROLES) == (new.room is None):
            raise SettingsError(
                f"Expected a room for the role {new.role}, because its key opens one room."
                if new.room is None
                else f"Expected no room for the role {new.role}, because its key is for the whole service."
            )
        if new.room is not None:
            context.service.get_room(new.room)
        return await _create(context, request, new.room, new)

    @router.delete(
        "/api/keys/{key}",
        status_code=204,
        summary="Revoke any key with all keys made with it, and disconnect everyone who uses one",
    )
    @allow("admin")
    async def revoke_any_key(request: Request, key: KeyId) -> None:
        await _revoke(context, request, find_key(key))

    @router.post(
        "/api/keys/{key}/rotate", summary="Give any key a new secret; the old one and all keys made with it end at once"
    )
    @allow("admin")
    async def rotate_any_key(request: Request, key: KeyId) -> KeyWithSecret:
        return await _rotate(context, request, find_key(key))


async def _create(context: AppContext, request: Request, room: str | None, new: NewKey) -> KeyWithSecret:
    keyring = context.service.keyring
    n_keys = len(keyring.list(room)) if room else sum(key.room is None for key in keyring.list())
    if n_keys >= KEYS_MAX:
        raise SettingsError(
            f"Expected at most {KEYS_MAX} keys of a room, and as many of the service. Revoke some that nobody uses."
        )
    parent = context.key_of(client_of(request))
    key, secret = await keyring.create_key(room, new.role, new.label, new.lasts_s, parent)
    record(request, "key_created", room, describe_key(key))
    return _with_secret(context, request, key, secret)


def _own_key(context: AppContext, request: Request) -> Key:
    key = context.key_of(client_of(request))
    if key is None:  # it was revoked a moment ago
        raise AccessError(REFUSAL)
    return key


async def _revoke(context: AppContext, request: Request, key: Key) -> None:
    with recording(request, key.room, AuditEntry("key_revoked", key.id)):
        await context.service.keyring.revoke(key.id)


async def _rotate(context: AppContext, request: Request, key: Key) -> KeyWithSecret:
    with recording(request, key.room, AuditEntry("key_rotated", key.id)):
        renewed, secret = await context.service.keyring.rotate(key.id, _own_key(context, request))
    return _with_secret(context, request, renewed, secret)


def _list(context: AppContext, request: Request, keys: Iterable[Key]) -> Response:
    """Return keys as JSON, without a model of each, which takes three times as long."""
    own, count = client_of(request).key, context.connections.count
    listed = [
        {name: getattr(key, name) for name in FIELDS} | {"n_connections": count(key.id), "is_own": key.id == own}
        for key in keys
    ]
    return Response(json.dumps(listed), media_type="application/json")


def _with_secret(context: AppContext, request: Request, key: Key, secret: str) -> KeyWithSecret:
    return with_secret(key, secret, context.connections.count(key.id), is_own=client_of(request).key == key.id)
