"""The stored rooms: their settings, and the last numbers of their logs."""

import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import partial

from app import log
from app.captions.room_state import Visibility
from app.decode.request import Task
from app.errors import StoreError
from app.outputs.settings import OutputSettings, from_stored
from app.store.clock import Clock
from app.store.counters import RoomCounter
from app.store.database import Database
from app.store.room_log import RoomLog, new_epoch

logger = log.get(__name__)

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters of short codes, without those that people confuse."""

CODE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """The settings of a room, kept over restarts."""

    title: str = ""
    """Title that people see, in any letters; empty to show the room's short name."""
    languages: tuple[str, ...] = ()
    """Spoken languages; empty detects among all that the model knows."""
    task: Task = "transcribe"
    targets: tuple[str, ...] = ()
    """Languages that the room's text is translated into, in the order of choice lists."""
    translates_always: bool = False
    """Whether it is translated even while nobody reads a target."""
    speaker_names: Mapping[str, str] = field(default_factory=dict)
    """The names that are shown, by the label of the speaker."""
    shows_names: bool = True
    """Whether names stand before what is said."""
    distinguishes_voices: bool = True
    """Whether people who share a source are distinguished by their voices, if the service has a speaker model."""
    glossary: str = ""
    """Terms and corrections, as in a glossary file."""
    retention_h: float = 24.0
    """Hours that captions are kept; 0 keeps them in memory only."""
    is_public: bool = False
    """Whether viewers need no key."""
    code: str = ""
    """Short code of a public room; empty for others."""
    is_open: bool = True
    """Whether people may speak and read now."""
    source: str | None = field(default=None, repr=False)
    """URL of a stream that the service opens; it may contain secrets."""
    channels: str = ""
    """What the channels of the stream are, as `1:Ada,2:Grace,3:floor`; empty hears all together."""
    outputs: tuple[OutputSettings, ...] = ()
    showing: Visibility = field(default_factory=Visibility)
    privacy_notice: str = ""
    """What the operator says about data protection to readers and speakers; may have several lines."""

    frame_sites: tuple[str, ...] = ()
    """Sites that may show the audience page in a frame, such as `https://event.example.org`."""

    def to_json(self) -> str:
        """Return the settings as JSON for the database."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "RoomSettings":
        """Return the settings in JSON from the database; fields of other versions are ignored."""
        known = {name: value for name, value in json.loads(text).items() if name in {one.name for one in fields(cls)}}
        known["languages"] = tuple(known.get("languages", ()))
        known["targets"] = tuple(known.get("targets", ()))
        known["frame_sites"] = tuple(known.get("frame_sites", ()))
        known["outputs"] = tuple(map(from_stored, known.get("outputs", ())))
        known["showing"] = Visibility(**known.get("showing", {}))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class StoredRoom:
    """One row of the table of rooms."""

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
        """Return all rooms by name; blocks, so call it at the start only."""
        return self._database.read(_all)

    async def add(self, name: str, settings: RoomSettings) -> StoredRoom:
        """Save a new room.

        Raises:
            StoreError: The disk failed.
        """
        room = StoredRoom(name, new_epoch(), settings, self._clock.now_ms(), 0, 0)
        await self._database.run(partial(_insert, room=room))
        return room

    async def change(self, name: str, settings: RoomSettings) -> None:
        """Save new settings of a room, and overwrite what was removed from them; secrets for example.

        Raises:
            StoreError: The disk failed.
        """
        await self._database.run(partial(_update, name=name, settings=settings.to_json()))
        try:
            await self._database.run(lambda _: None, scrubs=True)
        except StoreError as exc:  # the settings are saved, and the database tries again
            logger.warning("settings_not_scrubbed", room=name, reason=str(exc))

    async def remove(self, name: str) -> None:
        """Delete a room with its captions and keys.

        Raises:
            StoreError: The disk failed.
        """
        await self._database.run(partial(_delete, name=name), scrubs=True)

    def log(self, room: StoredRoom) -> RoomLog:
        """Open the log of a room; blocks, as `all` does."""
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
        """Return a counter for an output of a room; blocks for a moment."""
        return RoomCounter(self._database, room, name)

    def age_s(self, room: StoredRoom) -> float:
        """Return how long ago a room was created, in seconds."""
        return max(0.0, (self._clock.now_ms() - room.created_ms) / 1000)


def new_code() -> str:
    """Return a short code; with a thousand rooms, about one guess in a million is right."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def newest_ms(connection: sqlite3.Connection) -> int:
    """Return the newest time in the database, in milliseconds since 1970."""
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
