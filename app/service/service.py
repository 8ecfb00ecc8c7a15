"""The service: builds engines, store and rooms once, and runs them until it shuts down."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import BinaryIO

from app.audio.browser import BrowserSource
from app.audio.speech_detector import SpeechDetector
from app.audio.speech_thresholds import read_thresholds
from app.captions.room import Room
from app.config import Settings
from app.decode import glossary
from app.errors import AccessError, RoomError, SettingsError
from app.service.backup import back_up_running
from app.service.draining import drain_rooms
from app.service.expiry import delete_expired
from app.service.given_sources import GivenSources
from app.service.hosted_room import Erasure, HostedRoom
from app.service.output_runner import CaptionOutput, OnHealth
from app.service.room_models import RoomModels
from app.service.room_settings import command_line_settings, prepare_glossary
from app.service.speaking_pages import PageLimits
from app.service.storage import open_storage
from app.service.voices import ServiceVoices
from app.store.rooms import RoomSettings, StoredRoom
from app.translate.offer import TranslationOffer


class Service:
    """All rooms of one process; used through `running()`."""

    def __init__(self, settings: Settings, on_message: Callable[[str], object] | None = None) -> None:
        """Check the settings, open the store and choose the model, which may download it; nothing runs yet.

        `on_message` gets a sentence before something slow begins.

        Raises:
            SettingsError: A setting is invalid.
        """
        self.settings = settings
        self._glossary = glossary.read_text(settings.glossary) if settings.glossary else ""
        self._given = GivenSources(settings)
        storage = open_storage(settings)
        self._database, self._store, self.keyring = storage.database, storage.rooms, storage.keyring
        try:
            self.models = RoomModels(settings, on_message)
            self.model = self.models.choice
            self._voices = ServiceVoices(settings, on_message)
        except BaseException:
            self._database.close()
            raise
        self._detector = SpeechDetector(read_thresholds(settings))
        self._hosted: dict[str, HostedRoom] = {}
        self._group: asyncio.TaskGroup | None = None
        self.is_ready = False
        """Whether the model is loaded and the rooms are open."""

    @property
    def rooms(self) -> Mapping[str, Room]:
        """The rooms, by name."""
        return MappingProxyType({name: hosted.room for name, hosted in self._hosted.items()})

    @property
    def public_rooms(self) -> frozenset[str]:
        """Names of the rooms that need no key to read."""
        return frozenset(name for name, hosted in self._hosted.items() if hosted.settings.is_public)

    @property
    def translation(self) -> TranslationOffer | None:
        """What translates text; None while no room needs it."""
        return self.models.offer

    def get_room(self, name: str) -> Room:
        """Return a room; raises RoomError if there is none of that name."""
        return self._host(name).room

    def get_room_settings(self, name: str) -> RoomSettings:
        """Return the settings of a room; raises RoomError."""
        return self._host(name).settings

    def find_public_room(self, code: str) -> str | None:
        """Return the name of the public room with this short code, if there is one."""
        return next((one for one in sorted(self.public_rooms) if self._hosted[one].settings.code == code.upper()), None)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Service"]:
        """Run engines, store, rooms and sources while the block lasts; at its end, decode and store what was said.

        Raises:
            ModelError: The model cannot be loaded or failed its self-test.
            SettingsError: The source cannot work with its settings.
        """
        try:
            async with self.models.running(), asyncio.TaskGroup() as group:
                self._group = group
                for stored in self._store.all():
                    await self._open(stored)
                own = await self._open_own_room()
                tasks = [group.create_task(run) for run in self._given.run_in(own.sources)]
                tasks.append(group.create_task(delete_expired(self.keyring, self._hosted)))
                self.is_ready = True
                try:
                    yield self
                finally:
                    await self.drain()
                    for task in tasks:
                        task.cancel()
                    for hosted in self._hosted.values():
                        hosted.cancel_all()
        finally:
            await asyncio.to_thread(self._database.close)

    async def drain(self) -> None:
        """Stop accepting sources, and decode, publish and store what was said.

        Call it while the web server and the outputs still run, so that they get the last phrases; otherwise, leaving
        `running` calls it.
        """
        self.is_ready = False
        if self._group is not None:
            self._group = None
            await drain_rooms(self._hosted.values())

    async def create_room(self, name: str, settings: RoomSettings) -> None:
        """Create a room.

        Raises:
            SettingsError: There is a room of that name, or the settings are invalid.
            StoreError: The disk failed; the room was not created.
        """
        if name in self._hosted:
            raise SettingsError(
                f"Expected a new name, but there is a room {name} already. Change that one, or choose another."
            )
        await prepare_glossary(settings, None)
        settings = self._check(settings, None)
        await self._open(await self._store.add(name, settings))

    async def restrict_room(self, name: str, settings: RoomSettings) -> None:
        """Apply at once what the new settings forbid readers; raises RoomError, SettingsError."""
        hosted = self._running_host(name)
        await prepare_glossary(settings, hosted.settings)
        hosted.restrict(self._check(settings, hosted.settings))

    async def change_room(self, name: str, settings: RoomSettings) -> None:
        """Change the settings of a room, from the next decode on.

        Raises:
            RoomError: There is no such room.
            SettingsError: The settings are invalid.
            StoreError: The disk failed; only what readers may see has changed, until the next restart.
        """
        hosted = self._running_host(name)
        await prepare_glossary(settings, hosted.settings)
        settings = self._check(settings, hosted.settings)
        hosted.restrict(settings)  # first, so that hidden captions are hidden even if the disk fails
        await self._store.change(name, settings)
        await hosted.apply_settings(settings)
        self.models.show_problems(hosted.room, settings)

    async def erase_captions(self, name: str) -> Erasure:
        """Erase all captions of a room, in its files and at its readers too; raises RoomError.

        Raises:
            StoreError: The disk failed; the captions in memory and in files are erased.
        """
        return await self._running_host(name).erase_captions()

    async def remove_room(self, name: str) -> Erasure:
        """Close a room and delete it with its captions and keys.

        Raises:
            RoomError: There is no such room.
            StoreError: The disk failed; the room is closed, but not deleted.
        """
        hosted = self._running_host(name)
        hosted.settings = replace(hosted.settings, is_open=False)
        hosted.room.is_open = False
        await hosted.close()
        erasure = await hosted.erase_captions()
        await self._store.remove(name)
        self.keyring.remove_room(name)
        self._hosted.pop(name, None)
        return erasure

    async def make_backup(self) -> BinaryIO:
        """Return a backup as a file that is deleted when it is closed; raises SettingsError, StoreError."""
        return await back_up_running(self._database, None if self.settings.memory else self.settings.data)

    def add_output(self, room: str, name: str, kind: str, open_output: Callable[[OnHealth], CaptionOutput]) -> None:
        """Add an output that is not in the room's settings, until the room or the service ends; raises RoomError."""
        self._host(room).outputs.add(name, kind, open_output)

    def switch_source(self, room: str, source: str, *, is_on: bool) -> None:
        """Stop a source, or start it again; see `RoomSources.switch`; raises RoomError, SettingsError."""
        self._host(room).sources.switch(source, is_on=is_on)

    def open_page(self, room: str, key: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the source of a page's session, which belongs to a key; see `RoomSources.open_page`.

        Raises RoomError, BusyError if the machine is full, and SettingsError if the model does not know the language.
        """
        sources = self._host(room).sources
        if self._group is None:
            raise AccessError("The service is shutting down and accepts no new sources.")
        if language is not None:
            self.models.engines.check_supports("transcribe", [language])
        if not sources.has_page(key, session):
            self.models.engines.check_capacity(room)
        return sources.open_page(key, session, label, language)

    def end_pages(self, key: str) -> None:
        """End the sessions of all microphone pages of a key."""
        for hosted in self._hosted.values():
            hosted.sources.end_pages(key)

    def _host(self, name: str) -> HostedRoom:
        try:
            return self._hosted[name]
        except KeyError:
            raise RoomError(f"There is no room called {name} here. Check the address, or ask the organiser.") from None

    def _running_host(self, name: str) -> HostedRoom:
        if self._group is None:
            raise AccessError("The service is shutting down and changes no rooms.")
        return self._host(name)

    def _check(self, settings: RoomSettings, before: RoomSettings | None) -> RoomSettings:
        return self.models.check(settings, before, writes_files=not self.settings.memory)

    async def _open(self, stored: StoredRoom) -> HostedRoom:
        """Open a stored room."""
        if self._group is None:
            raise AccessError("The service is shutting down and opens no rooms.")
        await prepare_glossary(stored.settings, stored.settings)
        room_log = self._store.log(stored)
        await room_log.expire()
        room = Room(
            stored.name,
            engine=self.models.engines,
            settings=self.models.session_settings(stored.settings),
            log=room_log,
            model=self.model.name,
            age_s=self._store.age_s(stored),
            detector=self._detector,
            voices=self._voices.open_room(room_log, stored.settings),
        )
        self.models.show_problems(room, stored.settings)
        hosted = self._hosted[stored.name] = HostedRoom(
            room,
            room_log,
            stored.settings,
            self._group,
            folder=None if self.settings.memory else self.settings.data,
            private=self.settings.private_sources,
            pages=PageLimits(self.settings.speakers_per_room, self.settings.speakers_per_key),
            text_translator=self.models.text_translator,
            route=self.models.route,
            has_previews=self.settings.translation_previews,
            counter=partial(self._store.counter, stored.name),
        )
        await hosted.start()
        return hosted

    async def _open_own_room(self) -> HostedRoom:
        """Open the room of the command line."""
        name = self.settings.room
        existing = self._hosted.get(name)
        before = existing.settings if existing else None
        settings = command_line_settings(self.settings, self._glossary, before)
        if self.settings.model_fields_set & {"language", "task"}:
            self.models.check_task(settings)
        if before is None:
            await self.create_room(name, settings)
        elif settings != before:
            await self.change_room(name, settings)
        return self._hosted[name]
