"""Access keys: long random secrets, of which only the hashes are stored."""

import hashlib
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

from app.store.clock import Clock
from app.store.database import Database

Role = Literal["viewer", "source", "operator", "admin"]
"""What a key allows; each role includes the previous ones: read; speak; operate the room; administer the service."""

ROLES: tuple[Role, ...] = get_args(Role)

SECRET_BYTES = 24
"""192 random bits; 128 would be enough against guessing."""


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

    def allows(self, role: Role, room: str | None) -> bool:
        """Return whether the key allows a role in a room, or in the whole service if `room` is None."""
        return (self.room is None or self.room == room) and ROLES.index(self.role) >= ROLES.index(role)


class Keyring:
    """All keys, in memory and on the disk."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Read the keys from the disk."""
        self._database, self._clock = database, clock
        self._keys: dict[bytes, Key] = dict(database.read(_all))
        self.on_revoked: Callable[[str], None] = lambda key_id: None
        """Called with the id of a key that was revoked, has expired, or was deleted with its room."""

    def find(self, secret: str) -> Key | None:
        """Return the key with this secret; None if there is none or it has expired.

        It is looked up by its hash, so the time of the lookup reveals nothing about secrets.
        """
        key = self._keys.get(_hash(secret))
        return None if key is None or self._has_expired(key) else key

    def list(self, room: str | None = None) -> list[Key]:
        """Return the keys of a room, or all, oldest first."""
        found = [
            key for key in self._keys.values() if (room is None or key.room == room) and not self._has_expired(key)
        ]
        return sorted(found, key=lambda key: key.created_ms)

    def add_master_key(self, secret: str) -> None:
        """Add a secret from the settings as an admin key; it stays in memory only."""
        self._keys[_hash(secret)] = Key("setting", None, "admin", "from the settings", self._clock.now_ms())

    async def create_key(
        self, room: str | None, role: Role, label: str = "", lasts_s: float | None = None
    ) -> tuple[Key, str]:
        """Create a key and return it with its secret, which is stored nowhere.

        Raises:
            StoreError: The disk failed; no key was created.
        """
        secret = secrets.token_urlsafe(SECRET_BYTES)
        now_ms = self._clock.now_ms()
        expires_ms = None if lasts_s is None else now_ms + round(lasts_s * 1000)
        key = Key(secrets.token_hex(6), room, role, label, now_ms, expires_ms)
        await self._database.run(partial(_insert, key=key, hashed=_hash(secret)))
        self._keys[_hash(secret)] = key
        return key, secret

    async def revoke(self, key_id: str) -> bool:
        """Revoke a key at once, and return whether there was one.

        Raises:
            StoreError: The disk failed: the key is revoked now, but would be valid again after a restart.
        """
        hashed = next((hashed for hashed, key in self._keys.items() if key.id == key_id), None)
        if hashed is None:
            return False
        del self._keys[hashed]
        self.on_revoked(key_id)
        await self._database.run(partial(_delete, ids=[key_id]), scrubs=True)
        return True

    async def expire(self) -> None:
        """Delete keys that have expired.

        Raises:
            StoreError: The disk failed; the keys are invalid nevertheless.
        """
        expired = {hashed: key for hashed, key in self._keys.items() if self._has_expired(key)}
        for hashed, key in expired.items():
            del self._keys[hashed]
            self.on_revoked(key.id)
        if expired:
            await self._database.run(partial(_delete, ids=[key.id for key in expired.values()]))

    def remove_room(self, room: str) -> None:
        """Remove a room's keys from memory; their rows are deleted with the room."""
        for hashed, key in [(hashed, key) for hashed, key in self._keys.items() if key.room == room]:
            del self._keys[hashed]
            self.on_revoked(key.id)

    def _has_expired(self, key: Key) -> bool:
        return key.expires_ms is not None and key.expires_ms <= self._clock.now_ms()


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _all(connection: sqlite3.Connection) -> list[tuple[bytes, Key]]:
    rows = connection.execute("SELECT hash, id, room, role, label, created_ms, expires_ms FROM access_key")
    return [(hashed, Key(*fields)) for hashed, *fields in rows]


def _insert(connection: sqlite3.Connection, *, key: Key, hashed: bytes) -> None:
    connection.execute(
        "INSERT INTO access_key (id, hash, room, role, label, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (key.id, hashed, key.room, key.role, key.label, key.created_ms, key.expires_ms),
    )


def _delete(connection: sqlite3.Connection, *, ids: list[str]) -> None:
    connection.executemany("DELETE FROM access_key WHERE id = ?", [(one,) for one in ids])
