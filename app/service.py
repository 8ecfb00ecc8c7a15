"""Builds everything once, runs the engine, and keeps every room's sources alive."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from types import MappingProxyType

from app import log, metrics
from app.audio.browser import BrowserSource
from app.audio.media import Media
from app.audio.opening import open_source
from app.audio.source import Source
from app.captions.log import MemoryLog
from app.captions.room import Room
from app.captions.session import SessionSettings
from app.captions.state import SourceState
from app.config import Settings
from app.decode import calibration, cuda, glossary, models, worker
from app.decode.engine import Engine
from app.decode.fleet import Fleet
from app.decode.glossary import Glossary
from app.decode.hypothesis import Task
from app.errors import AccessError, RoomError, SettingsError, SourceError, SurtitleError

logger = log.get(__name__)

RETRY_S = 2.0
"""Pause before a source that broke off is opened again: a plug that is put back, a stream that restarts."""

BROWSERS_MAX = 16
"""Pages that may speak in one room at once; each holds up to 30 s of sound and 120 s of buffer."""

BROWSER_PATIENCE_S = 120.0
"""How long a page that dropped may stay away before its session ends."""


class Service:
    """All rooms of one process; used through `running()`."""

    def __init__(self, settings: Settings, tell: Callable[[str], object] | None = None) -> None:
        """Check what was asked for and choose the model, which may download it; nothing runs yet.

        `tell` hears a sentence before something takes long.

        Raises:
            SettingsError: Something cannot be done as asked.
        """
        self.settings = settings
        self._tell = tell
        self.key = settings.key or (None if settings.is_loopback else secrets.token_urlsafe(16))
        """What a client must present; None while only this machine can reach the service."""
        self.model = self._choose(settings.model, settings.task)
        words = glossary.read(settings.glossary) if settings.glossary else Glossary()
        languages = settings.languages
        self._session_settings = SessionSettings(
            task=settings.task,
            language=languages[0] if len(languages) == 1 else None,
            languages=languages,
            glossary=words,
            has_drafts=settings.draft_model is not None,
        )
        source = settings.source
        self._first = open_source(source, private=settings.private_sources) if source else None
        self._fleet = self._open_fleet()
        self._rooms: dict[str, Room] = {}
        self._browsers: dict[tuple[str, str], BrowserSource] = {}
        self._group: asyncio.TaskGroup | None = None
        self._is_ready = False

    @property
    def is_ready(self) -> bool:
        """Whether the model is loaded and the rooms are open."""
        return self._is_ready

    @property
    def rooms(self) -> Mapping[str, Room]:
        """The rooms that are open, by name."""
        return MappingProxyType(self._rooms)

    def room(self, name: str) -> Room:
        """Return an open room.

        Raises:
            RoomError: There is none of that name.
        """
        try:
            return self._rooms[name]
        except KeyError:
            raise RoomError(f"There is no room called {name} here. Check the address, or ask who runs it.") from None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Service"]:
        """Run engine, rooms and sources while the block lasts.

        Raises:
            ModelError: The model cannot be loaded or failed its self-test.
            SettingsError: The source cannot work as asked.
        """
        async with self._fleet.running(), asyncio.TaskGroup() as group:
            self._group = group
            room = self._open_room(self.settings.room)
            tasks = [group.create_task(self._supervise(room, self._first))] if self._first else []
            self._is_ready = True
            try:
                yield self
            finally:
                self._is_ready = False
                self._group = None
                for browser in self._browsers.values():
                    browser.close()
                for task in tasks:
                    task.cancel()

    def browser(self, room: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the living source of a page's session, or begin one; call only while running.

        Raises:
            RoomError: There is no such room.
            SettingsError: The room has as many speaking pages as it can take.
            BusyError: The machine has no room for one more.
        """
        own = self.room(room)
        known = self._browsers.get((room, session))
        if known is not None:
            return known
        if self._group is None:
            raise AccessError("The service is closing down and takes no new sources.")
        if sum(name == room for name, _ in self._browsers) >= BROWSERS_MAX:
            raise SettingsError(f"The room {room} has {BROWSERS_MAX} speaking pages already; close one of them first.")
        self._fleet.check()
        source = self._browsers[room, session] = BrowserSource(session, label)
        self._group.create_task(self._listen_to_page(own, source, session, language))
        return source

    def _open_fleet(self) -> Fleet:
        """Prepare an engine for every device, and one for drafts if they are wanted."""
        settings = self.settings
        devices = cuda.gpus() if self.model.device == "cuda" else ()
        places = [(gpu.index, gpu.memory_bytes / 2**30) for gpu in devices] or [(0, 0.0)]

        def engines(choice: models.Choice) -> list[Engine]:
            made = []
            for index, memory_gib in places:
                profile = calibration.profile(
                    choice, batch_max=settings.batch_max, memory_gib=memory_gib, tell=self._tell
                )
                own = profile.applied(choice, device_index=index)
                made.append(Engine(partial(worker.open_checked, own), profile))
            return made

        drafts = self._choose(settings.draft_model, "transcribe") if settings.draft_model else None
        return Fleet(engines(self.model), engines(drafts) if drafts else ())

    def _choose(self, model: str, task: Task) -> models.Choice:
        settings = self.settings
        return models.choose(
            model,
            task,
            device=settings.device,
            compute_type=settings.compute_type,
            threads=settings.threads,
            cache=settings.model_cache,
        )

    def _open_room(self, name: str) -> Room:
        room = self._rooms[name] = Room(
            name,
            engine=self._fleet,
            settings=self._session_settings,
            log=MemoryLog(epoch=secrets.token_hex(4)),
            model=self.model.name,
        )
        return room

    async def _supervise(self, room: Room, source: Source) -> None:
        """Run session after session until the source ends; one that has worked is opened again when it fails."""
        has_worked = False
        while True:
            try:
                await room.listen(source, waits=isinstance(source, Media))
                return
            except* SurtitleError as group:
                failure = group.exceptions[0]
                has_worked = has_worked or isinstance(failure, SourceError)
                if not has_worked:
                    raise
                room.show(SourceState(source.name, "retrying", str(failure)))
                logger.warning("source_failed", room=room.name, source=source.name, reason=str(failure))
            metrics.SOURCE_RESTARTS.labels(room.name).inc()
            await asyncio.sleep(RETRY_S)

    async def _listen_to_page(self, room: Room, source: BrowserSource, session: str, language: str | None) -> None:
        try:
            await room.listen(source, patience_s=BROWSER_PATIENCE_S)
        except SurtitleError as exc:
            logger.warning("page_failed", room=room.name, reason=str(exc))
        finally:
            source.close()
            self._browsers.pop((room.name, session), None)
            room.forget(source.name)
