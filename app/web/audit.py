"""Records in the audit log what requests do, and those that are refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields

from starlette.requests import Request

from app.captions.room_state import Visibility
from app.errors import StoreError
from app.store.access_key import Key
from app.store.audit_record import AuditAction
from app.store.rooms import RoomSettings
from app.web.auth import client_address
from app.web.context import AppContext
from app.web.guard import client_of

NOT_SAVED = "(not saved)"
"""Added where the disk failed, so that what was done holds only until the next restart."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What a request does, before it is known who does it."""

    action: AuditAction
    detail: str = ""
    """Ids and names of settings; never values, and never captions."""


def record(request: Request, action: AuditAction, room: str | None = None, detail: str = "") -> None:
    """Record what the client of a guarded request has done."""
    context: AppContext = request.app.state.context
    address = client_address(request)
    context.audit.record(action, key=client_of(request).key, room=room, address=address, detail=detail)


@contextmanager
def recording(request: Request, room: str | None, *entries: AuditEntry) -> Iterator[None]:
    """Record what the block does if it succeeds, or if only the disk fails, because it then holds in memory."""
    try:
        yield
    except StoreError:
        for entry in entries:
            record(request, entry.action, room, f"{entry.detail} {NOT_SAVED}".strip())
        raise
    for entry in entries:
        record(request, entry.action, room, entry.detail)


def describe_key(key: Key) -> str:
    """Return what is recorded of a key: its id and its role."""
    return f"{key.id} {key.role}"


def describe_change(before: RoomSettings, after: RoomSettings) -> list[AuditEntry]:
    """Return what a change of a room's settings does."""
    entries = []
    if before.is_public != after.is_public:
        entries.append(AuditEntry("room_public" if after.is_public else "room_private"))
    if before.is_open != after.is_open:
        entries.append(AuditEntry("room_opened" if after.is_open else "room_closed"))
    outputs = {one.id: one.kind for one in before.outputs}, {one.id: one.kind for one in after.outputs}
    entries += [AuditEntry("output_added", f"{name} {outputs[1][name]}") for name in outputs[1].keys() - outputs[0]]
    entries += [AuditEntry("output_removed", f"{name} {outputs[0][name]}") for name in outputs[0].keys() - outputs[1]]
    apart = {"is_public", "is_open", "outputs", "code", "showing"}
    changed = [
        one.name
        for one in fields(RoomSettings)
        if one.name not in apart and getattr(before, one.name) != getattr(after, one.name)
    ]
    shown = [one.name for one in fields(Visibility) if _differs(one.name, before.showing, after.showing)]
    if changed or shown:
        entries.append(AuditEntry("room_changed", " ".join([*changed, *shown])))
    return entries


def _differs(name: str, before: Visibility, after: Visibility) -> bool:
    return bool(getattr(before, name) != getattr(after, name))
