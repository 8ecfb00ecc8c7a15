"""The service behind the web server of a bench: one public room on a real store, with captions of a fixed text."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import BinaryIO

from app.audio.browser import BrowserSource
from app.bench.delivery_ledger import Final, compute_digest
from app.bench.histogram import Histogram
from app.captions.event import ORIGINAL, Event
from app.captions.live_session import LiveDecoder
from app.captions.room import Room
from app.captions.session_settings import SessionSettings
from app.errors import BusyError, SettingsError
from app.service.hosted_room import Erasure
from app.store.clock import Clock
from app.store.database import Database
from app.store.keyring import Keyring
from app.store.rooms import RoomSettings, RoomStore, newest_ms
from app.web.auth import Authenticator
from app.web.context import AppContext
from app.web.limits import ConnectionLimits, LimitSettings

ROOM = "main"

TEXT = (
    "the next point on the agenda is the budget for the second half of the year which we have to settle before the "
    "summer and I would like to hear from everyone what their teams can do without and what they cannot"
)
"""The text of the captions, repeated."""

STEPS = 4
"""Events of one phrase; the last is final."""


class ClosedEngine:
    """An engine that rejects every stream."""

    def join(self, room: str = "") -> AbstractContextManager[LiveDecoder]:
        """Reject the stream."""
        raise BusyError("This room has no sources.", retry_after_s=60.0)


class OneRoomService:
    """Provides what the web server needs of a service."""

    is_ready = True
    translation = None

    def __init__(self, folder: Path) -> None:
        """Open the store; nothing is published until `publish_captions`."""
        self._database = Database(folder / "surtitle.db")
        clock = Clock(self._database.read(newest_ms))
        self.keyring = Keyring(self._database, clock)
        self._store = RoomStore(self._database, clock)
        self._settings = RoomSettings(is_public=True)
        self.finals: list[Final] = []
        """All logged events that were published so far."""
        self.n_published = 0
        self.late = Histogram()
        """Delay of each event's publication, caused by a busy event loop."""

    async def open(self) -> AppContext:
        """Open the room, with its stored captions, and return the context of the web server."""
        stored = next(iter(self._store.all()), None) or await self._store.add(ROOM, self._settings)
        self._log = self._store.log(stored)
        self._session = self._log.begin_session()
        self._room = Room(ROOM, engine=ClosedEngine(), settings=SessionSettings(), log=self._log, model="none")
        limits = ConnectionLimits(LimitSettings(sockets=30_000, address=30_000, room=30_000, key=30_000))
        return AppContext(
            self, Authenticator(self.keyring, limits, local_reads=True, public_rooms=lambda: [ROOM]), limits
        )

    def close(self) -> None:
        """Close the store."""
        self._database.close()

    @property
    def rooms(self) -> Mapping[str, Room]:
        """The only room."""
        return {ROOM: self._room}

    def get_room(self, name: str) -> Room:
        """Return the only room."""
        return self._room

    def get_room_settings(self, name: str) -> RoomSettings:
        """Return its settings."""
        return self._settings

    def find_public_room(self, code: str) -> str | None:
        """Return None: no room has a code."""
        return None

    def switch_source(self, room: str, source: str, *, is_on: bool) -> None:
        """Reject: the room has no sources."""
        raise SettingsError("This service only measures.")

    async def make_backup(self) -> BinaryIO:
        """Reject: the bench keeps nothing."""
        raise SettingsError("This service only measures.")

    async def create_room(self, name: str, settings: RoomSettings) -> None:
        """Reject: the bench keeps its one room as it is."""
        raise SettingsError("The bench has one room.")

    async def restrict_room(self, name: str, settings: RoomSettings) -> None:
        """Reject: the bench keeps its one room as it is."""
        raise SettingsError("The bench has one room.")

    async def change_room(self, name: str, settings: RoomSettings) -> None:
        """Reject: the bench keeps its one room as it is."""
        raise SettingsError("The bench has one room.")

    async def erase_captions(self, name: str) -> Erasure:
        """Reject: the bench keeps its one room as it is."""
        raise SettingsError("The bench erases nothing.")

    async def remove_room(self, name: str) -> Erasure:
        """Reject: the bench keeps its one room as it is."""
        raise SettingsError("The bench has one room.")

    def open_page(self, room: str, key: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Reject: the room has no sources."""
        raise BusyError("This room has no sources.", retry_after_s=60.0)

    def end_pages(self, key: str) -> None:
        """Do nothing: the room has no sources."""

    async def publish_captions(self, rate_hz: float) -> None:
        """Publish `rate_hz` events a second until cancelled; each has its own due moment, so delays do not add up.

        Cancelling waits until the last event is written, so that `finals` has all that viewers receive.
        """
        began = time.monotonic()
        with self._room.bus.listen(self.note_final):
            try:
                await self._publish_captions(rate_hz, began)
            finally:
                await self._log.drain()

    async def _publish_captions(self, rate_hz: float, began: float) -> None:
        for number in count():
            due = began + number / rate_hz
            await asyncio.sleep(due - time.monotonic())
            self.late.add(time.monotonic() - due)
            self._room.publish(make_event(number, time.monotonic_ns(), self._session))
            self.n_published += 1

    def note_final(self, event: Event) -> None:
        """Add an event to the finals if it is logged."""
        if event.seq is not None:
            self.finals.append(Final(event.seq, compute_digest(event.phrase, event.committed)))


def make_event(number: int, now_ns: int, session: int = 1) -> Event:
    """Return an event of an endless talk; each phrase grows for a few events, then it is final.

    Its text ends with its number and the moment of its publication on the system's monotonic clock: `#41@123456789`.
    """
    phrase, step = number // STEPS, number % STEPS + 1
    words = TEXT.split()[: 3 * step]
    is_final = step == STEPS
    solid, grey = (words, []) if is_final else (words[:-2], words[-2:])
    (solid if is_final else grey).append(f"#{number}@{now_ns}")
    return Event(
        room=ROOM,
        epoch="",
        seq=None,
        phrase=f"{session}-{phrase * 16_000}",
        rev=step,
        source="speaker",
        track=ORIGINAL,
        state="final" if is_final else "open",
        language="en",
        start_s=float(phrase),
        end_s=phrase + step / STEPS,
        committed=" ".join(solid),
        tentative=" ".join(grey),
    )
