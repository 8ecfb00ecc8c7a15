"""Builds everything once, runs engine and store, and keeps rooms, their logs and their keys."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from app import log
from app.audio.browser import BrowserSource
from app.captions.room import Room
from app.config import Settings
from app.decode import cuda, glossary, models, worker
from app.decode.engine import Engine
from app.decode.engine_pool import EnginePool
from app.decode.profile import choose_profile
from app.decode.request import Task
from app.errors import AccessError, ModelError, RoomError, SettingsError, StoreError
from app.media.open_source import open_source
from app.outputs.settings import FileOutput
from app.service.hosted_room import HostedRoom, session_settings
from app.service.output_runner import OutputProgram, Tell, check
from app.store.clock import Clock
from app.store.database import Database
from app.store.keyring import Keyring
from app.store.rooms import RoomSettings, RoomStore, StoredRoom, new_code, newest_ms

logger = log.get(__name__)

DATABASE = "surtitle.db"
"""The store's file in the data folder."""

FORGET_S = 5.0
"""Pause between two looks for captions and keys whose time is over."""

DRAIN_S = 6.0
"""How long speakers may take to be decoded to the end when the service closes down."""


class Service:
    """All rooms of one process; used through `running()`."""

    def __init__(self, settings: Settings, tell: Callable[[str], object] | None = None) -> None:
        """Check what was asked for, open the store and choose the model, which may download it; nothing runs yet.

        `tell` hears a sentence before something takes long.

        Raises:
            SettingsError: Something cannot be done as asked.
        """
        self.settings = settings
        self._tell = tell
        self._words = glossary.read_text(settings.glossary) if settings.glossary else ""
        source = settings.source
        self._first = open_source(source, private=settings.private_sources) if source else None
        self._database = Database(None if settings.memory else settings.data / DATABASE)
        self._clock = Clock(self._database.read(newest_ms))
        self._shelf = RoomStore(self._database, self._clock)
        self.keyring = Keyring(self._database, self._clock)
        if settings.key:
            self.keyring.fix(settings.key)
        try:
            self.model = self._choose(settings.model, settings.task)
            self._fleet = self._open_fleet()
        except BaseException:
            self._database.close()
            raise
        self._hosted: dict[str, HostedRoom] = {}
        self._group: asyncio.TaskGroup | None = None
        self._is_ready = False

    @property
    def is_ready(self) -> bool:
        """Whether the model is loaded and the rooms are open."""
        return self._is_ready

    @property
    def rooms(self) -> Mapping[str, Room]:
        """The rooms, by name."""
        return MappingProxyType({name: hosted.room for name, hosted in self._hosted.items()})

    @property
    def public_rooms(self) -> frozenset[str]:
        """Names of the rooms that everybody may read."""
        return frozenset(name for name, hosted in self._hosted.items() if hosted.settings.is_public)

    def get_room(self, name: str) -> Room:
        """Return a room.

        Raises:
            RoomError: There is none of that name.
        """
        return self._host(name).room

    def get_room_settings(self, name: str) -> RoomSettings:
        """Return what is wanted of a room; raises RoomError."""
        return self._host(name).settings

    def find_public_room(self, code: str) -> str | None:
        """Return the name of the public room that a short code leads to, if any."""
        wanted = code.upper()
        return next((name for name in sorted(self.public_rooms) if self._hosted[name].settings.code == wanted), None)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Service"]:
        """Run engine, store, rooms and sources while the block lasts; what is spoken then is decoded to the end.

        Raises:
            ModelError: The model cannot be loaded or failed its self-test.
            SettingsError: The source cannot work as asked.
        """
        try:
            async with self._fleet.running(), asyncio.TaskGroup() as group:
                self._group = group
                for kept in self._shelf.all():
                    await self._open(kept)
                own = await self._open_own()
                tasks = [group.create_task(own.supervise(self._first))] if self._first else []
                tasks.append(group.create_task(self._forget()))
                self._is_ready = True
                try:
                    yield self
                finally:
                    await self.finish()
                    for task in tasks:
                        task.cancel()
                    for hosted in self._hosted.values():
                        hosted.abandon()
        finally:
            await asyncio.to_thread(self._database.close)

    async def finish(self) -> None:
        """Let nobody begin to speak any more, and what was said be decoded, closed and kept; readers are told of it.

        To be called before the doors close and before those who write along stop; leaving `running` does it otherwise.
        """
        self._is_ready = False
        if self._group is not None:
            self._group = None
            await self._drain()

    async def create_room(self, name: str, settings: RoomSettings) -> None:
        """Make a room.

        Raises:
            SettingsError: There is one of that name, or the settings make no sense.
            StoreError: The disk refused; there is no such room.
        """
        if name in self._hosted:
            raise SettingsError(
                f"Expected a new name, but there is a room {name} already. Change that one, or choose another."
            )
        settings = self._checked(settings)
        await self._open(await self._shelf.add(name, settings))

    async def change_room(self, name: str, settings: RoomSettings) -> None:
        """Give a room other settings, which hold from the next decode on.

        Raises:
            RoomError: There is no such room.
            SettingsError: The settings make no sense.
            StoreError: The disk refused; but for what readers may see, nothing has changed, and a restart undoes that.
        """
        hosted = self._running_host(name)
        settings = self._checked(settings, hosted.settings)
        hosted.set_visibility(settings.showing)  # whatever the disk does, what must not be seen is hidden now
        await self._shelf.change(name, settings)
        await hosted.change(settings)

    async def erase_captions(self, name: str) -> None:
        """Forget all captions of a room, in its files and at its readers too.

        Raises:
            RoomError: There is no such room.
            StoreError: The disk refused; memory and files have forgotten already.
        """
        await self._running_host(name).erase()

    async def remove_room(self, name: str) -> None:
        """Close a room and forget it with its captions and keys.

        Raises:
            RoomError: There is no such room.
            StoreError: The disk refused; the room is closed, but still kept.
        """
        hosted = self._running_host(name)
        hosted.settings = replace(hosted.settings, is_open=False)
        hosted.room.is_open = False
        await _close(hosted)
        await hosted.erase()
        await self._shelf.remove(name)
        self.keyring.forget(name)
        self._hosted.pop(name, None)

    def follow(self, room: str, name: str, kind: str, open_it: Callable[[Tell], OutputProgram]) -> None:
        """Pass a room's captions on to something that stands in no settings, until the room or the service ends.

        Raises:
            RoomError: There is no such room.
        """
        self._host(room).outputs.add(name, kind, open_it)

    def switch_source(self, room: str, source: str, *, is_on: bool) -> None:
        """Stop a source, or let one that was stopped go on; a page that speaks can only be stopped.

        Raises:
            RoomError: There is no such room.
            SettingsError: There is no such source, or it cannot be started from here.
        """
        self._host(room).switch(source, is_on=is_on)

    def open_browser_source(self, room: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the living source of a page's session, or begin one; call only while running.

        Raises:
            RoomError: There is no such room.
            SettingsError: The room has as many speaking pages as it can take.
            BusyError: The machine has no room for one more.
        """
        hosted = self._host(room)
        if self._group is None:
            raise AccessError("The service is closing down and takes no new sources.")
        if not hosted.is_known(session):
            self._fleet.check_capacity()
        return hosted.browser(session, label, language)

    def _host(self, name: str) -> HostedRoom:
        try:
            return self._hosted[name]
        except KeyError:
            raise RoomError(f"There is no room called {name} here. Check the address, or ask who runs it.") from None

    def _running_host(self, name: str) -> HostedRoom:
        if self._group is None:
            raise AccessError("The service is closing down and changes no rooms.")
        return self._host(name)

    def _checked(self, settings: RoomSettings, before: RoomSettings | None = None) -> RoomSettings:
        """Return settings that can work, with a short code if the room is public; raises SettingsError."""
        if before is None or (before.task, before.languages) != (settings.task, settings.languages):
            models.check_supports(self.model.name, settings.task, settings.languages)
        session_settings(settings, has_drafts=False)
        for output in settings.outputs:
            check(output)
        if self.settings.memory and any(isinstance(output, FileOutput) for output in settings.outputs):
            raise SettingsError("Expected a folder for subtitle files, but this service writes nothing: see --memory.")
        if settings.is_public and not settings.code:
            return replace(settings, code=new_code())
        return settings if settings.is_public else replace(settings, code="")

    async def _open(self, kept: StoredRoom) -> HostedRoom:
        """Open a room from the store."""
        if self._group is None:
            raise AccessError("The service is closing down and opens no rooms.")
        room_log = self._shelf.log(kept)
        await room_log.expire()
        room = Room(
            kept.name,
            engine=self._fleet,
            settings=session_settings(kept.settings, has_drafts=self.settings.draft_model is not None),
            log=room_log,
            model=self.model.name,
            age_s=self._shelf.age_s(kept),
        )
        try:
            models.check_supports(self.model.name, kept.settings.task, kept.settings.languages)
        except ModelError as exc:  # the room was made with another model
            room.set_problem("model", str(exc))
        folder = None if self.settings.memory else self.settings.data
        hosted = self._hosted[kept.name] = HostedRoom(
            room,
            room_log,
            kept.settings,
            self._group,
            folder=folder,
            private=self.settings.private_sources,
            counter=partial(self._shelf.counter, kept.name),
        )
        await hosted.start()
        return hosted

    async def _open_own(self) -> HostedRoom:
        """Open the room of the command line; what is not given there stays as the room was kept."""
        name, given = self.settings.room, self.settings.model_fields_set
        known = self._hosted.get(name)
        before = known.settings if known else RoomSettings(retention_h=self.settings.retention_h)
        settings = replace(
            before,
            languages=self.settings.languages if "language" in given else before.languages,
            task=self.settings.task if "task" in given else before.task,
            glossary=self._words if "glossary" in given else before.glossary,
            retention_h=self.settings.retention_h if "retention_h" in given else before.retention_h,
            is_open=True,
        )
        if known is None:
            await self.create_room(name, settings)
        elif settings != before:
            await self.change_room(name, settings)
        return self._hosted[name]

    async def _forget(self) -> None:
        """Let captions and keys go when their time is over, for ever."""
        while True:
            await asyncio.sleep(FORGET_S)
            try:
                await self.keyring.expire()
                for hosted in list(self._hosted.values()):
                    await hosted.log.expire()
            except StoreError as exc:
                logger.warning("not_forgotten", reason=str(exc))

    async def _drain(self) -> None:
        """Let what was said be decoded, closed and saved."""
        for hosted in self._hosted.values():
            hosted.finish()
        try:
            async with asyncio.timeout(DRAIN_S):
                await asyncio.gather(*map(_close, self._hosted.values()))
                for hosted in self._hosted.values():
                    await hosted.log.flush()
        except StoreError as exc:
            logger.warning("not_saved", reason=str(exc))
        except TimeoutError:
            logger.warning("not_drained", within_s=DRAIN_S)

    def _open_fleet(self) -> EnginePool:
        """Prepare an engine for every device, and one for drafts if they are wanted."""
        settings = self.settings
        devices = cuda.gpus() if self.model.device == "cuda" else ()
        places = [(gpu.index, gpu.memory_bytes / 2**30) for gpu in devices] or [(0, 0.0)]

        def engines(choice: models.ModelChoice) -> list[Engine]:
            made = []
            for index, memory_gib in places:
                profile = choose_profile(
                    choice, batch_max=settings.batch_max, memory_gib=memory_gib, on_progress=self._tell
                )
                own = profile.apply_to(choice, device_index=index)
                made.append(Engine(partial(worker.open_checked, own), profile))
            return made

        drafts = self._choose(settings.draft_model, "transcribe") if settings.draft_model else None
        return EnginePool(engines(self.model), engines(drafts) if drafts else ())

    def _choose(self, model: str, task: Task) -> models.ModelChoice:
        settings = self.settings
        return models.choose(
            model,
            task,
            device=settings.device,
            compute_type=settings.compute_type,
            threads=settings.threads,
            cache=settings.model_cache,
            offline=settings.offline,
        )


async def _close(hosted: HostedRoom) -> None:
    await hosted.stop()
    await hosted.outputs.close()
