"""Counters that outputs continue after a restart, such as the number of the last caption sent to a meeting."""

import sqlite3
from functools import partial

from app import log
from app.errors import StoreError
from app.store.database import Database

logger = log.get(__name__)


class RoomCounter:
    """A counter of one room on the disk; deleted with the room."""

    def __init__(self, database: Database, room: str, name: str) -> None:
        """Read the counter from the disk; blocks for a moment."""
        self._database, self._room, self._name = database, room, name
        self._value = database.read(partial(_read, room=room, name=name))

    def read(self) -> int | None:
        """Return the value; None if there is none yet."""
        return self._value

    def write(self, value: int) -> None:
        """Save a value in the background; if that fails, it is only logged."""
        self._value = value
        self._database.write(partial(_write, room=self._room, name=self._name, value=value), self._on_saved)

    def _on_saved(self, _: object, error: StoreError | None) -> None:
        if error is not None:
            logger.warning("counter_not_saved", room=self._room, counter=self._name, reason=str(error))


def _read(connection: sqlite3.Connection, *, room: str, name: str) -> int | None:
    row = connection.execute("SELECT value FROM counter WHERE room = ? AND name = ?", (room, name)).fetchone()
    return None if row is None else int(row[0])


def _write(connection: sqlite3.Connection, *, room: str, name: str, value: int) -> None:
    connection.execute("INSERT OR REPLACE INTO counter (room, name, value) VALUES (?, ?, ?)", (room, name, value))
