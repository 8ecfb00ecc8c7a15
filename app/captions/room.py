"""A room: its sources speak, and its readers are told in order."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from app.audio.source import Source
from app.captions.bus import Bus
from app.captions.event import Event
from app.captions.listening import Decoder, Listening
from app.captions.log import Log
from app.captions.session import Session, SessionSettings
from app.captions.state import RoomState, SourceState

SNAPSHOT_FINALS = 30
"""Phrases a new reader is shown: more than fits any screen, less than a second of download."""

STATE_PAUSE_S = 0.25
"""Pause between two states told to a reader; a level meter needs no more."""


class Engine(Protocol):
    """Whatever takes live streams in; the engines in earnest."""

    def join(self) -> AbstractContextManager[Decoder]:
        """Take one stream in while the block lasts; raises BusyError."""


class Room:
    """One audience and whoever speaks to it."""

    def __init__(self, name: str, *, engine: Engine, settings: SessionSettings, log: Log, model: str) -> None:
        """Open an empty room; `model` is the name of the model that readers are told."""
        self.name = name
        self.settings = settings
        self.bus = Bus(name)
        self._engine = engine
        self._log = log
        self._model = model
        self._opened = time.monotonic()
        self._end_s = 0.0
        """Where the last session's sound ended on the room's clock."""
        self._n_sessions = 0
        self._open: dict[tuple[str, str], Event] = {}
        self._sources: dict[str, SourceState] = {}
        self._watchers: set[asyncio.Event] = set()

    @property
    def epoch(self) -> str:
        """Name of this life of the room's log."""
        return self._log.epoch

    @property
    def tracks(self) -> tuple[str, ...]:
        """Tracks on offer, `original` first."""
        return ("original", "en") if self.settings.task == "translate" else ("original",)

    @property
    def state(self) -> RoomState:
        """The room as it is now."""
        return RoomState(self.name, self._model, self.tracks, tuple(self._sources.values()), self.bus.n_readers)

    async def states(self) -> AsyncGenerator[RoomState, None]:
        """Yield the state now and after every change, a few times a second at most; for ever, any number of readers."""
        changed = asyncio.Event()
        self._watchers.add(changed)
        try:
            while True:
                yield self.state
                await changed.wait()
                changed.clear()
                await asyncio.sleep(STATE_PAUSE_S)  # a limit on the rate, not a poll
        finally:
            self._watchers.discard(changed)

    def snapshot(self, since: int | None) -> list[Event]:
        """Return what a reader needs to be up to date: logged events after `since`, then the phrases open now.

        With `since` None the newest logged events only.
        """
        logged = self._log.since(since) if since is not None else self._log.since(0)[-SNAPSHOT_FINALS:]
        return [*logged, *self._open.values()]

    def publish(self, event: Event) -> Event:
        """Log the event if it belongs in the log, then tell every reader; returns it as it was told."""
        if event.is_logged:
            event = self._log.append(event)
            self._open.pop((event.phrase, event.track), None)
        else:
            event = replace(event, epoch=self.epoch)
            if event.committed or event.tentative:
                self._open[event.phrase, event.track] = event
            else:
                self._open.pop((event.phrase, event.track), None)
        self.bus.publish(event)
        return event

    def show(self, state: SourceState) -> None:
        """Tell how a source is doing."""
        self._sources[state.name] = state
        self._wake()

    def forget(self, source: str) -> None:
        """Leave a source out of the room's state."""
        self._sources.pop(source, None)
        self._wake()

    async def listen(
        self,
        source: Source,
        *,
        settings: SessionSettings | None = None,
        waits: bool = False,
        patience_s: float | None = None,
    ) -> None:
        """Run one session of a source until it ends, and close what it left open.

        `waits` says that the source can be kept waiting, as a file can. A source that sends nothing for `patience_s` is
        given up. Cancelling stops at once and leaves the last phrase open.

        Raises:
            BusyError: The machine has no room for one more speaking source.
            SourceError: It broke off; what was said before is closed and published.
            SettingsError: It cannot work as asked.
        """
        with self._engine.join() as stream:
            await self._listen(stream, source, settings, waits, patience_s)

    async def _listen(
        self,
        stream: Decoder,
        source: Source,
        settings: SessionSettings | None,
        waits: bool,
        patience_s: float | None,
    ) -> None:
        self._n_sessions += 1
        origin_s = max(time.monotonic() - self._opened, self._end_s)
        session = Session(
            room=self.name,
            source=source.name,
            number=self._n_sessions,
            settings=settings or self.settings,
            origin_s=origin_s,
        )
        listening = Listening(
            source,
            session,
            decoder=stream,
            publish=self.publish,
            show=self.show,
            waits=waits,
            patience_s=patience_s,
        )
        try:
            await listening.run()
        finally:
            self._end_s = max(self._end_s, origin_s + session.end_s)

    def _wake(self) -> None:
        for changed in self._watchers:
            changed.set()
