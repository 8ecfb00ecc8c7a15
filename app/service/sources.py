"""The sources of one room: its stream, its speaking pages, and those of the command line."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Literal

from app import log, metrics
from app.audio.browser import BrowserSource
from app.audio.source import Source
from app.captions.room import Room
from app.captions.room_state import SourceState
from app.errors import SettingsError, SourceError, SurtitleError, first_error
from app.media.media_source import MediaSource
from app.service.source_switch import SourceSwitch

logger = log.get(__name__)

RETRY_S = 2.0
"""Pause before a failed source is opened again: time to plug in a cable or restart a stream."""

BROWSERS_MAX = 16
"""Pages that may speak in one room at once; each needs memory for up to 30 s of sound and 120 s of buffer."""

BROWSER_PATIENCE_S = 120.0
"""How long a page may be disconnected before its session ends."""

STOPPED = "Stopped at the console."

STREAM = "stream"
"""Name of the room's own stream; its address is not shown because it may contain a password."""

STOP_S = 4.0
"""How long the last phrases may take to be decoded when a source stops."""


class RoomSources:
    """Runs the sources of a room, restarts those that break off, and lets the operator switch them."""

    def __init__(self, room: Room, group: asyncio.TaskGroup, *, private: bool) -> None:
        """Start with no sources; `private` allows streams from addresses of the local network."""
        self._room, self._group, self._private = room, group, private
        self._browsers: dict[str, BrowserSource] = {}
        self._stream_address: str | None = None
        self._stream: asyncio.Task[None] | None = None
        self._switches: dict[str, SourceSwitch] = {}
        """Switches of the sources that run or wait to run again."""
        self._tasks: set[asyncio.Task[None]] = set()

    def open_stream(self, address: str | None) -> None:
        """Open a network stream; None opens nothing."""
        self._stream_address = address
        if address:
            self._stream = self._start(self._run_stream(address))

    async def close_stream(self) -> None:
        """Stop the stream after its speech is decoded."""
        self._stream_address = None
        stream, self._stream = self._stream, None
        if stream is None:
            return
        if (switch := self._switches.get(STREAM)) is not None:
            switch.close()
        self._room.stop(STREAM)
        await asyncio.wait([stream], timeout=STOP_S)
        stream.cancel()

    def open_browser(self, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the source of a page's session; a new session starts one.

        Raises:
            SettingsError: The room has reached its limit of speaking pages.
        """
        existing = self._browsers.get(session)
        if existing is not None:
            return existing
        if len(self._browsers) >= BROWSERS_MAX:
            raise SettingsError(
                f"The room {self._room.name} has {BROWSERS_MAX} speaking pages already; close one of them first."
            )
        source = self._browsers[session] = BrowserSource(session, label)
        self._start(self._run_browser(source, session, language))
        return source

    def has_browser(self, session: str) -> bool:
        """Return whether a page's session runs."""
        return session in self._browsers

    async def run(self, source: Source) -> None:
        """Run sessions of a source until it ends; a source that worked before is opened again when it fails.

        While the operator has stopped it, nothing runs.

        Raises:
            SurtitleError: It failed before it worked once; raised in a group.
        """
        switch = self._switches[source.name] = SourceSwitch()
        has_worked = False
        try:
            while await switch.wait_until_on(lambda: self._show(source.name, "stopped", STOPPED)):
                failure: BaseException | None = None
                try:
                    await self._room.listen(source, waits=isinstance(source, MediaSource))
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

    def switch(self, name: str, *, is_on: bool) -> None:
        """Stop a source, or start it again; a speaking page can only be stopped.

        Raises:
            SettingsError: There is no such source, it has ended, or it is a page and cannot be started from here.
        """
        page = next((browser for browser in self._browsers.values() if browser.name == name), None)
        switch = self._switches.get(name)
        if page is not None and not is_on:
            page.close()
        elif page is not None:
            raise SettingsError("Expected a source that the service opens. A speaking page is started in its browser.")
        elif name not in {state.name for state in self._room.state.sources}:
            raise SettingsError(f"Expected a source of the room {self._room.name}, but it has none of that name.")
        elif switch is not None:
            switch.set(is_on=is_on)
            if not is_on:
                self._room.stop(name)
        elif is_on and name == STREAM and self._stream_address:
            self.open_stream(self._stream_address)
        else:
            raise SettingsError(f"Expected a source that can go on, but {name} has ended.")

    def end_all(self) -> None:
        """End all sources; what was said is still decoded."""
        for browser in self._browsers.values():
            browser.close()
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
            await self.run(MediaSource(address, private=self._private, name=STREAM))
        except* SurtitleError as group:
            failure = first_error(group)
            logger.warning("source_failed", room=self._room.name, reason=str(failure))
            self._show(STREAM, "failed", str(failure))

    async def _run_browser(self, source: BrowserSource, session: str, language: str | None) -> None:
        settings = self._room.settings
        if language is not None:
            settings = replace(settings, language=language)
        try:
            await self._room.listen(source, settings=settings, patience_s=BROWSER_PATIENCE_S)
        except SurtitleError as exc:
            logger.warning("page_failed", room=self._room.name, reason=str(exc))
        finally:
            source.close()
            self._browsers.pop(session, None)
            self._room.remove_source(source.name)
