"""Copies of the database for backups: made beside a running service, without what has expired."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import SettingsError, StoreError
from app.store import schema
from app.store.inspection import read_unused
from app.store.room_log import new_epoch
from app.store.rooms import RoomSettings

DELETE_KEY = """
WITH RECURSIVE gone (id) AS (VALUES (?) UNION SELECT made.id FROM access_key AS made JOIN gone ON made.parent = gone.id)
DELETE FROM access_key WHERE id IN gone
"""
"""Deletes a key and all keys that were made with it."""


@dataclass(frozen=True, slots=True)
class CopyContent:
    """What a copy contains."""

    rooms: tuple[str, ...]
    n_captions: int
    n_keys: int


def copy_to(connection: sqlite3.Connection, target: Path) -> None:
    """Write the database as it is now to a new file, which only its owner can read; blocks.

    It is one read of the source, which in a write-ahead log delays no write.

    Raises:
        StoreError: The copy cannot be written, or the source cannot be read.
    """
    try:
        target.touch(mode=0o600)
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            connection.backup(copy)
    except (OSError, sqlite3.Error) as exc:
        raise StoreError(f"The backup cannot be written to {target.parent}: {exc}. Free some space there.") from exc


def copy_file(source: Path, target: Path) -> None:
    """Copy the database of a service that does not run, see `copy_to`; the source stays as it is.

    Raises:
        SettingsError: There is no database of Surtitle, or it is damaged.
        StoreError: The copy cannot be written.
    """

    def copy(connection: sqlite3.Connection) -> None:
        schema.read_version(connection)
        copy_to(connection, target)

    try:
        read_unused(source, copy)
    except sqlite3.Error as exc:
        raise SettingsError(f"Expected a database of Surtitle, but {source} cannot be read: {exc}.") from exc


def delete_expired(path: Path, now_ms: int) -> CopyContent:
    """Delete the captions and keys of a copy that have expired, leave no trace of them, and return what is left.

    Raises:
        SettingsError: The copy is damaged, because the source was.
        StoreError: The copy cannot be written.
    """
    with _changing(path) as connection:
        (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if result != "ok":
            raise SettingsError(f"The database is damaged ({result}). Keep the last good backup.")
        for name, settings in _rooms(connection):
            before_ms = now_ms - round(settings.retention_h * 3_600_000)
            connection.execute("DELETE FROM event WHERE room = ? AND at_ms < ?", (name, before_ms))
        connection.execute("DELETE FROM access_key WHERE expires_ms <= ?", (now_ms,))
    return _content(path)


@dataclass(frozen=True, slots=True)
class LaterChanges:
    """What was done after a backup was made, and must not be undone by restoring it."""

    erased: tuple[str, ...] = ()
    """Rooms whose captions were erased."""
    removed: tuple[str, ...] = ()
    """Rooms that were removed."""
    revoked: tuple[str, ...] = ()
    """Ids of keys that were revoked, or got a new secret."""
    renewed: tuple[str, ...] = ()
    """Rooms whose keys all got new secrets."""
    all_keys: bool = False
    """Whether all keys were revoked."""
    restrictions: tuple[tuple[str, str, bool], ...] = ()
    """Rooms that were made private or closed: the name, empty for all; `is_public` or `is_open`; the value. In order,
    with those that were undone again."""


def apply_later_changes(path: Path, changes: LaterChanges) -> None:
    """Repeat in a copy what was done after it was made.

    Raises:
        StoreError: The copy cannot be written.
    """
    with _changing(path) as connection:
        connection.executemany("DELETE FROM event WHERE room = ?", [(name,) for name in changes.erased])
        connection.executemany("DELETE FROM room WHERE name = ?", [(name,) for name in changes.removed])
        connection.executemany(DELETE_KEY, [(key,) for key in changes.revoked])
        connection.executemany("DELETE FROM access_key WHERE room = ?", [(name,) for name in changes.renewed])
        if changes.all_keys:
            connection.execute("DELETE FROM access_key")
        for name, settings in _rooms(connection):
            restricted = _restrict(name, settings, changes.restrictions)
            connection.execute("UPDATE room SET settings = ? WHERE name = ?", (restricted.to_json(), name))


def check_copy(path: Path) -> CopyContent:
    """Check a database from a backup, bring it to the present version, and give every room a new epoch.

    A new epoch, because clients may know later sequence numbers than the copy has.

    Raises:
        SettingsError: It is damaged, belongs to another program, or is from a later version.
        StoreError: It cannot be written.
    """
    with closing(schema.open_file(path)) as connection:
        (result,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        (n_foreign,) = connection.execute(
            "SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')"
        ).fetchone()
        if result != "ok" or n_foreign:
            raise SettingsError("The database in the backup is damaged, or was changed. Use another backup.")
    try:
        with _changing(path) as connection:
            for name, _ in _rooms(connection):
                connection.execute("UPDATE room SET epoch = ? WHERE name = ?", (new_epoch(), name))
    except (ValueError, TypeError, AttributeError) as exc:
        raise SettingsError("The settings of a room in the backup are damaged. Use another backup.") from exc
    return _content(path)


@contextmanager
def _changing(path: Path) -> Iterator[sqlite3.Connection]:
    """Change a copy in one transaction; afterwards the file contains nothing that was deleted."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.executescript(
                "PRAGMA journal_mode = MEMORY; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; "
                "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;"
            )
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
    except sqlite3.Error as exc:
        raise StoreError(
            f"The copy of the database cannot be changed: {exc}. Free some space in {path.parent}."
        ) from exc


def _rooms(connection: sqlite3.Connection) -> list[tuple[str, RoomSettings]]:
    rows = connection.execute("SELECT name, settings FROM room").fetchall()
    return [(name, RoomSettings.from_json(settings)) for name, settings in rows]


def _restrict(name: str, settings: RoomSettings, restrictions: Iterable[tuple[str, str, bool]]) -> RoomSettings:
    """Return the settings of a room that is open or public only if it was both then and after all restrictions."""
    last = {setting: value for room, setting, value in restrictions if room in ("", name)}
    is_public = settings.is_public and last.get("is_public", True)
    is_open = settings.is_open and last.get("is_open", True)
    return replace(settings, is_public=is_public, is_open=is_open, code=settings.code if is_public else "")


def _content(path: Path) -> CopyContent:
    with closing(sqlite3.connect(path)) as connection:
        rooms = tuple(name for (name,) in connection.execute("SELECT name FROM room ORDER BY name"))
        (n_captions,) = connection.execute("SELECT count(*) FROM event").fetchone()
        (n_keys,) = connection.execute("SELECT count(*) FROM access_key").fetchone()
    return CopyContent(rooms, n_captions, n_keys)
