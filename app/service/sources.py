"""The sources of one room: its stream, its microphone pages, and those of the command line."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

from app import log, metrics
from app.audio.browser import BrowserSource
from app.audio.source import Source
from app.audio.split_source import ChannelSource, SplitLane, SplitSource
from app.captions.event import ORIGINAL
from app.captions.room import Room
from app.captions.room_state import SourceState
from app.captions.speaker_turns import OneSpeaker
from app.errors import SettingsError, SourceError, SurtitleError, first_error
from app.media.channels import SoundChannel
from app.media.media_source import MediaSource
from app.service.source_switch import SourceSwitch
from app.service.speaking_pages import PageLimits, SpeakingPages

logger = log.get(__name__)

RETRY_S = 2.0
"""Pause before a failed source is opened again: time to plug in a cable or restart a stream."""

BROWSER_PATIENCE_S = 120.0
"""How long a page may be disconnected before its session ends."""

STOPPED = "Stopped at the console."

STREAM = "stream"
"""Name of the room's own stream; its address is not shown because it may contain a password."""

STOP_S = 4.0
"""How long the last phrases may take to be decoded when a source stops."""


class RoomSources:
    """Runs the sources of a room, restarts those that break off, and lets the operator switch them."""

    def __init__(self, room: Room, group: asyncio.TaskGroup, *, private: bool, pages: PageLimits | None = None) -> None:
        """Start with no sources; `private` allows streams from addresses of the local network."""
        self._room, self._group, self._private = room, group, private
        self._pages = SpeakingPages(room.name, pages or PageLimits())
        self._stream_address: str | None = None
        self._stream_channels: tuple[SoundChannel, ...] = ()
        self._stream: asyncio.Task[None] | None = None
        self._switches: dict[str, SourceSwitch] = {}
        """Switches of the sources that run or wait to run again."""
        self._tasks: set[asyncio.Task[None]] = set()

    def open_stream(self, address: str | None, used: Sequence[SoundChannel] = ()) -> None:
        """Open a network stream, with its channels apart if some are used; None opens nothing."""
        self._stream_address, self._stream_channels = address, tuple(used)
        if address:
            self._stream = self._start(self._run_stream(address))

    async def close_stream(self) -> None:
        """Stop the stream after its speech is decoded."""
        self._stream_address = None
        stream, self._stream = self._stream, None
        if stream is None:
            return
        for name in (STREAM, *_name_lanes(STREAM, self._stream_channels)):
            if (switch := self._switches.get(name)) is not None:
                switch.close()
            self._room.stop(name)
        await asyncio.wait([stream], timeout=STOP_S)
        stream.cancel()

    def open_page(self, key: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the source of a page's session; a new session starts one, with a name made from the label.

        Raises:
            SettingsError: The room, or the key, has reached its limit of microphone pages.
        """
        if existing := self._pages.find(key, session):
            return existing
        others = [state.name for state in self._room.state.sources if self._pages.named(state.name) is None]
        page = self._pages.open(key, session, label, others)
        self._start(self._run_page(page, language))
        return page

    def has_page(self, key: str, session: str) -> bool:
        """Return whether a page's session runs."""
        return self._pages.find(key, session) is not None

    def end_pages(self, key: str) -> None:
        """End the sessions of a key that is no longer valid."""
        self._pages.end(key)

    async def run(self, source: Source, listen: Callable[[], Coroutine[None, None, None]] | None = None) -> None:
        """Run sessions of a source until it ends; a source that worked before is opened again when it fails.

        `listen` runs one session; None hears it as it is. While the operator has stopped it, nothing runs.

        Raises:
            SurtitleError: It failed before it worked once; raised in a group.
        """
        switch = self._switches[source.name] = SourceSwitch()
        has_worked = False
        try:
            while await switch.wait_until_on(lambda: self._show(source.name, "stopped", STOPPED)):
                failure: BaseException | None = None
                try:
                    await (listen() if listen else self._room.listen(source, waits=isinstance(source, MediaSource)))
                except* SurtitleError as group:
                    failure = first_error(group)
                    has_worked = has_worked or isinstance(failure, SourceError)
                    if not has_worked:
                        raise
                if failure is None and not switch.was_off:
                    return
                if failure is not None and not switch.was_off:
                    self._show(source.name, "retrying", str(failure))
                    logger.warning("source_failed", room=self._room.name, source=source.name, reason=str(failure))
                    metrics.SOURCE_RESTARTS.labels(self._room.name).inc()
                    await switch.wait(RETRY_S)
        finally:
            self._switches.pop(source.name, None)

    async def run_named(self, source: Source, speaker: str, *, waits: bool) -> None:
        """Run a source that one person uses; see `run`."""
        await self.run(source, partial(self._room.listen, source, waits=waits, turns=OneSpeaker(speaker)))

    async def run_channels(self, device: ChannelSource, name: str, used: Sequence[SoundChannel]) -> None:
        """Run a device or stream whose channels are used apart, until all have ended; see `run`.

        Each channel is a source of its own. The floor shows what no other channel has, and an interpreter's text
        belongs to the track of the language.
        """
        split = SplitSource(device, _name_lanes(name, used))
        self._room.set_interpreted([channel.target for channel in used if channel.target])
        try:
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(split.run())
                async with asyncio.TaskGroup() as running:
                    for lane, channel in zip(split.lanes, used, strict=True):
                        running.create_task(self.run(lane, partial(self._listen_to, split, lane, channel)))
                reading.cancel()
        finally:
            self._room.set_interpreted(())

    async def _listen_to(self, split: SplitSource, lane: SplitLane, channel: SoundChannel) -> None:
        settings = self._room.settings
        if channel.target:
            settings = replace(settings, language=channel.target, languages=(channel.target,), task="transcribe")
        await self._room.listen(
            lane,
            settings=settings,
            turns=OneSpeaker(channel.speaker) if channel.speaker else None,
            yields=channel.is_floor,
            track=channel.target or ORIGINAL,
            clock=split,
        )

    def switch(self, name: str, *, is_on: bool) -> None:
        """Stop a source, or start it again; a microphone page can only be stopped.

        Raises:
            SettingsError: There is no such source, it has ended, or it is a page and cannot be started from here.
        """
        page = self._pages.named(name)
        switch = self._switches.get(name)
        if page is not None and not is_on:
            page.close()
        elif page is not None:
            raise SettingsError("Expected a source that the service opens. Start a microphone page in its browser.")
        elif name not in {state.name for state in self._room.state.sources}:
            raise SettingsError(f"Expected a source of the room {self._room.name}, but it has none of that name.")
        elif switch is not None:
            switch.set(is_on=is_on)
            if not is_on:
                self._room.stop(name)
        elif is_on and name == STREAM and self._stream_address:
            self.open_stream(self._stream_address)
        else:
            raise SettingsError(f"Expected a source that can be started again, but {name} has ended.")

    def end_all(self) -> None:
        """End all sources; what was said is still decoded."""
        self._pages.end()
        self._room.stop()

    def cancel_all(self) -> None:
        """Stop at once what has not ended in time."""
        for task in list(self._tasks):
            task.cancel()

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _show(self, name: str, status: Literal["retrying", "stopped", "failed"], message: str) -> None:
        self._room.set_source(SourceState(name, status, message))

    async def _run_stream(self, address: str) -> None:
        """Run the stream; if it cannot be opened, the room shows why and the service continues."""
        try:
            if self._stream_channels:
                numbers = [channel.number for channel in self._stream_channels]
                device = MediaSource(address, private=self._private, name=STREAM, channels=numbers)
                await self.run_channels(device, STREAM, self._stream_channels)
            else:
                await self.run(MediaSource(address, private=self._private, name=STREAM))
        except* SurtitleError as group:
            failure = first_error(group)
            logger.warning("source_failed", room=self._room.name, reason=str(failure))
            self._show(STREAM, "failed", str(failure))

    async def _run_page(self, page: BrowserSource, language: str | None) -> None:
        settings = self._room.settings
        if language is not None:
            settings = replace(settings, language=language)
        try:
            await self._room.listen(page, settings=settings, patience_s=BROWSER_PATIENCE_S, turns=page.speaker)
        except SurtitleError as exc:
            logger.warning("page_failed", room=self._room.name, reason=str(exc))
        finally:
            page.close()
            self._pages.remove(page)
            self._room.remove_source(page.name)


def _name_lanes(name: str, used: Sequence[SoundChannel]) -> list[str]:
    """Return what people see of the channels of a device."""
    return [f"{name}, channel {channel.number}: {channel.title}" for channel in used]
