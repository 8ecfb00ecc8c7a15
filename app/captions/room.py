"""A room: its sources speak, and its readers get captions in order."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Protocol

from app.audio.source import Source
from app.audio.speech_detector import SpeechDetector
from app.captions.bus import Bus
from app.captions.caption_log import CaptionLog
from app.captions.copied_phrases import CopiedPhrases, RoomPhrases
from app.captions.event import ORIGINAL, Event
from app.captions.live_session import LiveDecoder, LiveSession
from app.captions.room_state import RoomState, Visibility
from app.captions.session import Session
from app.captions.session_settings import SessionSettings
from app.captions.session_voices import RoomVoices
from app.captions.speaker_turns import SpeakerTurns
from app.captions.track_demand import TrackDemand
from app.captions.transcript import RoomSnapshot, Transcript
from app.captions.untranslated import ENGLISH
from app.captions.watched_state import WatchedState


class LiveEngine(Protocol):
    """Accepts live streams; in the service the engine pool."""

    def join(self, room: str = "") -> AbstractContextManager[LiveDecoder]:
        """Accept one stream of a room while the block lasts; raises BusyError."""


class SharedClock(Protocol):
    """The clock of several sources that begin together."""

    def begin(self, at_s: float) -> float:
        """Return where it began on the room's clock; `at_s` is now."""


class Room(WatchedState):
    """One audience and the sources that speak to it."""

    def __init__(
        self,
        name: str,
        *,
        engine: LiveEngine,
        settings: SessionSettings,
        log: CaptionLog,
        model: str,
        age_s: float = 0.0,
        detector: SpeechDetector | None = None,
        voices: RoomVoices | None = None,
    ) -> None:
        """Open a room without sources.

        `model` is the name of the model that readers see; `age_s` is how long ago the room's clock began. `detector`
        finds speech for all rooms of a process; None gives the room its own. `voices` distinguishes people who share a
        source; None, without a speaker model, does not.
        """
        super().__init__()
        self.name = name
        self.settings = settings
        """What new sources are decoded with."""
        self.bus = Bus(name)
        self.demand = TrackDemand()
        """Which tracks are read now."""
        self.is_open = True
        """Whether readers may connect."""
        self.n_erasures = 0
        """How often `erase` was called; readers then clear what they show."""
        self._engine = engine
        self._detector = detector or SpeechDetector()
        self.voices = voices
        """Distinguishes people who share a source without a name; None without a speaker model."""
        self._log = log
        self._model = model
        self._began_s = time.monotonic() - age_s
        self.transcript = Transcript(log, self.bus, self.now_s)
        self._end_s = log.end_s
        """Where the last session's sound ended on the room's clock."""
        self._sessions: set[LiveSession] = set()
        self._phrases = RoomPhrases()
        self._session_ended = asyncio.Event()
        log.on_problem = self._notify

    @property
    def epoch(self) -> str:
        """Name of this life of the room's log."""
        return self._log.epoch

    @property
    def last_seq(self) -> int:
        """Number of the newest event that was published."""
        return self._log.last_seq

    @property
    def expired_seq(self) -> int:
        """Number of the newest event that is too old to be shown to any reader, or 0."""
        return self._log.expired_seq

    @property
    def problem(self) -> str:
        """A sentence while published captions are not saved, else empty."""
        return self._log.problem

    @property
    def tracks(self) -> tuple[str, ...]:
        """Tracks on offer: `original`, English if it comes from the sound, and the targets."""
        spoken = (ENGLISH,) if self.settings.task == "translate" else ()
        return tuple(dict.fromkeys((ORIGINAL, *spoken, *self.targets, *self.interpreted)))

    @property
    def main_track(self) -> str:
        """The track of readers and outputs that choose none: the first translation, else the original."""
        return self.tracks[:2][-1]

    @property
    def state(self) -> RoomState:
        """The room as it is now."""
        problems = [self._log.problem, *self._problems.values()]
        return RoomState(
            self.name,
            self._model,
            self.tracks,
            tuple(self._sources.values()),
            tuple(problem for problem in problems if problem),
            self._visibility,
            self._n_readers,
            self._outputs,
            self._alarms,
            self.title,
            self.speaker_names,
            self.shows_names,
        )

    def set_visibility(self, visibility: Visibility) -> None:
        """Change what readers may see; while the room is paused, sound of all sources is ignored."""
        self._visibility = visibility
        self.transcript.offers_all = visibility.offers_transcript
        for session in self._sessions:
            session.is_paused = visibility.is_paused
        self._notify()

    def configure(self, settings: SessionSettings) -> None:
        """Use other settings for all sources, from the next decode on.

        A source that was started with a language of its own keeps it until the room's languages change.
        """
        before, self.settings = self.settings, settings
        keeps_language = (before.language, before.languages) == (settings.language, settings.languages)
        for session in self._sessions:
            session.configure(settings, keeps_language=keeps_language)
        self._notify()

    def publish(self, event: Event) -> None:
        """Publish an event to all readers; a final or corrected one is logged first."""
        self.transcript.publish(event)

    def correct(self, phrase: str, track: str, text: str | None) -> None:
        """Replace the text of a final phrase, or withdraw it; see `Transcript.correct`."""
        self.transcript.correct(phrase, track, text)

    def snapshot(self, since: int | None, epoch: str | None = None) -> RoomSnapshot:
        """Return what a reader needs to be up to date; see `Transcript.snapshot`."""
        return self.transcript.snapshot(since, epoch)

    async def history(self, before: int, limit: int) -> tuple[list[Event], bool]:
        """Return older final phrases, and whether readers may see none before them; see `Transcript.history`."""
        return await self.transcript.history(before, limit)

    def since(self, seq: int) -> list[Event]:
        """Return the logged events after `seq` that are in memory, oldest first."""
        return self._log.since(seq)

    def newest(self) -> Iterator[Event]:
        """Yield the newest event of each phrase and track in memory, newest first; for use at once."""
        return self._log.newest()

    async def all_events(self, track: str | None = None) -> list[Event]:
        """Return all logged events that are kept, oldest first, of one track or all; raises BusyError, StoreError."""
        return await self._log.all_events(track)

    async def erase(self) -> int:
        """Delete all captions, here and at every reader, and return the number of logged events.

        Raises StoreError if the disk failed.
        """
        try:
            return await self.transcript.erase()
        finally:
            if self.voices is not None:
                self.voices.forget()
            self.n_erasures += 1
            self._notify()

    async def listen(
        self,
        source: Source,
        *,
        settings: SessionSettings | None = None,
        waits: bool = False,
        patience_s: float | None = None,
        turns: SpeakerTurns | None = None,
        yields: bool = False,
        track: str = ORIGINAL,
        clock: SharedClock | None = None,
    ) -> None:
        """Run one session of a source until it ends, and close its open phrase.

        `turns` says who speaks there, as far as the source has names. `waits`: whether the source can wait, as a file
        can. A source that sends nothing for `patience_s` is closed. `yields`: whether it is a mix of the other sources,
        which shows only what they do not have. `track`: where its text belongs; on another than `original` an
        interpreter speaks, whose settings stay. `clock` is that of a device with several sources. Cancelling stops at
        once and leaves the last phrase open.

        Raises:
            BusyError: The machine is full.
            SourceError: The source broke off; what was said before is closed and published.
            SettingsError: The source cannot work with its settings.
        """
        with self._engine.join(self.name) as decoder:
            origin_s = max(self.now_s(), self._end_s)
            origin_s = clock.begin(origin_s) if clock is not None else origin_s
            phrases = self._phrases.join(origin_s, yields=yields)
            voices = self.voices.open_session(turns) if self.voices is not None else None
            session = Session(
                room=self.name,
                source=source.name,
                number=self._log.begin_session(),
                settings=settings or self.settings,
                origin_s=origin_s,
                turns=voices or turns,
            )
            live = LiveSession(
                source,
                session,
                decoder=decoder,
                detector=self._detector,
                on_event=partial(self._publish_from, phrases, track),
                on_state=self.set_source,
                waits=waits,
                patience_s=patience_s,
                voices=voices,
                lane=phrases.lane,
                keeps_settings=track != ORIGINAL,
            )
            live.is_paused = self._visibility.is_paused
            self._sessions.add(live)
            try:
                await live.run()
            finally:
                self._sessions.discard(live)
                phrases.leave()
                self._session_ended.set()
                self._end_s = max(self._end_s, origin_s + session.end_s)

    def stop(self, source: str | None = None) -> None:
        """End one source, or all: decodes and closes what was said, then `listen` returns."""
        for session in self._sessions:
            if source in (None, session.name):
                session.stop()

    async def wait_until_silent(self) -> None:
        """Wait until no source runs and the last phrase is published."""
        while self._sessions:
            self._session_ended.clear()
            await self._session_ended.wait()
        await self._log.drain()

    def _publish_from(self, phrases: CopiedPhrases, track: str, event: Event) -> None:
        """Publish an event of a source, unless another source has the same voice louder."""
        is_spoken = event.track == ORIGINAL
        for one in phrases.take(replace(event, track=track) if is_spoken else event, decides=is_spoken):
            self.transcript.publish(one)

    def now_s(self) -> float:
        """Return the time on the room's audio clock."""
        return time.monotonic() - self._began_s
