"""Reads the stored events of one room in pages, beside the writes."""

from functools import partial

from app.captions.event import Event
from app.store import event_table
from app.store.database import Database


class LogReader:
    """Reads a room's events from the disk; between two pages other reads have their turn.

    All methods raise BusyError if too many others read, and StoreError if the disk cannot be read.
    """

    def __init__(self, room: str, database: Database) -> None:
        """Read the events of a room."""
        self._room, self._database = room, database

    async def before(self, seq: int, limit: int, *, epoch: str) -> list[Event]:
        """Return the newest `limit` phrases numbered below `seq` in their current state, oldest first."""
        found: list[Event] = []
        while len(found) < limit and seq:
            missing = limit - len(found)
            read = partial(event_table.before, room=self._room, seq=seq, limit=missing, epoch=epoch)
            older, seq = await self._database.query(read)
            found = older + found
        return found

    async def all_events(self, last_seq: int, *, track: str | None, epoch: str) -> list[Event]:
        """Return the events up to a number, oldest first; with `track` only those on it."""
        events: list[Event] = []
        oldest_seq = await self._database.query(partial(event_table.oldest_seq, room=self._room))
        for first in range(last_seq + 1 if oldest_seq is None else oldest_seq, last_seq + 1, event_table.PAGE_ROWS):
            last = min(last_seq, first + event_table.PAGE_ROWS - 1)
            read = partial(event_table.page, room=self._room, first=first, last=last, track=track, epoch=epoch)
            events += await self._database.query(read)
        return events
