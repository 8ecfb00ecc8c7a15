"""Rooms as they are kept: their settings, and where their logs stand."""

import json
import secrets
import sqlite3
from dataclasses import asdict, dataclass, field, fields
from functools import partial

from app.captions.room_state import Visibility
from app.decode.request import Task
from app.outputs.settings import OutputSettings, from_stored
from app.store.clock import Clock
from app.store.counters import RoomCounter
from app.store.database import Database
from app.store.room_log import RoomLog, new_epoch

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters of short codes: none that is taken for another when it is read aloud."""

CODE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """What is wanted of a room; kept over restarts."""

    languages: tuple[str, ...] = ()
    """Languages spoken there; empty follows among all the model knows."""
    task: Task = "transcribe"
    glossary: str = ""
    """Terms and corrections, as in a glossary file."""
    retention_h: float = 24.0
    """Hours that captions are kept; 0 keeps them in memory only."""
    is_public: bool = False
    """Whether everybody may read along without a key."""
    code: str = ""
    """Short code that leads to a public room; empty for others."""
    is_open: bool = True
    """Whether people may speak and read there now."""
    source: str | None = None
    """Address of a stream that the service itself opens."""
    outputs: tuple[OutputSettings, ...] = ()
    showing: Visibility = field(default_factory=Visibility)

    def to_json(self) -> str:
        """Return these settings as they are kept."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "RoomSettings":
        """Return what was kept; fields of other versions are left out."""
        known = {name: value for name, value in json.loads(text).items() if name in {one.name for one in fields(cls)}}
        known["languages"] = tuple(known.get("languages", ()))
        known["outputs"] = tuple(map(from_stored, known.get("outputs", ())))
        known["showing"] = Visibility(**known.get("showing", {}))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class StoredRoom:
    """One row."""

    name: str
    epoch: str
    settings: RoomSettings
    created_ms: int
    last_seq: int
    last_session: int


class RoomStore:
    """The rooms on the disk."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use this database."""
        self._database, self._clock = database, clock

    def all(self) -> list[StoredRoom]:
        """Return all rooms by name; blocks, for the start only."""
        return self._database.read(_all)

    async def add(self, name: str, settings: RoomSettings) -> StoredRoom:
        """Keep a new room.

        Raises:
            StoreError: The disk refused.
        """
        room = StoredRoom(name, new_epoch(), settings, self._clock.now_ms(), 0, 0)
        await self._database.run(partial(_insert, room=room))
        return room

    async def change(self, name: str, settings: RoomSettings) -> None:
        """Keep other settings of a room.

        Raises:
            StoreError: The disk refused.
        """
        await self._database.run(partial(_update, name=name, settings=settings.to_json()))

    async def remove(self, name: str) -> None:
        """Forget a room with its captions and keys.

        Raises:
            StoreError: The disk refused.
        """
        await self._database.run(partial(_delete, name=name), scrubs=True)

    def log(self, room: StoredRoom) -> RoomLog:
        """Return the log of a room, as far as it came; blocks, as `all` does."""
        return RoomLog(
            room.name,
            self._database,
            self._clock,
            epoch=room.epoch,
            last_seq=room.last_seq,
            last_session=room.last_session,
            retention_s=room.settings.retention_h * 3600,
        )

    def counter(self, room: str, name: str) -> RoomCounter:
        """Return a number that an output of a room counts on from; blocks for a moment."""
        return RoomCounter(self._database, room, name)

    def age_s(self, room: StoredRoom) -> float:
        """Return how long ago a room was made, in seconds."""
        return max(0.0, (self._clock.now_ms() - room.created_ms) / 1000)


def new_code() -> str:
    """Return a short code; a guess finds one of a thousand rooms once in a million tries."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def newest_ms(connection: sqlite3.Connection) -> int:
    """Return the newest moment that the database knows, in milliseconds since 1970."""
    statement = (
        "SELECT max((SELECT coalesce(max(at_ms), 0) FROM event), (SELECT coalesce(max(created_ms), 0) FROM room))"
    )
    return int(connection.execute(statement).fetchone()[0])


def _all(connection: sqlite3.Connection) -> list[StoredRoom]:
    rows = connection.execute(
        "SELECT name, epoch, settings, created_ms, "
        "max(last_seq, (SELECT coalesce(max(seq), 0) FROM event WHERE room = name)), last_session "
        "FROM room ORDER BY name"
    )
    return [StoredRoom(name, epoch, RoomSettings.from_json(text), *rest) for name, epoch, text, *rest in rows]


def _insert(connection: sqlite3.Connection, *, room: StoredRoom) -> None:
    connection.execute(
        "INSERT INTO room (name, epoch, settings, created_ms) VALUES (?, ?, ?, ?)",
        (room.name, room.epoch, room.settings.to_json(), room.created_ms),
    )


def _update(connection: sqlite3.Connection, *, name: str, settings: str) -> None:
    connection.execute("UPDATE room SET settings = ? WHERE name = ?", (settings, name))


def _delete(connection: sqlite3.Connection, *, name: str) -> None:
    connection.execute("DELETE FROM room WHERE name = ?", (name,))
