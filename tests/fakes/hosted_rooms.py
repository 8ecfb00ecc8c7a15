"""A service without a model for tests of web and pages: rooms, keys and server are real."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO

from app.audio.browser import BrowserSource
from app.captions.caption_log import CaptionLog, MemoryLog
from app.captions.event import Event, State
from app.captions.room import Room
from app.captions.room_state import OutputHealth, OutputState, SourceState
from app.captions.session_settings import SessionSettings
from app.errors import BusyError, RoomError, SettingsError
from app.service.hosted_room import Erasure
from app.store.clock import Clock
from app.store.database import Database
from app.store.keyring import Keyring
from app.store.rooms import RoomSettings
from app.translate.offer import TranslationOffer
from app.web.auth import Authenticator
from app.web.context import AppContext
from app.web.limits import ConnectionLimits, LimitSettings
from app.web.server import Server, bind
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.ports import free_port
from tests.support.raw_peer import KEY


class HostedRooms:
    """What the web server needs of a service; it starts with one room that translates.

    Without a key of its own it has the admin key KEY, and local readers need none.
    """

    def __init__(
        self,
        key: str | None = None,
        epoch: str = "e1",
        limits: LimitSettings | None = None,
        log: CaptionLog | None = None,
    ) -> None:
        self.database = Database(None)
        self.keyring = Keyring(self.database, Clock())
        self.keyring.add_master_key(key or KEY)
        self.limits = ConnectionLimits(limits)
        self.is_ready = True
        self.sources: dict[str, BrowserSource] = {}
        self.is_full = False
        self.translation: TranslationOffer | None = None
        self._settings: dict[str, RoomSettings] = {}
        self._rooms: dict[str, Room] = {}
        self.main = self._open("main", RoomSettings(task="translate"), log or MemoryLog(epoch))
        self.context = AppContext(
            self,
            Authenticator(self.keyring, self.limits, local_reads=key is None, public_rooms=lambda: self.public_rooms),
            self.limits,
        )
        self.keyring.on_revoked = self.context.disconnect_key

    @property
    def rooms(self) -> Mapping[str, Room]:
        """All rooms."""
        return self._rooms

    @property
    def public_rooms(self) -> list[str]:
        """The names of the public rooms."""
        return [name for name, settings in self._settings.items() if settings.is_public]

    def get_room(self, name: str) -> Room:
        """Return a room."""
        if name not in self._rooms:
            raise RoomError(f"There is no room called {name} here.")
        return self._rooms[name]

    def get_room_settings(self, name: str) -> RoomSettings:
        """Return its settings."""
        self.get_room(name)
        return self._settings[name]

    def find_public_room(self, code: str) -> str | None:
        """Return the public room with this code."""
        return next((name for name in self.public_rooms if self._settings[name].code == code.upper()), None)

    async def create_room(self, name: str, settings: RoomSettings) -> None:
        """Create a room."""
        if name in self._rooms:
            raise SettingsError(f"There is a room {name} already.")
        self._open(name, settings, MemoryLog("e1"))

    async def restrict_room(self, name: str, settings: RoomSettings) -> None:
        """Close a room to readers at once."""
        self.get_room(name).is_open = settings.is_open

    async def change_room(self, name: str, settings: RoomSettings) -> None:
        """Change a room."""
        room = self.get_room(name)
        room.is_open = settings.is_open
        room.set_outputs(
            tuple(OutputState(one.id, one.kind, one.track, OutputHealth("starting")) for one in settings.outputs)
        )
        room.configure(replace(room.settings, task=settings.task))
        room.set_title(settings.title)
        room.set_targets(settings.targets)
        room.set_speakers(settings.speaker_names, shows_names=settings.shows_names)
        room.set_visibility(settings.showing)
        self._settings[name] = settings

    async def erase_captions(self, name: str) -> Erasure:
        """Erase a room's captions."""
        return Erasure(await self.get_room(name).erase(), ())

    async def remove_room(self, name: str) -> Erasure:
        """Delete a room."""
        erasure = await self.erase_captions(name)
        self._rooms.pop(name).is_open = False
        self.database.read(lambda connection: connection.execute("DELETE FROM room WHERE name = ?", (name,)))
        self.keyring.remove_room(name)
        return erasure

    async def make_backup(self) -> BinaryIO:
        """Return a few bytes."""
        return BytesIO(b"a backup")

    def switch_source(self, room: str, source: str, *, is_on: bool) -> None:
        """Show a source as stopped or as listening."""
        if source not in {state.name for state in self.get_room(room).state.sources}:
            raise SettingsError(f"Expected a source of the room {room}, but it has none of that name.")
        self.get_room(room).set_source(SourceState(source, "listening" if is_on else "stopped"))

    def open_page(self, room: str, key: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the source of a session, unless the service is full."""
        if self.is_full:
            raise BusyError("There is no room for one more. Try again in 60 s.", retry_after_s=60.0)
        return self.sources.setdefault(session, BrowserSource(session, label))

    def end_pages(self, key: str) -> None:
        """End all sources."""
        for source in self.sources.values():
            source.close()

    def say(
        self,
        phrase: str,
        committed: str,
        tentative: str = "",
        *,
        rev: int,
        track: str = "original",
        language: str = "en",
        final: bool = False,
    ) -> None:
        """Publish one state of a phrase."""
        state: State = "final" if final else "open"
        self.main.publish(
            Event("main", "", None, phrase, rev, "s", track, state, language, 0.0, 1.0, committed, tentative)
        )

    def _open(self, name: str, settings: RoomSettings, log: CaptionLog) -> Room:
        row = (name, log.epoch, settings.to_json(), 0)  # the database has keys only for rooms it knows
        self.database.read(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO room (name, epoch, settings, created_ms) VALUES (?, ?, ?, ?)", row
            )
        )
        self._settings[name] = settings
        heard = SessionSettings(task=settings.task)
        room = Room(name, engine=ScriptedEngine(), settings=heard, log=log, model="none")
        room.set_targets(settings.targets)
        self._rooms[name] = room
        return room


@asynccontextmanager
async def serve_rooms(rooms: HostedRooms, port: int = 0, proxies: str = "127.0.0.1,::1") -> AsyncIterator[int]:
    """Serve while the block lasts; yields the port."""
    try:
        async with serve_app(rooms.context, port, proxies) as taken:
            yield taken
    finally:
        rooms.database.close()


@asynccontextmanager
async def serve_app(context: AppContext, port: int = 0, proxies: str = "127.0.0.1,::1") -> AsyncIterator[int]:
    """Serve any context while the block lasts; yields the port."""
    bound = bind("127.0.0.1", port or free_port())  # a test may serve again on the same port
    try:
        async with Server(context, bound, proxies=proxies).running():
            yield bound.getsockname()[1]
    finally:
        bound.close()
