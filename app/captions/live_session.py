"""One live session: reads a source and awaits its decodes at the same time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

import numpy as np

from app import log
from app.audio.chunk import Chunk
from app.audio.crosstalk import CrosstalkLane
from app.audio.level import Level
from app.audio.source import Source
from app.audio.speech_detector import SpeechDetector
from app.captions.event import Event
from app.captions.room_state import SourceState
from app.captions.session import Session
from app.captions.session_settings import SessionSettings
from app.captions.session_voices import SessionVoices
from app.captions.timing import TickTiming
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeClient
from app.errors import DecodeError, RowError, SourceError

logger = log.get(__name__)

IDLE_S = 1.5
"""After this long without sound, the open phrase is closed: the page or device may not come back."""

AHEAD_MAX_S = 20.0
"""How far a file may be read ahead of its decodes; the buffer keeps 120 s and drops the rest."""

STATE_S = 0.1
"""Sound between two updates of level and voice activity; a meter needs no more."""

RETRY_S = 0.5
"""Pause after a failed decode."""


class LiveDecoder(Protocol):
    """Decodes for one session; in the service a stream of an engine."""

    @property
    def slot(self) -> float | None:
        """The part of a second at which ticks should fall, 0 <= slot < 1 on the monotonic clock; None for any."""

    @property
    def cadence_s(self) -> float:
        """New sound between two decodes of a running utterance."""

    def answer(self, client: DecodeClient) -> Awaitable[DecodeResult | None]:
        """Decode the client's request when its turn comes; None if nothing is due then; raises DecodeError."""


class LiveSession:
    """Runs one session of one source, once."""

    def __init__(
        self,
        source: Source,
        session: Session,
        *,
        decoder: LiveDecoder,
        detector: SpeechDetector,
        on_event: Callable[[Event], object],
        on_state: Callable[[SourceState], None],
        waits: bool,
        patience_s: float | None,
        voices: SessionVoices | None = None,
        lane: CrosstalkLane | None = None,
        keeps_settings: bool = False,
    ) -> None:
        """Prepare to feed `source` to `session`; see `Room.listen` for `waits` and `patience_s`.

        `voices` distinguishes several people of the source.
        """
        self._source = source
        self._session = session
        self._decoder = decoder
        self._detector = detector
        self._stream = detector.open_stream()
        self._level = Level()
        self._on_event = on_event
        self._on_state = on_state
        self._waits = waits
        self._voices = voices
        self._lane = lane
        self._keeps_settings = keeps_settings
        self._patience_s = patience_s
        self._tick_timing = TickTiming()
        self._fed_s: float | None = None
        """When the newest sound arrived, on the monotonic clock; None before the first."""
        self._due = asyncio.Event()
        """Set when a decode may have become due."""
        self._answered = asyncio.Event()
        self._began_s = 0.0
        """The session's zero on the monotonic clock."""
        self._is_decoding = False
        """Whether the session waits for an answer."""
        self._is_over = False
        self.is_paused = False
        """Whether sound is ignored."""
        self._failure: SourceError | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """Name of the source."""
        return self._source.name

    def configure(self, settings: SessionSettings, *, keeps_language: bool) -> None:
        """Use other settings from the next decode on; with `keeps_language` all but the languages."""
        own = self._session.settings
        if keeps_language or self._keeps_settings:
            settings = replace(settings, language=own.language, languages=own.languages)
        if self._keeps_settings:
            settings = replace(settings, task=own.task)
        self._session.configure(settings)

    def stop(self) -> None:
        """Stop reading; `run` returns when everything read so far is decoded and closed."""
        if self._reading is not None:
            self._reading.cancel()

    async def run(self) -> None:
        """Read, decode and publish until the source ends and its last phrase is closed.

        Raises:
            SourceError: The source broke off; what was said before is closed and published.
            SettingsError: The source cannot work with its settings.
        """
        self._on_state(SourceState(self._source.name, "starting"))
        async with asyncio.TaskGroup() as group:
            reading = self._reading = group.create_task(self._read())
            watching = group.create_task(self._watch(reading))
            await self._decode()
            watching.cancel()
        if self._voices is not None:
            self._voices.close()
        if self._failure is not None:
            raise self._failure
        self._on_state(SourceState(self._source.name, "ended"))

    async def _read(self) -> None:
        state_s = 0.0
        try:
            async for chunk in self._source.chunks():
                self._began_s = self._began_s or time.monotonic() - chunk.end_s
                await self._feed(chunk)
                if chunk.end_s >= state_s + STATE_S or chunk.end_s < state_s:
                    self._on_state(self._state())
                    state_s = chunk.end_s
                self._fed_s = time.monotonic()
                self._update_tick_timing()
                if not self._is_decoding and self._session.need() is not None:
                    self._due.set()
                while self._waits and self._session.waiting_s > AHEAD_MAX_S:
                    self._answered.clear()
                    await self._answered.wait()
        except SourceError as exc:
            self._failure = exc
        finally:
            await self._flush()
            if self._voices is not None:
                self._voices.end()
                await self._voices.catch_up()
            self._publish(self._session.end())
            self._is_over = True
            self._due.set()

    async def _feed(self, chunk: Chunk) -> None:
        """Measure the level of a chunk, find its speech, and publish what follows; in a pause it counts as silence."""
        self._level.feed(chunk.samples)
        if self.is_paused:
            chunk = replace(chunk, samples=np.zeros_like(chunk.samples))
        for ready in [chunk] if self._lane is None else self._lane.push(chunk):
            await self._hear(ready)

    async def _flush(self) -> None:
        """Hear the sound that waits for other sources."""
        for ready in [] if self._lane is None else self._lane.flush():
            await self._hear(ready)

    async def _hear(self, chunk: Chunk) -> None:
        """Find the speech of a chunk, and publish what follows."""
        speech = await self._detector.analyse(self._stream, chunk)
        if self._voices is not None:
            self._voices.feed(speech)
            if self._waits:  # a file is read faster than it is spoken
                await self._voices.catch_up()
        self._publish(self._session.feed(speech))

    async def _watch(self, reading: asyncio.Task[None]) -> None:
        """Close the open phrase when the source stops sending, and end a source that sends nothing for too long."""
        silent_since_s: float | None = None
        while True:
            fed_s = self._fed_s
            # polls, because a timer would be restarted by every chunk, 25 times a second
            await asyncio.sleep(IDLE_S if fed_s is None else max(IDLE_S / 10, fed_s + IDLE_S - time.monotonic()))
            if self._fed_s is None or time.monotonic() - self._fed_s < IDLE_S:
                continue
            if silent_since_s != self._fed_s and not self._is_over:
                silent_since_s = self._fed_s
                await self._flush()
                self._publish(self._session.end())
                self._due.set()
                self._on_state(SourceState(self._source.name, "waiting", "No sound is arriving from this source."))
            if self._patience_s is not None and time.monotonic() - self._fed_s >= self._patience_s:
                reading.cancel()

    def _update_tick_timing(self) -> None:
        """Follow the decoder's cadence and slot."""
        tick_s, slot = self._decoder.cadence_s, self._decoder.slot
        phase_s = None if self._waits or slot is None else (slot - self._began_s) % tick_s
        if (tick_s, phase_s) != (self._tick_timing.tick_s, self._tick_timing.phase_s):
            self._tick_timing = TickTiming(tick_s, phase_s)
            self._session.set_tick_timing(self._tick_timing)

    async def _decode(self) -> None:
        while True:
            if self._session.need() is None:
                if self._is_over and self._session.is_idle:
                    return
                await self._due.wait()
                self._due.clear()
                continue
            self._is_decoding = True
            try:
                decoded = await self._decoder.answer(self._session)
            except DecodeError as exc:
                logger.warning("decode_failed", source=self._source.name, reason=str(exc))
                self._publish(self._session.on_failure(is_row_fault=isinstance(exc, RowError)))
                await asyncio.sleep(RETRY_S)
                self._due.set()
                continue
            finally:
                self._is_decoding = False
            if decoded is None:
                continue
            if self._voices is not None:
                await self._voices.catch_up()
            self._publish(self._session.on_result(decoded))
            self._answered.set()

    def _publish(self, events: list[Event]) -> None:
        for event in events:
            self._on_event(event)

    def _state(self) -> SourceState:
        level = self._level
        return SourceState(
            name=self._source.name,
            status="listening",
            level_dbfs=round(level.dbfs, 1),
            is_clipping=level.is_clipping,
            is_dead=level.is_dead,
            is_quiet=self._stream.is_quiet,
            is_speech=self._session.is_speech,
            behind_s=round(self._session.behind_s, 1),
            cadence_s=self._decoder.cadence_s,
            n_terms_used=self._session.n_terms_used,
        )
