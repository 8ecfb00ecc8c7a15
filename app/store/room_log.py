"""The log of one room: each final phrase is on the disk before anybody sees it, unless the disk fails."""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from app import log, metrics
from app.captions.event import Event
from app.captions.log import OnLogged, current_phrases
from app.errors import StoreError
from app.store import event_table
from app.store.clock import Clock
from app.store.database import Database
from app.store.event_table import StoredEvent

logger = log.get(__name__)

PATIENCE_S = 3.0
"""How long a final phrase waits for the disk before it is shown all the same, and the room says so."""

RETRY_S = 2.0
"""Pause before what a failing disk refused is written again."""

HELD = 2_000
"""Newest events held in memory, which serve whoever comes back; older ones are read from the disk."""

HELD_ALONE = 10_000
"""Newest events held of a room that keeps nothing on the disk: about a day of talk."""

UNSAVED_MAX = 10_000
"""Events that wait for a failing disk; beyond, the oldest is given up and counted."""


def new_epoch() -> str:
    """Return a name for a life of a log that no other has."""
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class _UnsavedEvent:
    kept: StoredEvent
    tell: OnLogged
    since_s: float


class RoomLog:
    """Numbers a room's events, saves them, and then tells of them, in order.

    When the disk fails or hangs, phrases are told unsaved, and saved when it works again. They are told under a new
    epoch, so that a reader who saw one that was then lost with the process starts afresh.
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
        """Take up the log of a room whose row is there; `retention_s` 0 keeps it in memory only.

        A log in memory has an epoch of its own: its numbers do not outlive the process.
        """
        self.epoch = epoch if retention_s > 0 else new_epoch()
        self.problem = ""
        self.retention_s = retention_s
        self.on_problem: Callable[[], None] = lambda: None
        self._room, self._database, self._clock = room, database, clock
        self._seq = last_seq
        self.last_seq = last_seq
        """Number of the newest event that was told."""
        self.expired_seq = 0
        """Number of the newest event that memory has forgotten for its age."""
        self._session = last_session
        self._held: deque[StoredEvent] = deque()
        self._given_up = 0
        """Number of the newest event that memory let go of for want of room."""
        self._waiting: deque[_UnsavedEvent] = deque()
        self._unsaved: deque[StoredEvent] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._oldest_ms: int | None = None
        """When the oldest phrase on the disk was said; None if there is none."""
        if last_seq:
            self._oldest_ms = database.read(partial(event_table.oldest, room=room))
        if self.is_kept and last_seq:
            rows = database.read(partial(event_table.newest, room=room, most=HELD))
            self._held.extend(StoredEvent(replace(event, epoch=epoch), at_ms) for event, at_ms in rows)
            if len(rows) == HELD:
                self._given_up = (self._held[0].event.seq or 1) - 1

    @property
    def is_kept(self) -> bool:
        """Whether the room's phrases go to the disk."""
        return self.retention_s > 0

    @property
    def end_s(self) -> float:
        """Where the newest phrase held ends, in seconds on the room's clock."""
        return max((kept.event.end_s for kept in self._held), default=0.0)

    def begin_session(self) -> int:
        """Return the number of a new source session."""
        self._session += 1
        if self.is_kept:
            self._database.write(partial(event_table.count_session, room=self._room, number=self._session), self._noted)
        return self._session

    def append(self, event: Event, tell: OnLogged) -> None:
        """Number the event and save it, then `tell` of it; at once while the disk fails."""
        self._seq += 1
        kept = StoredEvent(replace(event, epoch=self.epoch, seq=self._seq), self._clock.now_ms())
        if not self.is_kept:
            self._tell(kept, tell)
            return
        if self._oldest_ms is None:
            self._oldest_ms = kept.at_ms
        if self.problem:
            self._tell_unsaved(kept, tell)
            return
        self._waiting.append(_UnsavedEvent(kept, tell, time.monotonic()))
        self._database.write(
            partial(event_table.insert, room=self._room, rows=[event_table.row(kept)]),
            lambda _, error: self._written(kept, error),
        )
        self._watch()

    def since(self, seq: int) -> list[Event]:
        """Return the events after `seq` that are still held, oldest first."""
        return [kept.event for kept in self._held if (kept.event.seq or 0) > seq]

    def can_resume_from(self, seq: int) -> bool:
        """Return whether `since(seq)` leaves out nothing but what was forgotten on purpose."""
        return self._given_up <= seq <= self.last_seq

    async def before(self, seq: int, most: int) -> list[Event]:
        """Return the newest `most` events before a number as they stand now, oldest first.

        Raises:
            StoreError: The disk does not give them.
        """
        held = [event for event in current_phrases(self.since(0)) if (event.seq or 0) < seq]
        if len(held) >= most or not self.is_kept or not self._given_up:
            return held[-most:]
        first = min(self._given_up + 1, seq)
        older = await self._database.run(partial(event_table.before, room=self._room, seq=first, most=most - len(held)))
        return [*(replace(event, epoch=self.epoch) for event in older), *held]

    async def all_events(self) -> list[Event]:
        """Return all events that are kept, oldest first, saved or not.

        Raises:
            StoreError: The disk does not give them.
        """
        if not self.is_kept:
            return [kept.event for kept in self._held]
        unsaved = {kept.event.seq: kept.event for kept in self._unsaved}
        rows = await self._database.run(partial(event_table.everything, room=self._room))
        known = {event.seq: event for event in rows} | unsaved
        told = [known[seq] for seq in sorted(seq for seq in known if seq and seq <= self.last_seq)]
        return [replace(event, epoch=self.epoch) for event in told]

    async def drain(self) -> None:
        """Wait until all events that were appended are told."""
        with suppress(StoreError):
            await self._database.run(lambda _: None)  # jobs are done in order

    async def keep(self, retention_s: float) -> None:
        """Change how long phrases are kept, from now on and for what is there.

        Raises:
            StoreError: The disk refused to forget.
        """
        was_kept, self.retention_s = self.is_kept, retention_s
        if was_kept and not self.is_kept:
            self._unsaved.clear()
            self.epoch = new_epoch()  # of memory alone; a restart takes up the one on the disk
        await self.expire()

    async def expire(self) -> int:
        """Forget what is older than the retention, on the disk and in memory, and return how many memory held of it.

        Raises:
            StoreError: The disk refused; memory has forgotten already.
        """
        before_ms = self._clock.now_ms() - round((self.retention_s or 86_400.0) * 1000)
        n_before = len(self._held)
        for kept in (self._held, self._unsaved):
            while kept and kept[0].at_ms < before_ms:
                self.expired_seq = max(self.expired_seq, kept.popleft().event.seq or 0)
        if self._oldest_ms is None:
            pass
        elif not self.is_kept:
            await self._database.run(partial(event_table.erase, room=self._room, last_seq=self._seq), scrubs=True)
            self._oldest_ms = None
        elif self._oldest_ms < before_ms:
            forget = partial(event_table.forget, room=self._room, before_ms=before_ms)
            oldest_ms = await self._database.run(forget, scrubs=True)
            # what was said meanwhile, or waits for a failing disk, is not among what the disk told
            behind = [kept[0].at_ms for kept in (self._held, self._unsaved) if kept]
            behind += [waiting.kept.at_ms for waiting in self._waiting]
            self._oldest_ms = min([*behind, *([] if oldest_ms is None else [oldest_ms])], default=None)
        return n_before - len(self._held)

    async def erase(self) -> None:
        """Forget everything now; readers start afresh, numbers and sessions go on.

        Raises:
            StoreError: The disk refused; memory has forgotten already.
        """
        self.epoch = new_epoch()
        for held in (self._held, self._waiting, self._unsaved):
            held.clear()
        self._given_up = self._seq
        # while phrases are told unsaved, the disk must not know the epoch they are told under
        epoch = self.epoch if self.is_kept and not self.problem else new_epoch()
        await self._database.run(
            partial(event_table.erase, room=self._room, last_seq=self._seq, epoch=epoch), scrubs=True
        )

    async def flush(self) -> None:
        """Save once more what the disk has refused so far, before the process ends.

        Raises:
            StoreError: It refuses still; what was shown unsaved ends with the process.
        """
        await self._database.run(lambda connection: None)  # what waits is saved by now, or refused
        if self.problem and self.is_kept:
            kept = list(self._unsaved)
            rows = [event_table.row(one) for one in kept]
            await self._database.run(partial(event_table.insert, room=self._room, rows=rows, session=self._session))
            self._saved(kept, None)

    def _tell(self, kept: StoredEvent, tell: OnLogged) -> None:
        self._held.append(kept)
        self.last_seq = kept.event.seq or 0
        if len(self._held) > (HELD if self.is_kept else HELD_ALONE):
            self._given_up = self._held.popleft().event.seq or 0
        tell(kept.event)

    def _tell_unsaved(self, kept: StoredEvent, tell: OnLogged) -> None:
        kept = replace(kept, event=replace(kept.event, epoch=self.epoch))
        self._unsaved.append(kept)
        if len(self._unsaved) > UNSAVED_MAX:
            self._unsaved.popleft()
            metrics.UNSAVED_DROPPED.inc()
        metrics.UNSAVED.labels(self._room).set(len(self._unsaved))
        self._tell(kept, tell)

    def _written(self, kept: StoredEvent, error: StoreError | None) -> None:
        if error is not None:
            self._fail(f"{error} They go on, are kept in memory, and are saved when the disk works again.")
        elif self._waiting and self._waiting[0].kept is kept:
            waiting = self._waiting.popleft()
            self._tell(waiting.kept, waiting.tell)

    def _noted(self, _: object, error: StoreError | None) -> None:
        if error is not None:  # a session that takes this number after a restart would take its phrases' names too
            self._fail(f"{error} Captions go on, are kept in memory, and are saved when the disk works again.")

    def _resume(self) -> None:
        """Let the disk know the epoch, now that all that was told under it is saved.

        Earlier, a crash would have numbers given out again under it, for other phrases.
        """
        if self.is_kept:
            set_epoch = partial(event_table.set_epoch, room=self._room, epoch=self.epoch)
            self._database.write(set_epoch, lambda _, error: self._resumed(error))

    def _resumed(self, error: StoreError | None) -> None:
        if error is not None:  # a restart takes up the old epoch, and readers start afresh
            logger.warning("epoch_not_saved", room=self._room, reason=str(error))

    def _watch(self) -> None:
        """See to it that no phrase waits longer than PATIENCE_S."""
        if self._timer is None and self._waiting:
            patience_s = self._waiting[0].since_s + PATIENCE_S - time.monotonic()
            self._timer = asyncio.get_running_loop().call_later(patience_s, self._overdue)

    def _overdue(self) -> None:
        self._timer = None
        if not self._waiting:
            return
        if time.monotonic() - self._waiting[0].since_s >= PATIENCE_S:
            self._fail("The disk is too slow to save the captions. They go on, and are saved when it answers.")
        else:
            self._watch()

    def _fail(self, problem: str) -> None:
        """Go on without the disk, and try it again."""
        if not self.problem:
            logger.warning("log_not_saved", room=self._room, reason=problem)
            self.problem = problem
            self.epoch = new_epoch()
            asyncio.get_running_loop().call_later(RETRY_S, self._retry)
        while self._waiting:
            waiting = self._waiting.popleft()
            self._tell_unsaved(waiting.kept, waiting.tell)
        self.on_problem()

    def _retry(self) -> None:
        if not self.problem:
            return
        kept = list(self._unsaved)
        if not self.is_kept:
            self._saved(kept, None)
            return
        rows = [event_table.row(one) for one in kept]
        self._database.write(
            partial(event_table.insert, room=self._room, rows=rows, session=self._session),
            lambda _, error: self._saved(kept, error),
        )

    def _saved(self, kept: Sequence[StoredEvent], error: StoreError | None) -> None:
        """What was unsaved is on the disk, or was refused again."""
        if error is None:
            while self._unsaved and kept and (self._unsaved[0].event.seq or 0) <= (kept[-1].event.seq or 0):
                self._unsaved.popleft()
            if not self._unsaved:
                self._resume()
                self.problem = ""
                logger.warning("log_saved_again", room=self._room)
                self.on_problem()
        metrics.UNSAVED.labels(self._room).set(len(self._unsaved))
        if self.problem:
            asyncio.get_running_loop().call_later(RETRY_S if error else 0.0, self._retry)
