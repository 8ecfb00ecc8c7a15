"""One room with all that keeps it alive: its stream, its speaking pages, and the files it is written to."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from app import log, metrics
from app.audio.browser import BrowserSource
from app.audio.source import Source
from app.captions.room import Room
from app.captions.room_state import SourceState, Visibility
from app.captions.session import SessionSettings
from app.captions.watchdog import LOOK_S, Watchdog
from app.decode import glossary
from app.errors import SettingsError, SourceError, StoreError, SurtitleError
from app.media.media_source import MediaSource
from app.outputs.meeting_numbering import SequenceCounter
from app.outputs.settings import FileOutput
from app.service.output_runner import TRANSCRIPTS, OutputRunner
from app.service.source_switch import SourceSwitch
from app.store.room_log import RoomLog
from app.store.rooms import RoomSettings

logger = log.get(__name__)

RETRY_S = 2.0
"""Pause before a source that broke off is opened again: a plug that is put back, a stream that restarts."""

BROWSERS_MAX = 16
"""Pages that may speak in one room at once; each holds up to 30 s of sound and 120 s of buffer."""

BROWSER_PATIENCE_S = 120.0
"""How long a page that dropped may stay away before its session ends."""

STOPPED = "Stopped at the console."

STREAM = "stream"
"""Name of the room's own stream; its address may hold a password and is nobody's business."""

SILENCE_S = 4.0
"""How long the last phrases may take to be decoded when a room stops."""


class HostedRoom:
    """Runs a room's sources and outputs as its settings want them."""

    def __init__(
        self,
        room: Room,
        log: RoomLog,
        settings: RoomSettings,
        group: asyncio.TaskGroup,
        *,
        folder: Path | None,
        private: bool,
        counter: Callable[[str], SequenceCounter],
    ) -> None:
        """Host a room in a task group; `folder` is where files go, None where nothing is written.

        `counter` gives an output the number that it counts on from.
        """
        self.room = room
        self.log = log
        self.settings = settings
        self._group = group
        self._folder = folder
        self._private = private
        self._browsers: dict[str, BrowserSource] = {}
        self._stream: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self.outputs = OutputRunner(room, group, folder, counter)
        self._switches: dict[str, SourceSwitch] = {}
        """Of the sources that are supervised now."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Open the stream and the outputs that the settings want."""
        self.room.is_open = self.settings.is_open
        self.room.set_visibility(self.settings.showing)
        self._open_stream()
        self._watching = self._begin(self._watch())
        await self._arrange()

    def set_visibility(self, visibility: Visibility) -> None:
        """Change what readers may see, at once."""
        self.settings = replace(self.settings, showing=visibility)
        self.room.set_visibility(visibility)

    def _open_stream(self) -> None:
        if self.settings.is_open and self.settings.source:
            self._stream = self._begin(self._listen(self.settings.source))

    async def _arrange(self) -> None:
        await self.outputs.reconcile(self.settings.outputs if self.settings.is_open else ())

    def finish(self) -> None:
        """Let everybody who speaks come to an end."""
        for browser in self._browsers.values():
            browser.close()
        self.room.stop()

    async def stop(self) -> None:
        """Let everybody finish, and wait for it a little; files are written to the end."""
        self.finish()
        with suppress(TimeoutError):
            async with asyncio.timeout(SILENCE_S):
                await self.room.wait_until_silent()
        await self._close_stream()
        await self.outputs.reconcile(())
        if self._watching is not None:
            self._watching.cancel()

    def abandon(self) -> None:
        """End at once what did not end in time."""
        for task in list(self._tasks):
            task.cancel()
        self.outputs.cancel_all()

    def _begin(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _close_stream(self) -> None:
        """Let what the stream said be decoded to the end."""
        stream, self._stream = self._stream, None
        if stream is None:
            return
        if (switch := self._switches.get(STREAM)) is not None:
            switch.close()
        self.room.stop(STREAM)
        await asyncio.wait([stream], timeout=SILENCE_S)
        stream.cancel()

    async def erase(self) -> None:
        """Forget all captions, in the room's files too.

        Raises:
            StoreError: The disk refused; memory has forgotten already.
        """
        try:
            await self.room.erase()  # first, so that outputs forget what they were about to send
        finally:
            wanted = self.settings.outputs if self.settings.is_open else ()
            await self.outputs.reconcile(output for output in wanted if not isinstance(output, FileOutput))
            try:
                if self._folder is not None:
                    await asyncio.to_thread(_remove_files, self._folder / TRANSCRIPTS, self.room.name)
            finally:
                await self._arrange()

    async def change(self, settings: RoomSettings) -> None:
        """Go on with other settings, from the next decode on.

        Raises:
            StoreError: The disk refused to forget what is older than the new retention.
        """
        before, self.settings = self.settings, settings
        self.room.set_visibility(settings.showing)
        self.room.configure(session_settings(settings, has_drafts=self.room.settings.has_drafts))
        if before.is_open != settings.is_open:
            await self.stop()
            await self.start()
        elif before.source != settings.source:
            await self._close_stream()
            self._open_stream()
            if not settings.source:
                self.room.remove_source(STREAM)
        await self._arrange()
        if before.retention_h != settings.retention_h:
            await self.log.keep(settings.retention_h * 3600)

    def browser(self, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the living source of a page's session, or begin one.

        Raises:
            SettingsError: The room has as many speaking pages as it can take.
        """
        known = self._browsers.get(session)
        if known is not None:
            return known
        if len(self._browsers) >= BROWSERS_MAX:
            raise SettingsError(
                f"The room {self.room.name} has {BROWSERS_MAX} speaking pages already; close one of them first."
            )
        source = self._browsers[session] = BrowserSource(session, label)
        self._begin(self._listen_to_page(source, session, language))
        return source

    def is_known(self, session: str) -> bool:
        """Return whether a page's session is alive."""
        return session in self._browsers

    async def supervise(self, source: Source) -> None:
        """Run session after session until the source ends; one that has worked is opened again when it fails.

        While the operator has stopped it, nothing runs.
        """
        switch = self._switches[source.name] = SourceSwitch()
        has_worked = False
        try:
            while await switch.on(lambda: self.room.set_source(SourceState(source.name, "stopped", STOPPED))):
                failure: BaseException | None = None
                try:
                    await self.room.listen(source, waits=isinstance(source, MediaSource))
                except* SurtitleError as group:
                    failure = group.exceptions[0]
                    has_worked = has_worked or isinstance(failure, SourceError)
                    if not has_worked:
                        raise
                if failure is None and not switch.was_off:
                    return
                if failure is not None and not switch.was_off:
                    self.room.set_source(SourceState(source.name, "retrying", str(failure)))
                    logger.warning("source_failed", room=self.room.name, source=source.name, reason=str(failure))
                    metrics.SOURCE_RESTARTS.labels(self.room.name).inc()
                    await switch.rest(RETRY_S)
        finally:
            self._switches.pop(source.name, None)

    def switch(self, source: str, *, is_on: bool) -> None:
        """Stop a source, or let one that was stopped go on; a page that speaks can only be stopped.

        Raises:
            SettingsError: There is no such source, it has ended, or it is a page and cannot be started from here.
        """
        page = next((browser for browser in self._browsers.values() if browser.name == source), None)
        switch = self._switches.get(source)
        if page is not None and not is_on:
            page.close()
        elif page is not None:
            raise SettingsError("Expected a source that the service opens. A page is started by whoever speaks there.")
        elif source not in {state.name for state in self.room.state.sources}:
            raise SettingsError(f"Expected a source of the room {self.room.name}, but it has none of that name.")
        elif switch is not None:
            switch.turn(is_on=is_on)
            if not is_on:
                self.room.stop(source)
        elif is_on and source == STREAM and self.settings.is_open and self.settings.source:
            self._open_stream()
        else:
            raise SettingsError(f"Expected a source that goes on, but {source} has come to its end.")

    async def _watch(self) -> None:
        """Look after the room until cancelled: what a person should look at stands in its state."""
        watchdog = Watchdog()
        with self.room.bus.listen(watchdog.hear):
            while True:
                alarms = watchdog.look(self.room.state, self.room.problem, time.monotonic())
                self.room.set_alarms(alarms)
                await asyncio.sleep(LOOK_S)

    async def _listen(self, address: str) -> None:
        """Listen to the stream of the settings; one that cannot be opened is told, and does not end the service."""
        try:
            await self.supervise(MediaSource(address, private=self._private, name=STREAM))
        except* SurtitleError as group:
            failure = group.exceptions[0]
            logger.warning("source_failed", room=self.room.name, reason=str(failure))
            self.room.set_source(SourceState(STREAM, "failed", str(failure)))

    async def _listen_to_page(self, source: BrowserSource, session: str, language: str | None) -> None:
        settings = self.room.settings
        if language is not None:
            settings = replace(settings, language=language)
        try:
            await self.room.listen(source, settings=settings, patience_s=BROWSER_PATIENCE_S)
        except SurtitleError as exc:
            logger.warning("page_failed", room=self.room.name, reason=str(exc))
        finally:
            source.close()
            self._browsers.pop(session, None)
            self.room.remove_source(source.name)


def _remove_files(folder: Path, room: str) -> None:
    try:
        for path in folder.glob(f"{room}.*"):  # names of rooms have no dot
            path.unlink(missing_ok=True)
    except OSError as exc:
        raise StoreError(f"The subtitle files of the room {room} cannot be removed: {exc.strerror or exc}.") from exc


def session_settings(settings: RoomSettings, *, has_drafts: bool) -> SessionSettings:
    """Return what a room's sources are heard with.

    Raises:
        SettingsError: The glossary makes no sense.
    """
    languages = settings.languages
    return SessionSettings(
        task=settings.task,
        language=languages[0] if len(languages) == 1 else None,
        languages=languages,
        glossary=glossary.parse(settings.glossary),
        has_drafts=has_drafts,
    )
