"""Keys that open rooms: long random words that only their hash is kept of."""

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
"""What a key lets one do, each with all before it: read; speak; run the room; run the service, in every room."""

ROLES: tuple[Role, ...] = get_args(Role)

SECRET_BYTES = 24
"""192 random bits; nobody finds one by trying (128 would do)."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key as it is kept: without the word that opens."""

    id: str
    room: str | None
    """The one room it opens; None for all."""
    role: Role
    label: str
    """Whom or what it was made for."""
    created_ms: int
    expires_ms: int | None = None

    def allows(self, role: Role, room: str | None) -> bool:
        """Return whether it opens a room, or with None the service, for that role."""
        return (self.room is None or self.room == room) and ROLES.index(self.role) >= ROLES.index(role)


class Keyring:
    """All keys, in memory and on the disk."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Take up the keys that are on the disk."""
        self._database, self._clock = database, clock
        self._keys: dict[bytes, Key] = dict(database.read(_all))
        self.gone: Callable[[str], None] = lambda key_id: None
        """Called with the id of a key that was revoked or has expired."""

    def find(self, secret: str) -> Key | None:
        """Return the key that this word is, None if it is none or no longer one.

        The word is looked up by its hash, so the time this takes tells nothing of the words there are.
        """
        key = self._keys.get(_hash(secret))
        return None if key is None or self._is_over(key) else key

    def list(self, room: str | None = None) -> list[Key]:
        """Return the keys of a room, or all, oldest first."""
        found = [key for key in self._keys.values() if (room is None or key.room == room) and not self._is_over(key)]
        return sorted(found, key=lambda key: key.created_ms)

    def fix(self, secret: str) -> None:
        """Take a word from the settings as a key to everything, in memory only."""
        self._keys[_hash(secret)] = Key("setting", None, "admin", "from the settings", self._clock.now_ms())

    async def mint(
        self, room: str | None, role: Role, label: str = "", lasts_s: float | None = None
    ) -> tuple[Key, str]:
        """Make a key and return it with its word, which is told this once and kept nowhere.

        Raises:
            StoreError: The disk refused; there is no such key.
        """
        secret = secrets.token_urlsafe(SECRET_BYTES)
        now_ms = self._clock.now_ms()
        expires_ms = None if lasts_s is None else now_ms + round(lasts_s * 1000)
        key = Key(secrets.token_hex(6), room, role, label, now_ms, expires_ms)
        await self._database.run(partial(_insert, key=key, hashed=_hash(secret)))
        self._keys[_hash(secret)] = key
        return key, secret

    async def revoke(self, key_id: str) -> bool:
        """Make a key open nothing any more, at once; returns whether there was one.

        Raises:
            StoreError: The disk refused: it opens nothing now, but would again after a restart.
        """
        hashed = next((hashed for hashed, key in self._keys.items() if key.id == key_id), None)
        if hashed is None:
            return False
        del self._keys[hashed]
        self.gone(key_id)
        await self._database.run(partial(_delete, ids=[key_id]), scrubs=True)
        return True

    async def expire(self) -> None:
        """Let go of keys whose time is over.

        Raises:
            StoreError: The disk refused; they open nothing all the same.
        """
        over = {hashed: key for hashed, key in self._keys.items() if self._is_over(key)}
        for hashed, key in over.items():
            del self._keys[hashed]
            self.gone(key.id)
        if over:
            await self._database.run(partial(_delete, ids=[key.id for key in over.values()]))

    def forget(self, room: str) -> None:
        """Let go of a room's keys; their rows go with the room's."""
        for hashed, key in [(hashed, key) for hashed, key in self._keys.items() if key.room == room]:
            del self._keys[hashed]
            self.gone(key.id)

    def _is_over(self, key: Key) -> bool:
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
