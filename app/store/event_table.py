"""The SQL for the table of events: insert, read and delete a room's captions."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from app.captions.event import Event


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event and the time when it was said."""

    event: Event
    at_ms: int
    """Time of speech in milliseconds since 1970, on the store's clock."""


PAGE_ROWS = 250
"""Rows of one read: a few milliseconds, in which a scrub of the disk waits."""

SEARCHED_ROWS = 1_000
"""Rows that one read searches for current phrases; most of them are."""

Row = tuple[int, int, str, str]
"""Sequence number, time in ms, the event as JSON, and its place: phrase and track."""


def to_row(stored: StoredEvent) -> Row:
    """Return the row of an event, without the room."""
    fields = asdict(stored.event)
    place = f"{stored.event.phrase} {stored.event.track}"
    return stored.event.seq or 0, stored.at_ms, json.dumps(fields, ensure_ascii=False, separators=(",", ":")), place


def read_body(body: str, epoch: str | None = None) -> Event:
    """Return the event that a row has as JSON, under another epoch if one is given.

    Rows of earlier versions have no doubtful words.
    """
    fields = json.loads(body)
    fields["doubtful"] = tuple(fields.get("doubtful", ()))
    if epoch is not None:
        fields["epoch"] = epoch
    return Event(**fields)


def insert(connection: sqlite3.Connection, *, room: str, rows: Sequence[Row], session: int = 0) -> None:
    """Insert or replace rows, and save the number of the newest source session."""
    statement = "INSERT OR REPLACE INTO event (room, seq, at_ms, body, place) VALUES (?, ?, ?, ?, ?)"
    connection.executemany(statement, [(room, *row) for row in rows])
    if session:
        count_session(connection, room=room, number=session)


def set_epoch(connection: sqlite3.Connection, *, room: str, epoch: str) -> None:
    """Save the epoch of a room's log."""
    connection.execute("UPDATE room SET epoch = ? WHERE name = ?", (epoch, room))


def count_session(connection: sqlite3.Connection, *, room: str, number: int) -> None:
    """Save that a source session has this number."""
    connection.execute("UPDATE room SET last_session = max(last_session, ?) WHERE name = ?", (number, room))


def newest(connection: sqlite3.Connection, *, room: str, limit: int, epoch: str) -> list[StoredEvent]:
    """Return the newest events, oldest first."""
    statement = "SELECT body, at_ms FROM event WHERE room = ? ORDER BY seq DESC LIMIT ?"
    rows = connection.execute(statement, (room, limit)).fetchall()
    return [StoredEvent(read_body(body, epoch), at_ms) for body, at_ms in reversed(rows)]


def before(connection: sqlite3.Connection, *, room: str, seq: int, limit: int, epoch: str) -> tuple[list[Event], int]:
    """Return the newest events numbered below `seq`, oldest first, and below which number to go on; 0 for none.

    Replaced events and withdrawn phrases are left out. At most SEARCHED_ROWS rows are searched.
    """
    first = max(0, seq - SEARCHED_ROWS)
    statement = (
        "SELECT body FROM event AS found WHERE room = ? AND seq < ? AND seq >= ? "
        "AND json_extract(body, '$.state') != 'withdrawn' "
        "AND NOT EXISTS (SELECT 1 FROM event AS later "
        "WHERE later.room = found.room AND later.place = found.place AND later.seq > found.seq) "
        "ORDER BY seq DESC LIMIT ?"
    )
    rows = connection.execute(statement, (room, seq, first, limit)).fetchall()
    last = connection.execute("SELECT max(seq) FROM event WHERE room = ? AND seq < ?", (room, first)).fetchone()[0]
    return [read_body(body, epoch) for (body,) in reversed(rows)], 0 if last is None else last + 1


def oldest_seq(connection: sqlite3.Connection, *, room: str) -> int | None:
    """Return the number of the oldest event of a room, None if there is none."""
    seq: int | None = connection.execute("SELECT min(seq) FROM event WHERE room = ?", (room,)).fetchone()[0]
    return seq


def page(
    connection: sqlite3.Connection, *, room: str, first: int, last: int, track: str | None, epoch: str
) -> list[Event]:
    """Return the events with these numbers, oldest first; with `track` only those on it."""
    statement = "SELECT body FROM event WHERE room = ? AND seq BETWEEN ? AND ? "
    if track is not None:
        statement += "AND json_extract(body, '$.track') = ? "
    parameters = (room, first, last) if track is None else (room, first, last, track)
    rows = connection.execute(statement + "ORDER BY seq", parameters).fetchall()
    return [read_body(body, epoch) for (body,) in rows]


def _save_last_seq(connection: sqlite3.Connection, room: str) -> None:
    """Save the last number, so that numbers continue after all events are deleted."""
    connection.execute(
        "UPDATE room SET last_seq = max(last_seq, (SELECT coalesce(max(seq), 0) FROM event WHERE room = ?1)) "
        "WHERE name = ?1",
        (room,),
    )


def oldest_ms(connection: sqlite3.Connection, *, room: str) -> int | None:
    """Return when the oldest event of a room was said, None if there is none."""
    at_ms: int | None = connection.execute("SELECT min(at_ms) FROM event WHERE room = ?", (room,)).fetchone()[0]
    return at_ms


def delete_before(connection: sqlite3.Connection, *, room: str, before_ms: int) -> int | None:
    """Delete what was said before a time, and return when the oldest remaining event was said."""
    _save_last_seq(connection, room)
    connection.execute("DELETE FROM event WHERE room = ? AND at_ms < ?", (room, before_ms))
    return oldest_ms(connection, room=room)


def delete_all(connection: sqlite3.Connection, *, room: str, last_seq: int, epoch: str = "") -> int:
    """Delete all events of a room and return how many there were.

    Numbers continue after `last_seq`, under a new epoch if one is given.
    """
    connection.execute(
        "UPDATE room SET last_seq = max(last_seq, ?), epoch = iif(? = '', epoch, ?) WHERE name = ?",
        (last_seq, epoch, epoch, room),
    )
    return connection.execute("DELETE FROM event WHERE room = ?", (room,)).rowcount
