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


def save_renewed(connection: sqlite3.Connection, *, rows: Sequence[tuple[bytes, int | None, str | None, str]]) -> None:
    """Save keys that were renewed: new hash, end and parent by id."""
    connection.executemany("UPDATE access_key SET hash = ?, expires_ms = ?, parent = ? WHERE id = ?", rows)


def delete(connection: sqlite3.Connection, *, ids: Sequence[str]) -> None:
    """Delete keys by id."""
    connection.executemany("DELETE FROM access_key WHERE id = ?", [(one,) for one in ids])
