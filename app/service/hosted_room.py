"""One room with everything that runs for it: its sources, its outputs and its watchdog."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from app.captions.room import Room
from app.captions.watchdog import CHECK_S, Watchdog
from app.errors import StoreError
from app.media import channels
from app.outputs.meeting_numbering import SequenceCounter
from app.outputs.settings import FileOutput
from app.service.output_runner import TRANSCRIPTS, OutputRunner
from app.service.room_settings import session_settings
from app.service.room_translation import RoomTranslation
from app.service.sources import STOP_S, STREAM, RoomSources
from app.service.speaking_pages import PageLimits
from app.store.room_log import RoomLog
from app.store.rooms import RoomSettings
from app.translate.request import TextTranslator


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased from a room."""

    n_captions: int
    """Logged captions: one for each phrase, track and correction."""
    files: tuple[str, ...]
    """Names of the subtitle files in the service's folder."""


class HostedRoom:
    """Runs a room's sources and outputs as its settings say."""

    def __init__(
        self,
        room: Room,
        log: RoomLog,
        settings: RoomSettings,
        group: asyncio.TaskGroup,
        *,
        folder: Path | None,
        private: bool,
        pages: PageLimits | None = None,
        text_translator: TextTranslator | None = None,
        has_previews: bool = True,
        route: Callable[[RoomSettings], RoomSettings] = lambda settings: settings,
        counter: Callable[[str], SequenceCounter],
    ) -> None:
        """Host a room in a task group.

        `folder` is where its files are written; None writes none. `private` allows streams from addresses of the local
        network. `pages` limits the pages that speak. `text_translator` translates into the room's targets; with
        `has_previews` open phrases have grey translations. `route` returns the
        settings with which the room works (see `route_english`), `counter` an output's stored sequence number.
        """
        self.room = room
        self.log = log
        self.settings = settings
        self.sources = RoomSources(room, group, private=private, pages=pages)
        self.outputs = OutputRunner(room, group, folder, counter)
        self.translation = RoomTranslation(room, group, text_translator, has_previews=has_previews)
        self._group = group
        self._route = route
        self._folder = folder
        self._watchdog: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the stream and the outputs of the settings."""
        self.room.is_open = self.settings.is_open
        self._set_names_and_targets()
        self.room.set_visibility(self.settings.showing)
        self.translation.apply(self._route(self.settings))
        self._open_stream()
        self._watchdog = self._group.create_task(self._watch())
        await self._reconcile_outputs()

    def restrict(self, settings: RoomSettings) -> None:
        """Apply at once what other settings no longer allow readers; `apply_settings` applies the rest."""
        is_public = self.settings.is_public and settings.is_public
        self.settings = replace(self.settings, showing=settings.showing, is_public=is_public)
        self.room.is_open = self.room.is_open and settings.is_open
        self.room.set_visibility(settings.showing)

    async def stop(self) -> None:
        """End all sources and outputs; waits a limited time until the last phrases are decoded and written."""
        self.sources.end_all()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                await self.room.wait_until_silent()
        await self.sources.close_stream()
        await self.translation.close()
        await self.outputs.reconcile(())
        if self._watchdog is not None:
            self._watchdog.cancel()

    async def close(self) -> None:
        """Stop everything, including outputs that are not in the settings."""
        await self.stop()
        await self.outputs.close()

    def cancel_all(self) -> None:
        """Stop at once what has not ended in time."""
        self.sources.cancel_all()
        self.translation.cancel()
        self.outputs.cancel_all()
        if self._watchdog is not None:
            self._watchdog.cancel()

    async def erase_captions(self) -> Erasure:
        """Erase all captions, in the room's files too, and return what was erased.

        Raises:
            StoreError: The disk failed; the captions in memory are erased.
        """
        files: tuple[str, ...] = ()
        self.translation.suspend()
        try:
            n_captions = await self.room.erase()  # first, so that outputs drop unsent captions
        finally:
            outputs = self.settings.outputs if self.settings.is_open else ()
            await self.outputs.reconcile(output for output in outputs if not isinstance(output, FileOutput))
            try:
                if self._folder is not None:
                    files = await asyncio.to_thread(_remove_files, self._folder / TRANSCRIPTS, self.room.name)
            finally:
                await self._reconcile_outputs()
        return Erasure(n_captions, files)

    async def apply_settings(self, settings: RoomSettings) -> None:
        """Apply other settings, from the next decode on.

        Raises:
            StoreError: Captions older than the new retention could not be deleted from the disk.
        """
        before, self.settings = self.settings, settings
        self._set_names_and_targets()
        self.room.set_visibility(settings.showing)
        self.room.configure(session_settings(self._route(settings), has_drafts=self.room.settings.has_drafts))
        if before.is_open != settings.is_open:
            await self.stop()
            await self.start()
        elif (before.source, before.channels) != (settings.source, settings.channels):
            await self.sources.close_stream()
            self._open_stream()
            for state in self.room.state.sources:
                is_gone = not settings.source or (state.name != STREAM) != bool(settings.channels)
                if state.name.partition(",")[0] == STREAM and (is_gone or settings.channels != before.channels):
                    self.room.remove_source(state.name)
        self.translation.apply(self._route(settings))
        await self._reconcile_outputs()
        if before.retention_h != settings.retention_h:
            await self.log.set_retention(settings.retention_h * 3600)

    def _set_names_and_targets(self) -> None:
        settings = self.settings
        self.room.set_title(settings.title)
        self.room.set_targets(self._route(settings).targets)
        self.room.set_speakers(settings.speaker_names, shows_names=settings.shows_names)
        if self.room.voices is not None:
            self.room.voices.is_on = settings.distinguishes_voices

    def _open_stream(self) -> None:
        used = channels.parse(self.settings.channels, "channels")
        self.sources.open_stream(self.settings.source if self.settings.is_open else None, used)

    async def _reconcile_outputs(self) -> None:
        await self.outputs.reconcile(self.settings.outputs if self.settings.is_open else ())

    async def _watch(self) -> None:
        """Update the room's alarms until cancelled."""
        watchdog = Watchdog()
        with self.room.bus.listen(watchdog.on_event):
            while True:
                self.room.set_alarms(watchdog.check(self.room.state, self.room.problem, time.monotonic()))
                await asyncio.sleep(CHECK_S)


def _remove_files(folder: Path, room: str) -> tuple[str, ...]:
    try:
        paths = sorted(folder.glob(f"{room}.*"))  # names of rooms have no dot
        for path in paths:
            path.unlink(missing_ok=True)
        return tuple(path.name for path in paths)
    except OSError as exc:
        raise StoreError(f"The subtitle files of the room {room} cannot be removed: {exc.strerror or exc}.") from exc
