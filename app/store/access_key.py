"""One access key and what its role allows."""

from dataclasses import dataclass, field
from typing import Literal, get_args

Role = Literal["viewer", "source", "operator", "admin", "metrics"]
"""What a key allows. The first four include each other in this order: read; speak; operate the room; administer the
service. `metrics` reads the metrics only."""

ROLES: tuple[Role, ...] = get_args(Role)

DAY_S = 86_400.0

KEY_LASTS_S = 90 * DAY_S
"""How long a key is valid unless its creator says otherwise: a season of weekly meetings."""

KEY_LASTS_MAX_S = 366 * DAY_S
"""How long a key may be valid at most; a forgotten link ends by itself."""

SETTING, LOCAL = "setting", "local"
"""Ids of the two admin keys that are not stored: the one of the settings, and the one in the data folder's file."""


def includes(held: Role, needed: Role) -> bool:
    """Return whether a role has the rights of another one."""
    if "metrics" in (held, needed):
        return held in (needed, "admin")
    return ROLES.index(held) >= ROLES.index(needed)


@dataclass(frozen=True, slots=True)
class Key:
    """A stored key, without its secret."""

    id: str
    room: str | None
    """The room that it is for; None for all."""
    role: Role
    label: str
    """The person or thing that uses it."""
    created_ms: int
    expires_ms: int | None = None
    """When it ends; None only for keys of earlier versions and those that are not stored."""
    parent: str | None = None
    """Id of the key that created it; it never outlives that key."""
    used_ms: int | None = field(default=None, compare=False)
    """When it was used last; None if never."""

    def allows(self, role: Role, room: str | None) -> bool:
        """Return whether the key allows a role in a room, or in the whole service if `room` is None."""
        return (self.room is None or self.room == room) and includes(self.role, role)
