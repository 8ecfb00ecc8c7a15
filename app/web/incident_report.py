"""The resources of an incident: what was closed and revoked, and who was connected."""

from app.store.access_key import Role
from app.web.resource import Resource
from app.web.schemas import KeyResource


class ConnectionResource(Resource):
    """A connection that was open."""

    key: str | None
    """Id of its key; null for a reader that needed none."""
    label: str
    """The label of the key: who or what it was for."""
    role: Role
    """What it did: read, speak or operate."""
    room: str
    address: str
    since_ms: int
    """When it connected, in milliseconds since 1970."""


class IncidentReport(Resource):
    """What an incident closed and revoked."""

    rooms: tuple[str, ...]
    """Rooms that are closed and private now: all of them."""
    keys: tuple[KeyResource, ...]
    """Keys that are revoked."""
    kept: tuple[str, ...]
    """Ids of the keys that are still valid: the one of this request, and those that are not stored."""
    connections: tuple[ConnectionResource, ...]
    """Who was connected before."""
    problems: tuple[str, ...]
    """Sentences about what holds only until the next restart, because the disk failed."""
