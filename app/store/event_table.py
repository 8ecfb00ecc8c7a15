"""Rows of logged events: what is written, read and forgotten of a room's captions."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from app.captions.event import Event


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event and its age."""

    event: Event
    at_ms: int
    """When it was said, on the store's clock."""


Row = tuple[int, int, str, str]
"""Sequence number, moment in ms, the event as JSON, and its place: phrase and track."""


def row(kept: StoredEvent) -> Row:
    """Return a row of the table, but for its room."""
    fields = asdict(kept.event)
    place = f"{kept.event.phrase} {kept.event.track}"
    return kept.event.seq or 0, kept.at_ms, json.dumps(fields, ensure_ascii=False, separators=(",", ":")), place


def insert(connection: sqlite3.Connection, *, room: str, rows: Sequence[Row], session: int = 0) -> None:
    """Write rows, and the number of the newest source session; rows that are there are replaced."""
    statement = "INSERT OR REPLACE INTO event (room, seq, at_ms, body, place) VALUES (?, ?, ?, ?, ?)"
    connection.executemany(statement, [(room, *row) for row in rows])
    if session:
        count_session(connection, room=room, number=session)


def set_epoch(connection: sqlite3.Connection, *, room: str, epoch: str) -> None:
    """Write down under which epoch the room is told."""
    connection.execute("UPDATE room SET epoch = ? WHERE name = ?", (epoch, room))


def count_session(connection: sqlite3.Connection, *, room: str, number: int) -> None:
    """Write down that a source session has taken this number."""
    connection.execute("UPDATE room SET last_session = max(last_session, ?) WHERE name = ?", (number, room))


def newest(connection: sqlite3.Connection, *, room: str, most: int) -> list[tuple[Event, int]]:
    """Return the newest events with the moments they were said, oldest first."""
    statement = "SELECT body, at_ms FROM event WHERE room = ? ORDER BY seq DESC LIMIT ?"
    rows = connection.execute(statement, (room, most)).fetchall()
    return [(Event(**json.loads(body)), at_ms) for body, at_ms in reversed(rows)]


def before(connection: sqlite3.Connection, *, room: str, seq: int, most: int) -> list[Event]:
    """Return the newest events before a number, oldest first, without those that a later one took the place of.

    What was taken back is left out.
    """
    statement = (
        "SELECT body FROM event AS found WHERE room = ? AND seq < ? AND json_extract(body, '$.state') != 'withdrawn' "
        "AND NOT EXISTS (SELECT 1 FROM event AS later "
        "WHERE later.room = found.room AND later.place = found.place AND later.seq > found.seq) "
        "ORDER BY seq DESC LIMIT ?"
    )
    rows = connection.execute(statement, (room, seq, most)).fetchall()
    return [Event(**json.loads(body)) for (body,) in reversed(rows)]


def everything(connection: sqlite3.Connection, *, room: str) -> list[Event]:
    """Return all events of a room, oldest first."""
    rows = connection.execute("SELECT body FROM event WHERE room = ? ORDER BY seq", (room,))
    return [Event(**json.loads(body)) for (body,) in rows]


def _remember_seq(connection: sqlite3.Connection, room: str) -> None:
    """Numbers go on behind what is deleted."""
    connection.execute(
        "UPDATE room SET last_seq = max(last_seq, (SELECT coalesce(max(seq), 0) FROM event WHERE room = ?1)) "
        "WHERE name = ?1",
        (room,),
    )


def oldest(connection: sqlite3.Connection, *, room: str) -> int | None:
    """Return when the oldest event of a room was said, None if there is none."""
    found: int | None = connection.execute("SELECT min(at_ms) FROM event WHERE room = ?", (room,)).fetchone()[0]
    return found


def forget(connection: sqlite3.Connection, *, room: str, before_ms: int) -> int | None:
    """Delete what was said before a moment, and return when the oldest that is left was said."""
    _remember_seq(connection, room)
    connection.execute("DELETE FROM event WHERE room = ? AND at_ms < ?", (room, before_ms))
    return oldest(connection, room=room)


def erase(connection: sqlite3.Connection, *, room: str, last_seq: int, epoch: str = "") -> None:
    """Delete all events of a room, whose numbers go on behind `last_seq`, under a new epoch if one is given."""
    connection.execute(
        "UPDATE room SET last_seq = max(last_seq, ?), epoch = iif(? = '', epoch, ?) WHERE name = ?",
        (last_seq, epoch, epoch, room),
    )
    connection.execute("DELETE FROM event WHERE room = ?", (room,))
