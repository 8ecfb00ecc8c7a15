"""The SQL for the table of access keys."""

import sqlite3
from collections.abc import Sequence

from app.store.access_key import Key


def all_keys(connection: sqlite3.Connection) -> list[tuple[bytes, Key]]:
    """Return all keys with their hashes."""
    rows = connection.execute(
        "SELECT hash, id, room, role, label, created_ms, expires_ms, parent, used_ms FROM access_key"
    )
    return [(hashed, Key(*fields)) for hashed, *fields in rows]


def insert(connection: sqlite3.Connection, *, key: Key, hashed: bytes) -> None:
    """Insert a key."""
    connection.execute(
        "INSERT INTO access_key (id, hash, room, role, label, created_ms, expires_ms, parent) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (key.id, hashed, key.room, key.role, key.label, key.created_ms, key.expires_ms, key.parent),
    )


def save_uses(connection: sqlite3.Connection, *, uses: Sequence[tuple[int | None, str]]) -> None:
    """Save when keys were used last."""
    connection.executemany("UPDATE access_key SET used_ms = ? WHERE id = ?", uses)


def save_hashes(connection: sqlite3.Connection, *, hashes: Sequence[tuple[bytes, str]]) -> None:
    """Save the hashes of keys that were renewed."""
    connection.executemany("UPDATE access_key SET hash = ? WHERE id = ?", hashes)


def delete(connection: sqlite3.Connection, *, ids: Sequence[str]) -> None:
    """Delete keys by id."""
    connection.executemany("DELETE FROM access_key WHERE id = ?", [(one,) for one in ids])
