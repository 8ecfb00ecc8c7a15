"""Which window of a session's sound is due for a decode; pure.

Sound goes in chunk by chunk. While somebody speaks, the window from the last cut to the newest sound is due once per
tick. After a pause the utterance has ended, and its window is due at once. Closed phrases are cut away, and silence is
dropped without a decode.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from app.audio.buffer import Buffer
from app.audio.chunk import Samples
from app.audio.speech_stream import SpeechChunk
from app.audio.speech_timeline import SpeechTimeline

LIVE_WINDOW_MAX_S = 14.0
"""The longest window of a live decode: a longer one would need the next encoder length."""

SILENCE_STEP_S = 0.4
"""Silence is dropped in steps of this length, because each step costs time."""

JITTER = 0.2
"""Share of a tick by which ticks without a slot scatter. Two rooms that tick in step would wait for each other again
and again: the slowest room's 95th percentile was 1.5 times the median room's."""

ROUNDING_S = 1e-3
"""Rounding error of sums of seconds: a window of 14 s must count as one, or it would be decoded again and again."""


@dataclass(frozen=True, slots=True)
class WindowTimes:
    """Limits that decide when a window is due and when an utterance ends, in seconds of sound."""

    tick_s: float = 1.0
    """New sound between two decodes of a running utterance: short enough to read along, long enough to be cheap."""
    first_s: float = 0.8
    """Voice needed for the first decode of an utterance; less is often only half a word."""
    ended_s: float = 0.5
    """Silence that ends an utterance; pauses inside a sentence are mostly shorter."""
    voice_min_s: float = 0.25
    """Utterances with less voice are not decoded: a click, a cough."""
    preroll_s: float = 0.5
    """Silence kept before speech: speech detection is up to 0.3 s late at a soft onset."""
    large_model_s: float = 3.0
    """New sound between two decodes by the large model when a small model writes the drafts between. Words are
    committed once two decodes agree, so they are committed later by about this much."""
    fresh_sentence_s: float = 2.0
    """Silence after which the text before no longer helps the next decode."""


WINDOW_TIMES = WindowTimes()


@dataclass(frozen=True, slots=True)
class TickTiming:
    """When the ticks of a session fall; the engine gives its rooms different slots, so that they take turns."""

    tick_s: float = WINDOW_TIMES.tick_s
    """New sound between two decodes of a running utterance; longer when the engine is busy."""
    phase_s: float | None = None
    """A moment of the session's clock at which a tick falls; None counts ticks from the last decode."""

    def is_due(self, decoded_s: float, now_s: float) -> bool:
        """Return whether a tick fell since the last decoded sound; never within half a tick of it."""
        fresh_s = now_s - decoded_s
        if self.phase_s is None:
            scatter = (decoded_s * 997.0) % 1.0 - 0.5
            return fresh_s >= self.tick_s * (1 + JITTER * scatter) - 1e-6
        if fresh_s >= 1.5 * self.tick_s:
            return True
        ticks = math.floor((now_s - self.phase_s) / self.tick_s + 1e-6)
        return fresh_s >= self.tick_s / 2 and self.phase_s + ticks * self.tick_s > decoded_s + 1e-6


class VoiceActivity(Protocol):
    """Where there is voice; all times in seconds on the session's clock."""

    def voiced_s(self, start_s: float, end_s: float) -> float:
        """Return the seconds of voice between two moments."""

    def quietest_s(self, start_s: float, end_s: float) -> float:
        """Return the quietest moment between two moments."""

    def spans(self, start_s: float, end_s: float) -> list[tuple[float, float]]:
        """Return the stretches of voice between two moments, in order; the first and last may be cut there."""


@dataclass(frozen=True, slots=True)
class Window:
    """The sound of one decode."""

    start_s: float
    """Where it begins: at the last cut."""
    end_s: float
    """Where it ends."""
    is_ended: bool
    """Whether the utterance ended before `end_s`, so that no word is cut off there."""
    sound: VoiceActivity

    def reaches(self, length_s: float) -> bool:
        """Return whether the window is at least this long."""
        return self.end_s - self.start_s >= length_s - ROUNDING_S


class WindowSchedule:
    """Keeps the sound of one session that is not cut away yet, and decides which part is due for a decode."""

    def __init__(self) -> None:
        """Start at 0 s with no sound."""
        self.tick_timing = TickTiming()
        """When a running utterance is decoded; may change at any time."""
        self.sound = SpeechTimeline()
        """Where there is voice in the sound so far."""
        self.cut_s = 0.0
        """Where the next window begins."""
        self._buffer = Buffer()
        self._decoded_s = 0.0
        """Where the last decoded window ended."""
        self._large_model_end_s = 0.0
        """Where the last window decoded by the large model ended."""
        self._ends: deque[float] = deque()
        """Ends of utterances that are not decoded yet."""
        self._is_talking = False

    @property
    def end_s(self) -> float:
        """How much sound has arrived, in seconds on the session's clock."""
        return self._buffer.end_s

    @property
    def behind_s(self) -> float:
        """Seconds of sound with speech in it that are not decoded yet."""
        start_s = max(self._decoded_s, self.cut_s)
        if not self._ends and self.sound.voiced_s(start_s, self.end_s) == 0:
            return 0.0
        return max(0.0, self.end_s - start_s)

    @property
    def has_ended(self) -> bool:
        """Whether an utterance has ended that is not decoded yet."""
        return bool(self._ends)

    def feed(self, speech: SpeechChunk, *, keeps_silence: bool) -> bool:
        """Add sound, and drop silence unless `keeps_silence`; return whether a long pause was dropped.

        Chunks arrive in order; a gap between them counts as silence.
        """
        self._buffer.append(speech.chunk)
        self.sound.add(speech)
        self.cut_s = max(self.cut_s, self._buffer.start_s)
        is_fresh = False
        if self.sound.is_speech:
            if not self._is_talking:
                is_fresh = not keeps_silence and self._drop_silence(0.0)
            self._is_talking = True
            return is_fresh
        if self._is_talking and self.sound.silence_s >= WINDOW_TIMES.ended_s:
            self._is_talking = False
            self._ends.append(self.sound.end_s)
        return not keeps_silence and self._drop_silence(SILENCE_STEP_S)

    def end(self, *, has_words: bool) -> None:
        """End the running utterance, because no sound arrives; more may arrive later.

        An utterance without words and with hardly any voice is ignored.
        """
        self._is_talking = False
        start_s = self._ends[-1] if self._ends else self.cut_s
        if has_words or self.sound.voiced_s(start_s, self.end_s) >= WINDOW_TIMES.voice_min_s:
            self._ends.append(self.end_s)

    def window(self) -> Window:
        """Return the sound since the last cut, up to the end of its utterance, at most LIVE_WINDOW_MAX_S."""
        end_s = self._ends[0] if self._ends else self.end_s
        last_s = self.cut_s + LIVE_WINDOW_MAX_S
        return Window(self.cut_s, min(end_s, last_s), bool(self._ends) and end_s <= last_s, self.sound)

    def due_window(self, *, has_words: bool) -> Window | None:
        """Return the window that is due for a decode, or None; `has_words`: whether a phrase is open."""
        if not (self._ends or self._is_talking or has_words) and self.sound.silence_s > WINDOW_TIMES.ended_s:
            return None  # called 25 times a second for a silent room, so this must be cheap
        window = self.window()
        if window.is_ended:
            return window
        start_s = max(self._decoded_s, window.start_s)
        if self._decoded_s <= window.start_s:  # nothing of this window was decoded yet
            return window if self.sound.voiced_s(start_s, self.end_s) >= WINDOW_TIMES.first_s else None
        is_due = self.tick_timing.is_due(start_s, self.end_s) and self.sound.voiced_s(start_s, self.end_s) > 0
        return window if is_due else None

    def may_be_draft(self, window: Window) -> bool:
        """Return whether the small model may decode this window, because the large one decoded recently."""
        if window.is_ended or window.reaches(LIVE_WINDOW_MAX_S):
            return False
        return window.end_s - max(self._large_model_end_s, window.start_s) < WINDOW_TIMES.large_model_s

    def has_negligible_utterance(self) -> bool:
        """Return whether the next utterance to decode has ended and has hardly any voice, like a cough."""
        if not self._ends:
            return False
        window = self.window()
        return window.is_ended and self.sound.voiced_s(window.start_s, window.end_s) < WINDOW_TIMES.voice_min_s

    def samples(self, start_s: float, end_s: float) -> Samples:
        """Return the samples between two moments."""
        return self._buffer.window(start_s, end_s)

    def mark_decoded(self, window: Window, *, is_draft: bool) -> None:
        """Record that a window was decoded; `is_draft`: by the small model."""
        self._decoded_s = window.end_s
        if not is_draft:
            self._large_model_end_s = window.end_s

    def decode_again(self, from_s: float) -> None:
        """Make the sound after a moment due for a decode again."""
        self._decoded_s = min(self._decoded_s, from_s)

    def cut(self, at_s: float) -> None:
        """Drop the sound before a moment; a cut never goes back."""
        self.cut_s = max(self.cut_s, at_s)
        self._buffer.cut(self.cut_s)
        self.sound.forget(self.cut_s - LIVE_WINDOW_MAX_S)

    def finish_utterance(self, window: Window) -> None:
        """Drop a finished utterance, except for a little silence before the next one."""
        self._ends.popleft()
        self.cut(max(self.cut_s, window.end_s - WINDOW_TIMES.ended_s / 2))
        self._decoded_s = self.cut_s

    def _drop_silence(self, least_s: float) -> bool:
        """Drop silence longer than `least_s` before the preroll; return whether the pause is a long one."""
        if self._ends or self._is_talking:
            return False
        silent_since_s = self.end_s - WINDOW_TIMES.preroll_s
        if silent_since_s <= self.cut_s + least_s:
            return False
        if self.sound.voiced_s(self.cut_s, silent_since_s) >= WINDOW_TIMES.voice_min_s:
            return False
        self.cut(silent_since_s)
        return self.sound.silence_s >= WINDOW_TIMES.fresh_sentence_s
