"""A child process with the real web server over one room, into which captions are published on a steady clock.

The only file of the bench that knows the server's insides; viewers know docs/protocol.md.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from app import log as logs
from app.audio.browser import BrowserSource
from app.bench.child_process import answer, run, watch_loop
from app.bench.delivery_ledger import Final, digest
from app.bench.histogram import Histogram
from app.captions.event import ORIGINAL, Event
from app.captions.live_session import LiveDecoder
from app.captions.room import Room
from app.captions.session import SessionSettings
from app.errors import BusyError, SettingsError
from app.store.clock import Clock
from app.store.database import Database
from app.store.keyring import Keyring
from app.store.rooms import RoomSettings, RoomStore, newest_ms
from app.web.auth import Authenticator
from app.web.context import AppContext
from app.web.limits import ConnectionLimits, LimitSettings, raise_file_limit
from app.web.server import Server, bind

ROOM = "main"

TEXT = (
    "the next point on the agenda is the budget for the second half of the year which we have to settle before the "
    "summer and I would like to hear from everyone what their teams can do without and what they cannot"
)
"""What is read out, again and again."""

STEPS = 4
"""Events of one phrase; the last is final."""


class Nobody:
    """An engine that is never asked."""

    def join(self) -> AbstractContextManager[LiveDecoder]:
        """Refuse."""
        raise BusyError("Nobody speaks here.", retry_after_s=60.0)


class OneRoomService:
    """What the doors need of a service: one public room on a real store, in which a text is read out."""

    is_ready = True

    def __init__(self, folder: Path) -> None:
        """Prepare the store; nothing is said until `speak`."""
        self._database = Database(folder / "surtitle.db")
        clock = Clock(self._database.read(newest_ms))
        self.keyring = Keyring(self._database, clock)
        self._shelf = RoomStore(self._database, clock)
        self._settings = RoomSettings(is_public=True)
        self.finals: list[Final] = []
        """All logged events that readers were told so far."""
        self.n_published = 0
        self.late = Histogram()
        """How long after it was due each event was published, because the server kept the event loop busy."""

    async def open(self) -> AppContext:
        """Open the room, with what it held before, and return the doors to it."""
        kept = next(iter(self._shelf.all()), None) or await self._shelf.add(ROOM, self._settings)
        log = self._shelf.log(kept)
        self._session = log.begin_session()
        self._room = Room(ROOM, engine=Nobody(), settings=SessionSettings(), log=log, model="none")
        limits = ConnectionLimits(
            LimitSettings(sockets=30_000, address=30_000, room=30_000, key=30_000, unauthenticated=30_000)
        )
        return AppContext(self, Authenticator(self.keyring, limits, is_loopback_only=True), limits)

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
        """Find nothing."""
        return None

    def switch_source(self, room: str, source: str, *, is_on: bool) -> None:
        """Refuse: nobody speaks here."""
        raise SettingsError("This service only measures.")

    async def create_room(self, name: str, settings: RoomSettings) -> None:
        """Refuse."""
        raise SettingsError("The bench has one room.")

    async def change_room(self, name: str, settings: RoomSettings) -> None:
        """Refuse."""
        raise SettingsError("The bench has one room.")

    async def erase_captions(self, name: str) -> None:
        """Refuse."""
        raise SettingsError("The bench forgets nothing.")

    async def remove_room(self, name: str) -> None:
        """Refuse."""
        raise SettingsError("The bench has one room.")

    def open_browser_source(self, room: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Refuse; nobody speaks here."""
        raise BusyError("Nobody speaks here.", retry_after_s=60.0)

    async def speak(self, rate_hz: float) -> None:
        """Publish so many events a second for ever, each due at its own moment so that delays do not add up."""
        began = time.monotonic()
        with self._room.bus.listen(self.note):
            await self._speak(rate_hz, began)

    async def _speak(self, rate_hz: float, began: float) -> None:
        for number in count():
            due = began + number / rate_hz
            await asyncio.sleep(due - time.monotonic())
            self.late.add(time.monotonic() - due)
            self._room.publish(event_of_speech(number, time.monotonic_ns(), self._session))
            self.n_published += 1

    def note(self, event: Event) -> None:
        """Keep what readers are told."""
        if event.seq is not None:
            self.finals.append(Final(event.seq, digest(event.phrase, event.committed)))


def event_of_speech(number: int, now_ns: int, session: int = 1) -> Event:
    """Return an event of a speech without end, in which each phrase grows for a few events, then is final.

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


class Host:
    """What the bench can ask of this process."""

    def __init__(self, stage: OneRoomService, port: int, group: asyncio.TaskGroup) -> None:
        """Serve a stage on a port."""
        self._stage = stage
        self._port = port
        self._group = group
        self._lag = Histogram()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> dict[str, object]:
        """Return where the room is."""
        return {"port": self._port, "room": ROOM}

    async def start(self, rate_hz: float) -> dict[str, object]:
        """Begin to speak."""
        self._tasks = [
            self._group.create_task(self._stage.speak(rate_hz)),
            self._group.create_task(watch_loop(self._lag)),
        ]
        return {}

    async def stop(self) -> dict[str, object]:
        """Fall silent, if somebody spoke; returns what was said, how late it was said and how late the loop was."""
        for task in self._tasks:
            task.cancel()
        finals = [asdict(final) for final in self._stage.finals]
        return {
            "n_published": self._stage.n_published,
            "finals": finals,
            "late": self._stage.late.counts,
            "lag": self._lag.counts,
        }


async def main() -> None:
    """Serve until the parent is gone."""
    logs.setup()
    raise_file_limit()
    with TemporaryDirectory(prefix="surtitle-bench-") as folder:
        await serve(OneRoomService(Path(folder)))


async def serve(stage: OneRoomService) -> None:
    """Serve a stage until the parent is gone."""
    bound = bind("127.0.0.1", 0)
    server = Server(await stage.open(), bound)
    async with asyncio.TaskGroup() as group, server.running():
        host = Host(stage, bound.getsockname()[1], group)
        await answer({"open": host.open, "start": host.start, "stop": host.stop})


if __name__ == "__main__":
    run(main)
