"""One session live: a source is read at its pace, decodes are awaited, and neither waits for the other."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from app import log
from app.audio.source import Source
from app.captions.cadence import Pace
from app.captions.event import Event
from app.captions.room_state import SourceState
from app.captions.session import Session, SessionSettings
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeClient, DecodeNeed, DecodeRequest
from app.errors import DecodeError, SourceError

logger = log.get(__name__)

IDLE_S = 1.5
"""Without sound for this long, what was said before is closed: the page or device may be gone for good."""

AHEAD_MAX_S = 20.0
"""How far a file may be read ahead of its decodes; the buffer holds 120 s and would drop beyond."""

SHOW_S = 0.1
"""How much sound passes between two looks at level and voice; a meter needs no more."""

RETRY_S = 0.5
"""Pause after a failed decode."""


class LiveDecoder(Protocol):
    """Whatever decodes for one session; the engine's stream in earnest."""

    @property
    def slot(self) -> float | None:
        """The part of a second that ticks should fall on, 0 <= slot < 1 on the monotonic clock; None for any."""

    @property
    def cadence_s(self) -> float:
        """New sound between two decodes of a running utterance."""

    def answer(self, client: DecodeClient) -> Awaitable[DecodeResult | None]:
        """Decode what the client wants when its turn comes, None if it wants nothing any more; raises DecodeError."""


class LiveSession:
    """Runs one session of one source, once."""

    def __init__(
        self,
        source: Source,
        session: Session,
        *,
        decoder: LiveDecoder,
        publish: Callable[[Event], object],
        show: Callable[[SourceState], None],
        waits: bool,
        patience_s: float | None,
    ) -> None:
        """Prepare to feed `source` to `session`; see `Room.listen` for `waits` and `patience_s`."""
        self._source = source
        self._session = session
        self._decoder = decoder
        self._publish = publish
        self._show = show
        self._waits = waits
        self._patience_s = patience_s
        self._fed_s: float | None = None
        """The monotonic clock when sound came last; None before the first."""
        self._due = asyncio.Event()
        """Something has changed that may make a decode due."""
        self._answered = asyncio.Event()
        self._began_s = 0.0
        """The monotonic clock at the session's zero."""
        self._is_decoding = False
        """Whether an answer is awaited."""
        self._is_over = False
        self.is_paused = False
        """Whether sound is let by unheard."""
        self._failure: SourceError | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """Name of the source."""
        return self._source.name

    def configure(self, settings: SessionSettings, *, keeps_language: bool) -> None:
        """Go on with other settings from the next decode on, in the language it was given if it keeps that."""
        if keeps_language:
            own = self._session.settings
            settings = replace(settings, language=own.language, languages=own.languages)
        self._session.configure(settings)

    def stop(self) -> None:
        """Read no more, and let `run` end when all that was read is decoded and closed."""
        if self._reading is not None:
            self._reading.cancel()

    async def run(self) -> None:
        """Read, decode and publish until the source ends and all it said is closed.

        Raises:
            SourceError: The source broke off; what was said before is closed and published.
            SettingsError: It cannot work as asked.
        """
        self._show(SourceState(self._source.name, "starting"))
        async with asyncio.TaskGroup() as group:
            reading = self._reading = group.create_task(self._read())
            watching = group.create_task(self._watch(reading))
            await self._decode()
            watching.cancel()
        if self._failure is not None:
            raise self._failure
        self._show(SourceState(self._source.name, "ended"))

    async def _read(self) -> None:
        shown_s = 0.0
        try:
            async for chunk in self._source.chunks():
                self._began_s = self._began_s or time.monotonic() - chunk.end_s
                self._session.feed(chunk, is_heard=not self.is_paused)
                if chunk.end_s >= shown_s + SHOW_S or chunk.end_s < shown_s:
                    self._show(self._sound())
                    shown_s = chunk.end_s
                self._fed_s = time.monotonic()
                if not self._is_decoding and self.need() is not None:
                    self._due.set()
                while self._waits and self._session.behind_s > AHEAD_MAX_S:
                    self._answered.clear()
                    await self._answered.wait()
        except SourceError as exc:
            self._failure = exc
        finally:
            self._session.end()
            self._is_over = True
            self._due.set()

    async def _watch(self, reading: asyncio.Task[None]) -> None:
        """Close what was said when the sound stops without a word, and give up on a source that stays silent."""
        silent_since_s: float | None = None
        while True:
            fed_s = self._fed_s
            # a watchdog that is put off by every chunk would be woken 25 times a second for nothing
            await asyncio.sleep(IDLE_S if fed_s is None else max(IDLE_S / 10, fed_s + IDLE_S - time.monotonic()))
            if self._fed_s is None or time.monotonic() - self._fed_s < IDLE_S:
                continue
            if silent_since_s != self._fed_s and not self._is_over:
                silent_since_s = self._fed_s
                self._session.end()
                self._due.set()
                self._show(SourceState(self._source.name, "waiting", "No sound is arriving from this source."))
            if self._patience_s is not None and time.monotonic() - self._fed_s >= self._patience_s:
                reading.cancel()

    def need(self) -> DecodeNeed | None:
        """Return what the session wants decoded now, at the decoder's pace."""
        tick_s, slot = self._decoder.cadence_s, self._decoder.slot
        phase_s = None if self._waits or slot is None else (slot - self._began_s) % tick_s
        if (tick_s, phase_s) != (self._session.pace.tick_s, self._session.pace.phase_s):
            self._session.pace = Pace(tick_s, phase_s)
        return self._session.need()

    def request(self) -> DecodeRequest | None:
        """Return the decode that is due now, with all sound that has come."""
        return self._session.request()

    async def _decode(self) -> None:
        while True:
            if self.need() is None:
                if self._is_over and self._session.is_idle:
                    return
                await self._due.wait()
                self._due.clear()
                continue
            self._is_decoding = True
            try:
                decoded = await self._decoder.answer(self)
            except DecodeError as exc:
                logger.warning("decode_failed", source=self._source.name, reason=str(exc))
                self._session.failed()
                await asyncio.sleep(RETRY_S)
                self._due.set()
                continue
            finally:
                self._is_decoding = False
            if decoded is None:
                continue
            for event in self._session.result(decoded):
                self._publish(event)
            self._answered.set()

    def _sound(self) -> SourceState:
        level = self._session.level
        return SourceState(
            name=self._source.name,
            status="listening",
            level_dbfs=round(level.dbfs, 1),
            is_clipping=level.is_clipping,
            is_dead=level.is_dead,
            is_speech=self._session.is_speech,
            behind_s=round(self._session.behind_s, 1),
            cadence_s=self._decoder.cadence_s,
        )
