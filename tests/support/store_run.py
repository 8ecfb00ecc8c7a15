"""A store under test: with a clock that a test moves and a disk that fails, and functions that read its files."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, cast
from zlib import crc32

from app.captions.event import Event
from app.store.clock import Clock
from app.store.database import Database
from app.store.keyring import Keyring
from app.store.room_log import RoomLog
from app.store.rooms import RoomSettings, RoomStore, newest_ms

FILE = "surtitle.db"

HOUR_S = 3600.0


class ManualTime:
    """A wall clock and a monotonic clock that a test moves."""

    def __init__(self, wall_s: float = 1_800_000_000.0) -> None:
        self.wall_s = wall_s
        self.passed_s = 50.0

    def pass_s(self, seconds: float) -> None:
        """Move both clocks."""
        self.wall_s += seconds
        self.passed_s += seconds


class StoreRun:
    """One run of a store in a folder, with one room."""

    def __init__(self, folder: Path | None, time: ManualTime | None = None, *, retention_h: float = 24.0) -> None:
        self.time = time or ManualTime()
        self.database = Database(folder / FILE if folder else None)
        self.clock = Clock(
            self.database.read(newest_ms), wall_s=lambda: self.time.wall_s, passed_s=lambda: self.time.passed_s
        )
        self.rooms = RoomStore(self.database, self.clock)
        self.keyring = Keyring(self.database, self.clock)
        self.retention_h = retention_h
        self.published: list[Event] = []

    async def log(self, room: str = "main") -> RoomLog:
        """Return a room's log; creates the room if it does not exist."""
        known = next((one for one in self.rooms.all() if one.name == room), None)
        return self.rooms.log(known or await self.rooms.add(room, RoomSettings(retention_h=self.retention_h)))

    def say(self, log: RoomLog, *texts: str) -> None:
        """Append one final phrase for each text."""
        for text in texts:
            log.append(event(text), self.published.append)

    async def settle(self) -> None:
        """Wait until everything queued is written and published."""
        await self.database.run(lambda connection: None)

    @property
    def texts(self) -> list[str]:
        """The texts published so far."""
        return [one.committed for one in self.published]

    def fail(self, *, on: str = "COMMIT") -> "FailingConnection":
        """Make the disk fail on statements that start with this word."""
        refusing = FailingConnection(self.database._connection, on)
        self.database._connection = cast(sqlite3.Connection, refusing)
        return refusing

    def close(self) -> None:
        """Close the store."""
        self.database.close()


class FailingConnection:
    """A connection that fails on one kind of statement until `is_failing` is False; an empty commit succeeds."""

    def __init__(self, connection: sqlite3.Connection, on: str) -> None:
        self._connection = connection
        self._on = on
        self._n_changes = 0
        self.is_failing = True

    def execute(self, statement: str, *given: Any) -> sqlite3.Cursor:
        """Fail, or execute the statement."""
        if statement.startswith("BEGIN"):
            self._n_changes = self._connection.total_changes
        is_idle = statement == "COMMIT" and self._n_changes == self._connection.total_changes
        if self.is_failing and statement.startswith(self._on) and not is_idle:
            raise sqlite3.OperationalError("database or disk is full")
        return self._connection.execute(statement, *given)

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the real connection."""
        return getattr(self._connection, name)


def event(text: str, *, phrase: str = "", track: str = "original", language: str = "en") -> Event:
    """Return a final phrase with this text; on other tracks, the text of the phrase that was `phrase`."""
    name = f"1-{crc32((phrase or text).encode())}"
    return Event("main", "", None, name, 1, "s", track, "final", language, 0.0, 1.0, text)


def copy_files(folder: Path, to: Path) -> Path:
    """Copy the files as they are now, as after a crash, and return the folder."""
    to.mkdir(parents=True, exist_ok=True)
    for path in folder.glob(f"{FILE}*"):
        if not path.name.endswith("-shm"):
            shutil.copy(path, to / path.name)
    return to


def stored_rows(folder: Path) -> list[tuple[int, str]]:
    """Return the numbers and texts of the events in a folder."""
    with closing(sqlite3.connect(folder / FILE)) as connection:
        return connection.execute(
            "SELECT seq, json_extract(body, '$.committed') FROM event ORDER BY room, seq"
        ).fetchall()


def count_text(folder: Path, text: str) -> int:
    """Count how often a text occurs in all files of the store."""
    return sum(path.read_bytes().count(text.encode()) for path in folder.glob(f"{FILE}*"))
