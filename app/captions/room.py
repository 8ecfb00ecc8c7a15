"""A room: its sources speak, and its readers are told in order."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from math import inf
from typing import Protocol

from app.audio.source import Source
from app.captions.bus import Bus
from app.captions.event import ORIGINAL, Event, State
from app.captions.live_session import LiveDecoder, LiveSession
from app.captions.log import Log, newest, prevailing
from app.captions.room_state import Alarm, OutputState, RoomState, SourceState, Visibility
from app.captions.session import Session, SessionSettings
from app.errors import SettingsError

SNAPSHOT_FINALS = 30
"""Phrases a new reader is shown: more than fits any screen, less than a second of download."""

SNAPSHOT_S = 3600.0
"""Phrases older than this are another meeting's to a new reader."""

AMENDED_MAX = 200
"""Corrected originals that are remembered for their translations, which come within seconds."""

MISSED_MAX = 2_000
"""Events a reader is told after it was away; one that missed more starts afresh."""


class LiveEngine(Protocol):
    """Whatever takes live streams in; the engines in earnest."""

    def join(self) -> AbstractContextManager[LiveDecoder]:
        """Take one stream in while the block lasts; raises BusyError."""


@dataclass(frozen=True, slots=True)
class RoomSnapshot:
    """All that a reader lacks."""

    epoch: str
    events: tuple[Event, ...]
    """Logged events, then the phrases open now."""
    is_fresh: bool
    """Whether the reader must forget what it shows."""


class Room:
    """One audience and whoever speaks to it."""

    def __init__(
        self, name: str, *, engine: LiveEngine, settings: SessionSettings, log: Log, model: str, age_s: float = 0.0
    ) -> None:
        """Open a room in which nobody speaks yet.

        `model` is the name of the model that readers are told; `age_s` is how long ago the room's clock began.
        """
        self.name = name
        self.settings = settings
        self.bus = Bus(name)
        self._engine = engine
        self._log = log
        self._model = model
        self._opened = time.monotonic() - age_s
        self._end_s = log.end_s
        """Where the last session's sound ended on the room's clock."""
        self._listening: set[LiveSession] = set()
        self._is_silent = asyncio.Event()
        self.is_open = True
        """Whether people may come in."""
        self.n_readers = 0
        """Viewers now; whoever lets them in counts them."""
        self.problems: dict[str, str] = {}
        """Sentences about outputs that fail, by the output's name; whoever runs them sets these and calls `wake`."""
        self.showing = Visibility()
        """What readers may see, as `direct` was told."""
        self.outputs: tuple[OutputState, ...] = ()
        """How the outputs are doing; whoever runs them sets this and calls `wake`."""
        self.alarms: tuple[Alarm, ...] = ()
        """What a person should look at; whoever watches the room sets this and calls `wake`."""
        self.n_erasures = 0
        """How often all captions were forgotten; readers forget them then too."""
        log.changed = self.wake
        self._open: dict[tuple[str, str], Event] = {}
        self._corrected: dict[tuple[str, str], Event] = {}
        """The newest word of an operator on a phrase and track, while it is on its way to the disk."""
        self._amended: dict[str, State] = {}
        """What became of originals that an operator changed, for translations that come later."""
        self._sources: dict[str, SourceState] = {}
        self._watchers: list[Callable[[], None]] = []

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
        problems = [self._log.problem, *self.problems.values()]
        return RoomState(
            self.name,
            self._model,
            self.tracks,
            tuple(self._sources.values()),
            self.n_readers,
            tuple(problem for problem in problems if problem),
            self.showing,
            self.outputs,
            self.alarms,
        )

    @contextmanager
    def watch(self, see: Callable[[], None]) -> Iterator[None]:
        """Call `see` after every change of the state while the block lasts; it must not wait."""
        self._watchers.append(see)
        try:
            yield
        finally:
            self._watchers.remove(see)

    def snapshot(self, since: int | None, epoch: str | None = None) -> RoomSnapshot:
        """Return what a reader needs to be up to date, who holds all up to `since` of the log called `epoch`.

        `epoch` None is the present one. Who holds nothing, or of another log, or missed too much, is shown the newest
        phrases only.
        """
        if since is not None and epoch in (None, self.epoch) and self._log.holds(since):
            logged = newest(self._log.since(since))  # nobody needs the words that were taken back since
            is_allowed = all(event.end_s >= self._oldest_s or event.state == "withdrawn" for event in logged)
            if len(logged) <= MISSED_MAX and is_allowed:
                return RoomSnapshot(self.epoch, (*logged, *self._open.values()), is_fresh=False)
        after_s = time.monotonic() - self._opened - SNAPSHOT_S
        held = prevailing(self._log.since(0))
        recent = [event for event in held[-SNAPSHOT_FINALS:] if event.end_s >= after_s]
        return RoomSnapshot(self.epoch, (*recent, *self._open.values()), is_fresh=True)

    async def history(self, before: int, most: int) -> tuple[list[Event], bool]:
        """Return the newest final phrases before a number as they stand now, and whether readers may see no older ones.

        Who may not have the transcript sees what a new reader may: nothing older than SNAPSHOT_S. Raises StoreError.
        """
        held = self._log.since(0)
        if held and held[0].end_s < self._oldest_s:  # the disk holds nothing more that may be seen
            found = [event for event in prevailing(held) if (event.seq or 0) < before][-most:]
        else:
            found = await self._log.before(before, most)
        allowed = [event for event in found if event.end_s >= self._oldest_s]
        return allowed, len(found) < most or len(allowed) < len(found)

    @property
    def _oldest_s(self) -> float:
        """Where the oldest phrase ends that every reader may see, on the room's clock."""
        return -inf if self.showing.offers_transcript else time.monotonic() - self._opened - SNAPSHOT_S

    def since(self, seq: int) -> list[Event]:
        """Return the logged events after `seq` that are held in memory, oldest first."""
        return self._log.since(seq)

    @property
    def last_seq(self) -> int:
        """Number of the newest event that readers were told."""
        return self._log.last_seq

    @property
    def forgotten(self) -> int:
        """Number of the newest event that is too old to be shown to anybody; 0 for none."""
        return self._log.forgotten

    @property
    def problem(self) -> str:
        """A sentence while captions are shown that are not saved, else empty."""
        return self._log.problem

    async def everything(self) -> list[Event]:
        """Return all logged events that are kept, oldest first; raises StoreError."""
        return await self._log.everything()

    def publish(self, event: Event) -> None:
        """Tell every reader of the event; one that belongs in the log is told once it is kept."""
        if event.is_logged:
            self._log.append(self._after_correction(event), self._tell)
            return
        if self._amended.get(event.phrase) == "withdrawn":
            return  # what was taken back goes on in no language
        event = replace(event, epoch=self.epoch)
        if event.committed or event.tentative:
            self._open[event.phrase, event.track] = event
        else:
            self._open.pop((event.phrase, event.track), None)
        self.bus.publish(event)

    def correct(self, phrase: str, track: str, text: str | None) -> None:
        """Change the text of a final phrase on one track, or with `text` None take it back; readers are told.

        A phrase whose original is taken back is taken back on every track; one whose original is corrected has
        translations that are outdated from then on, until they are corrected too or it says again what was translated.

        Raises:
            SettingsError: There is no such phrase among those held.
        """
        held: dict[str, Event] = {}
        translated = None
        """What the original said when it was translated."""
        for event in self._log.since(0):
            if event.phrase == phrase and track in (event.track, ORIGINAL):
                held[event.track] = self._corrected.get((phrase, event.track), event)
                if event.track == ORIGINAL and translated is None:
                    translated = event.committed
        if track not in held:
            raise SettingsError(f"Expected a final phrase of this room, but there is no {phrase} on the track {track}.")
        for event in held.values():
            if text is None:
                changed = replace(event, state="withdrawn", committed="", is_outdated=False)
            elif event.track == track:
                changed = replace(event, state="corrected", committed=text, is_outdated=False)
            else:
                is_outdated = event.state != "final" or text != translated
                if event.state == "withdrawn" or event.is_outdated == is_outdated:
                    continue
                changed = replace(event, is_outdated=is_outdated)
            changed = self._corrected[phrase, event.track] = replace(changed, rev=event.rev + 1)
            self._log.append(changed, self._tell)
        if track == ORIGINAL and text is None:
            for event in [event for place, event in self._open.items() if place[0] == phrase]:
                self.publish(replace(event, rev=event.rev + 1, committed="", tentative=""))
        if track == ORIGINAL:
            self._amended.pop(phrase, None)
            if text != translated:
                self._amended[phrase] = "withdrawn" if text is None else "corrected"
            if len(self._amended) > AMENDED_MAX:
                del self._amended[next(iter(self._amended))]

    def configure(self, settings: SessionSettings) -> None:
        """Let all who speak now, and later, be heard with other settings; what is decoded already stays.

        Who came with a language of its own keeps it until the room's languages change.
        """
        before, self.settings = self.settings, settings
        keeps = (before.language, before.languages) == (settings.language, settings.languages)
        for listening in self._listening:
            listening.configure(settings, keeps_language=keeps)
        self.wake()

    def direct(self, showing: Visibility) -> None:
        """Let readers see what the operator wants them to, and listen to nobody while the room is paused."""
        self.showing = showing
        for listening in self._listening:
            listening.is_paused = showing.is_paused
        self.wake()

    async def erase(self) -> None:
        """Forget all captions, here and at every reader; raises StoreError if the disk did not."""
        self._open.clear()
        self._corrected.clear()
        try:
            await self._log.erase()
        finally:
            self.n_erasures += 1
            self.wake()

    def stop(self, source: str | None = None) -> None:
        """Let a source finish, or all: what was said is decoded and closed, and `listen` returns."""
        for listening in self._listening:
            if source in (None, listening.name):
                listening.stop()

    def show(self, state: SourceState) -> None:
        """Tell how a source is doing."""
        self._sources[state.name] = state
        self.wake()

    def forget(self, source: str) -> None:
        """Leave a source out of the room's state."""
        self._sources.pop(source, None)
        self.wake()

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

    async def silence(self) -> None:
        """Wait until nobody is listened to any more, and readers were told the last phrase."""
        while self._listening:
            self._is_silent.clear()
            await self._is_silent.wait()
        await self._log.settle()

    async def _listen(
        self,
        stream: LiveDecoder,
        source: Source,
        settings: SessionSettings | None,
        waits: bool,
        patience_s: float | None,
    ) -> None:
        origin_s = max(time.monotonic() - self._opened, self._end_s)
        session = Session(
            room=self.name,
            source=source.name,
            number=self._log.begin(),
            settings=settings or self.settings,
            origin_s=origin_s,
        )
        listening = LiveSession(
            source,
            session,
            decoder=stream,
            publish=self.publish,
            show=self.show,
            waits=waits,
            patience_s=patience_s,
        )
        listening.is_paused = self.showing.is_paused
        self._listening.add(listening)
        try:
            await listening.run()
        finally:
            self._listening.discard(listening)
            self._is_silent.set()
            self._end_s = max(self._end_s, origin_s + session.end_s)

    def _after_correction(self, event: Event) -> Event:
        """Return a final translation as it stands after its original was corrected or taken back meanwhile."""
        amended = self._amended.get(event.phrase)
        if amended is None or event.track == ORIGINAL:
            return event
        if amended == "withdrawn":
            return replace(event, state="withdrawn", committed="")
        return replace(event, is_outdated=True)

    def _tell(self, event: Event) -> None:
        place = (event.phrase, event.track)
        self._open.pop(place, None)
        if place in self._corrected and self._corrected[place].rev == event.rev:
            del self._corrected[place]
        self.bus.publish(event)

    def wake(self) -> None:
        """Tell watchers that the state has changed."""
        for see in self._watchers:
            see()
