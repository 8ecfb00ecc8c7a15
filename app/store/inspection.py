"""Looks at a database file without changing it: is it whole, and does its newest time lie in the future?"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.errors import SettingsError
from app.store import data_folder, schema
from app.store.rooms import newest_ms

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What a database file is like."""

    is_later: bool
    """Whether a later version of Surtitle wrote it."""
    newest_ms: int
    """The newest time in it, in milliseconds since 1970; 0 if it is empty."""


def inspect(path: Path) -> DatabaseState:
    """Return the state of a database that no service uses.

    Raises:
        FolderInUseError: A service uses it.
        SettingsError: It is damaged, or belongs to another program.
    """
    with data_folder.locked(path.parent):
        try:
            return read_unused(path, _read_state)
        except sqlite3.Error as exc:
            if "locked" in str(exc) or "busy" in str(exc):
                raise data_folder.in_use(path.parent) from exc
            raise SettingsError(f"The database {path} is damaged, or does not belong to Surtitle: {exc}.") from exc


def read_unused(path: Path, job: Callable[[sqlite3.Connection], Result]) -> Result:
    """Run a job on a database that no service uses, without changing it; the caller holds the folder's lock.

    Raises:
        sqlite3.Error: It cannot be read.
    """
    beside = [path.with_name(f"{path.name}{suffix}") for suffix in ("-wal", "-shm")]
    missing = [file for file in beside if not file.exists()]
    try:
        found = schema.open_for_reading(path) or sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        with closing(found) as connection:
            return job(connection)
    finally:
        for file in missing:  # SQLite leaves them, because this connection may not delete them
            file.unlink(missing_ok=True)


def _read_state(connection: sqlite3.Connection) -> DatabaseState:
    version = schema.read_version(connection)
    is_later = version > schema.VERSION
    (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        raise sqlite3.DatabaseError(result)
    return DatabaseState(is_later, 0 if is_later or not version else newest_ms(connection))
