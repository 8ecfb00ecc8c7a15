"""The log of one room: saves each final phrase before it is published, unless the disk fails."""

import asyncio
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from app import log
from app.captions.caption_log import OnLogged, older_phrases, on_track
from app.captions.event import Event
from app.errors import StoreError
from app.store import event_table
from app.store.clock import Clock
from app.store.database import Database
from app.store.event_table import StoredEvent
from app.store.log_reader import LogReader
from app.store.pending_events import PendingEvents
from app.store.recent_events import RecentEvents
from app.store.unsaved_events import UnsavedEvents, merge_unsaved

logger = log.get(__name__)

RETRY_S = 2.0
"""Pause before unsaved events are written again."""

ON_DISK_FAILURE = "Subtitling continues; captions are kept in memory and saved once the disk works again."

RECENT_MAX = 2_000
"""Newest events in memory, for viewers that reconnect; older ones are read from the disk."""

MEMORY_ONLY_MAX = 10_000
"""Newest events in memory if nothing is saved: about a day of talk."""


def new_epoch() -> str:
    """Return a unique name for one continuous log."""
    return secrets.token_hex(6)


class RoomLog:
    """Numbers a room's events, saves them, and then publishes them, in order.

    When the disk fails or hangs, phrases are published unsaved, under a new epoch, and saved when it works again. If
    the process ends before that, viewers with that epoch start again from a snapshot.
    """

    def __init__(
        self,
        room: str,
        database: Database,
        clock: Clock,
        *,
        epoch: str,
        last_seq: int = 0,
        last_session: int = 0,
        retention_s: float,
    ) -> None:
        """Open the log of a room whose row exists; with `retention_s` 0 events stay in memory only.

        A log in memory has an epoch of its own, because its numbers end with the process.
        """
        self.epoch = epoch if retention_s > 0 else new_epoch()
        self.problem = ""
        self.retention_s = retention_s
        self.on_problem: Callable[[], None] = lambda: None
        self._room, self._database, self._clock = room, database, clock
        self._seq = last_seq
        self.last_seq = last_seq
        """Number of the newest event that was published."""
        self.expired_seq = 0
        """Number of the newest event that was removed from memory because of its age."""
        self._session = last_session
        self._reader = LogReader(room, database)
        self._recent = RecentEvents()
        self.newest = self._recent.newest
        self._pending = PendingEvents(self._on_late)
        self._unsaved = UnsavedEvents(room)
        self._oldest_ms: int | None = None
        """When the oldest phrase on the disk was said; None if there is none."""
        if last_seq:
            self._oldest_ms = database.read(partial(event_table.oldest_ms, room=room))
        if self.is_saved and last_seq:
            newest = partial(event_table.newest, room=room, limit=RECENT_MAX, epoch=epoch)
            self._recent.load(database.read(newest), RECENT_MAX)

    @property
    def is_saved(self) -> bool:
        """Whether the room's phrases are saved to the disk."""
        return self.retention_s > 0

    @property
    def oldest_end_s(self) -> float:
        """Where the oldest phrase in memory ends; infinite if there is none."""
        return self._recent.oldest_end_s

    @property
    def end_s(self) -> float:
        """Where the newest phrase in memory ends, in seconds on the room's clock."""
        return self._recent.end_s

    def begin_session(self) -> int:
        """Return the number of a new source session."""
        self._session += 1
        if self.is_saved:
            count = partial(event_table.count_session, room=self._room, number=self._session)
            self._database.write(count, self._on_session_saved)
        return self._session

    def append(self, event: Event, on_logged: OnLogged) -> None:
        """Number the event and save it, then call `on_logged` with it; while the disk fails, call it at once."""
        self._seq += 1
        stored = StoredEvent(replace(event, epoch=self.epoch, seq=self._seq), self._clock.now_ms())
        if not self.is_saved:
            self._publish(stored, on_logged)
            return
        self._oldest_ms = stored.at_ms if self._oldest_ms is None else self._oldest_ms
        if self.problem:
            self._publish_unsaved(stored, on_logged)
            return
        self._pending.add(stored, on_logged)
        self._database.write(
            partial(event_table.insert, room=self._room, rows=[event_table.to_row(stored)]),
            lambda _, error: self._on_saved(stored, error),
        )

    def since(self, seq: int) -> list[Event]:
        """Return the published events after `seq` that are still in memory, oldest first."""
        return self._recent.since(seq)

    def can_resume_from(self, seq: int) -> bool:
        """Return whether `since(seq)` is complete, apart from events that have expired."""
        return self._recent.dropped_seq <= seq <= self.last_seq

    async def before(self, seq: int, limit: int) -> list[Event]:
        """Return the newest `limit` phrases numbered below `seq`, in their current state, oldest first.

        Raises BusyError, StoreError.
        """
        while True:
            epoch = self.epoch
            found = older_phrases(self.newest(), seq, limit)
            if len(found) == limit or not self.is_saved or not self._recent.dropped_seq:
                return found
            below = min(self._recent.dropped_seq + 1, seq)
            older = await self._reader.before(below, limit - len(found), epoch=epoch)
            if self.epoch == epoch:  # else it was erased meanwhile, or the disk has failed
                return older + found

    async def all_events(self, track: str | None = None) -> list[Event]:
        """Return all events that are kept, oldest first, saved or not; with `track` only those on it.

        Raises BusyError, StoreError.
        """
        while self.is_saved:
            epoch, last_seq = self.epoch, self.last_seq
            unsaved = on_track((one.event for one in self._unsaved), track)
            events = await self._reader.all_events(last_seq, track=track, epoch=epoch)
            if self.epoch != epoch:  # erased meanwhile, or the disk has failed
                continue
            return merge_unsaved(events, unsaved, epoch) if unsaved else events
        return on_track(self.since(0), track)

    async def drain(self) -> None:
        """Wait until all events appended so far are published."""
        with suppress(StoreError):
            await self._database.run(lambda _: None)  # jobs are done in order

    async def set_retention(self, retention_s: float) -> None:
        """Change how long phrases are kept, including existing ones.

        Raises StoreError if old phrases cannot be deleted from the disk.
        """
        was_saved, self.retention_s = self.is_saved, retention_s
        if was_saved and not self.is_saved:
            self._unsaved.clear()
            self.epoch = new_epoch()  # in memory only; a restart continues with the one on the disk
        await self.expire()

    async def expire(self) -> int:
        """Delete events older than the retention, on the disk and in memory; return the number deleted from memory.

        Raises StoreError if they cannot be deleted from the disk; they are no longer in memory.
        """
        before_ms = self._clock.now_ms() - round((self.retention_s or 86_400.0) * 1000)
        n_before = len(self._recent)
        self.expired_seq = max(self.expired_seq, self._recent.expire(before_ms), self._unsaved.expire(before_ms))
        n_expired = n_before - len(self._recent)
        if self._oldest_ms is None:
            return n_expired
        if not self.is_saved:
            await self._database.run(partial(event_table.delete_all, room=self._room, last_seq=self._seq), scrubs=True)
            self._oldest_ms = None
        elif self._oldest_ms < before_ms:
            delete = partial(event_table.delete_before, room=self._room, before_ms=before_ms)
            oldest_ms = await self._database.run(delete, scrubs=True)
            # the disk does not contain new events and unsaved ones
            times_ms = [oldest_ms, self._recent.oldest_ms, self._unsaved.oldest_ms, self._pending.oldest_ms]
            self._oldest_ms = min((at_ms for at_ms in times_ms if at_ms is not None), default=None)
        return n_expired

    async def erase(self) -> int:
        """Delete all events, return their number and start a new epoch; event and session numbers keep counting.

        Raises StoreError if they cannot be deleted from the disk; they are no longer in memory.
        """
        n_in_memory = len(self._unsaved if self.is_saved else self._recent)
        self.epoch = new_epoch()
        self._recent.clear(self._seq)
        self._pending.take_all()
        self._unsaved.clear()
        # the stored epoch must differ from the one used for unsaved phrases
        epoch = self.epoch if self.is_saved and not self.problem else new_epoch()
        delete = partial(event_table.delete_all, room=self._room, last_seq=self._seq, epoch=epoch)
        return n_in_memory + await self._database.run(delete, scrubs=True)

    async def flush(self) -> None:
        """Try once more to save unsaved events, before the process ends.

        Raises StoreError if the disk still fails; the unsaved events are lost when the process ends.
        """
        await self._database.run(lambda connection: None)  # waits until pending events are saved or have failed
        if self.problem and self.is_saved:
            stored = list(self._unsaved)
            await self._database.run(self._insert(stored))
            self._on_retried(stored, None)

    def _publish(self, stored: StoredEvent, on_logged: OnLogged) -> None:
        self.last_seq = stored.event.seq or 0
        self._recent.add(stored, RECENT_MAX if self.is_saved else MEMORY_ONLY_MAX)
        on_logged(stored.event)

    def _publish_unsaved(self, stored: StoredEvent, on_logged: OnLogged) -> None:
        stored = replace(stored, event=replace(stored.event, epoch=self.epoch))
        self._unsaved.add(stored)
        self._publish(stored, on_logged)

    def _on_saved(self, stored: StoredEvent, error: StoreError | None) -> None:
        if error is not None:
            self._fail(f"{error} {ON_DISK_FAILURE}")
        elif pending := self._pending.take(stored):
            self._publish(stored, pending.on_logged)

    def _on_session_saved(self, _: object, error: StoreError | None) -> None:
        if error is not None:  # after a restart, another session could get this number, and its phrases the same names
            self._fail(f"{error} {ON_DISK_FAILURE}")

    def _on_late(self) -> None:
        self._fail(f"The disk is too slow to save the captions. {ON_DISK_FAILURE}")

    def _fail(self, problem: str) -> None:
        """Continue without the disk, and try it again later."""
        if not self.problem:
            logger.warning("log_not_saved", room=self._room, reason=problem)
            self.problem = problem
            self.epoch = new_epoch()
            asyncio.get_running_loop().call_later(RETRY_S, self._retry)
        for pending in self._pending.take_all():
            self._publish_unsaved(pending.stored, pending.on_logged)
        self.on_problem()

    def _retry(self) -> None:
        if not self.problem:
            return
        stored = list(self._unsaved)
        if not self.is_saved:
            self._on_retried(stored, None)
            return
        self._database.write(self._insert(stored), lambda _, error: self._on_retried(stored, error))

    def _insert(self, stored: Sequence[StoredEvent]) -> Callable[[sqlite3.Connection], None]:
        rows = [event_table.to_row(one) for one in stored]
        return partial(event_table.insert, room=self._room, rows=rows, session=self._session)

    def _on_retried(self, stored: Sequence[StoredEvent], error: StoreError | None) -> None:
        """Record that unsaved events are saved now, or that saving them failed again."""
        if error is None:
            self._unsaved.remove(stored)
            if not self._unsaved:
                self._save_epoch()
                self.problem = ""
                logger.warning("log_saved_again", room=self._room)
                self.on_problem()
        if self.problem:
            asyncio.get_running_loop().call_later(RETRY_S if error else 0.0, self._retry)

    def _save_epoch(self) -> None:
        """Save the epoch once all events published under it are saved.

        Saved earlier, it would allow other phrases to get the same numbers after a crash.
        """
        if self.is_saved:
            set_epoch = partial(event_table.set_epoch, room=self._room, epoch=self.epoch)
            self._database.write(set_epoch, self._on_epoch_saved)

    def _on_epoch_saved(self, _: object, error: StoreError | None) -> None:
        if error is not None:  # a restart continues with the old epoch, and viewers start again from a snapshot
            logger.warning("epoch_not_saved", room=self._room, reason=str(error))
