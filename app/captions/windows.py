"""Which window of a session's sound is due for a decode; pure.

Sound goes in chunk by chunk. While somebody speaks, the window up to the newest sound is due once per tick. At a pause
its window is due at once; a longer pause, or the end of a sentence, closes the phrase. Closed phrases are cut away,
except for a few seconds of context when the cut is in mid-sentence, and silence is dropped without a decode.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from app.audio.buffer import Buffer
from app.audio.chunk import Samples
from app.audio.speech_stream import SpeechChunk
from app.audio.speech_timeline import SpeechTimeline
from app.captions.timing import WINDOW_TIMES, TickTiming
from app.decode.scripts import longest_window_s

LIVE_WINDOW_MAX_S = 14.0
"""The longest window of a live decode: a longer one would need the next encoder length."""

SILENCE_STEP_S = 0.4
"""Silence is dropped in steps of this length, because each step costs time."""

ROUNDING_S = 1e-3
"""Rounding error of sums of seconds: a window of 14 s must count as one, or it would be decoded again and again."""


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
    """Where it begins: at the last cut, or before it to give the model context."""
    end_s: float
    """Where it ends."""
    is_paused: bool
    """Whether the speaker pauses at `end_s`, so that no word is cut off there."""
    sound: VoiceActivity
    context_s: float = 0.0
    """Seconds of sound before the cut, whose words are final."""
    length_scale: float = 1.0
    """See `WindowSchedule.length_scale`."""

    @property
    def cut_s(self) -> float:
        """Where the last phrase was cut off and the words of this one begin."""
        return self.start_s + self.context_s

    def reaches(self, length_s: float) -> bool:
        """Return whether the window is at least this long, or as long in proportion to the longest of its script."""
        return self.end_s - self.start_s >= length_s * self.length_scale - ROUNDING_S


def find_length_scale(language: str | None) -> float:
    """Return how long windows of a language may be, over the usual; its text must fit into the decoder."""
    return 1.0 if language is None else min(1.0, longest_window_s(language) / LIVE_WINDOW_MAX_S)


@dataclass(slots=True)
class _Pause:
    """A pause of the speaker."""

    at_s: float
    """When it was noticed."""
    is_long: bool = False
    """Whether it lasted long enough to close the phrase."""


class WindowSchedule:
    """Keeps the sound of one session that is not cut away yet, and decides which part is due for a decode."""

    def __init__(self) -> None:
        """Start at 0 s with no sound."""
        self.tick_timing = TickTiming()
        """When a running utterance is decoded; may change at any time."""
        self.length_scale = 1.0
        """Length of windows over the usual; less where the script's text would not fit into the decoder. Such windows
        are too short for context. May change at any time."""
        self.sound = SpeechTimeline()
        """Where there is voice in the sound so far."""
        self.cut_s = 0.0
        """Where the words of the next window begin."""
        self._start_s = 0.0
        """Where its sound begins: at the cut, or before it to give the model context."""
        self._buffer = Buffer()
        self._decoded_s = 0.0
        """Where the last decoded window ended."""
        self._large_model_end_s = 0.0
        """Where the last window decoded by the large model ended."""
        self._pauses: deque[_Pause] = deque()
        """Pauses whose windows are not decoded yet."""
        self._newest_pause: _Pause | None = None
        """The newest pause, decoded or not, until its phrase is closed."""
        self._is_talking = False

    @property
    def end_s(self) -> float:
        """How much sound has arrived, in seconds on the session's clock."""
        return self._buffer.end_s

    @property
    def behind_s(self) -> float:
        """Seconds of speech that are not decoded yet."""
        return self.sound.voiced_s(max(self._decoded_s, self.cut_s), self.end_s)

    @property
    def waiting_s(self) -> float:
        """Seconds of sound, silence included, that are neither decoded nor dropped."""
        return max(0.0, self.end_s - max(self._decoded_s, self.cut_s))

    @property
    def has_paused(self) -> bool:
        """Whether there is a pause whose window is not decoded yet."""
        return bool(self._pauses)

    @property
    def long_pause_s(self) -> float | None:
        """When the newest pause was noticed, if all sound before it is decoded and it is long enough for a close."""
        pause = self._newest_pause
        return pause.at_s if pause is not None and pause.is_long and not self._pauses else None

    def feed(self, speech: SpeechChunk, *, keeps_silence: bool) -> bool:
        """Add sound, and drop silence unless `keeps_silence`; return whether a long pause was dropped.

        Chunks arrive in order; a gap between them counts as silence.
        """
        self._buffer.append(speech.chunk)
        if speech.late_gain is not None:
            late = speech.late_gain
            self._buffer.amplify(late.start_s, late.end_s, late.factor)
        self.sound.add(speech)
        self.cut_s = max(self.cut_s, self._buffer.start_s)
        self._start_s = max(self._start_s, self._buffer.start_s)
        is_fresh = False
        if self.sound.is_speech:
            if not self._is_talking:
                is_fresh = not keeps_silence and self._drop_silence(0.0)
            self._is_talking = True
            return is_fresh
        silence_s = self.sound.silence_s
        if self._is_talking and silence_s >= WINDOW_TIMES.paused_s:
            self._is_talking = False
            self._add_pause(_Pause(self.sound.end_s))
        if self._newest_pause is not None and not self._is_talking and silence_s >= WINDOW_TIMES.closed_s:
            self._newest_pause.is_long = True
        return not keeps_silence and self._drop_silence(SILENCE_STEP_S)

    def end(self, *, has_words: bool) -> None:
        """Treat the end of the sound as a long pause, because no sound arrives; more may arrive later.

        An utterance without words and with hardly any voice is ignored.
        """
        self._is_talking = False
        start_s = self.cut_s if self._newest_pause is None else self._newest_pause.at_s
        voiced_s = self.sound.voiced_s(start_s, self.end_s)
        if voiced_s >= WINDOW_TIMES.voice_min_s or (has_words and voiced_s > 0):
            self._add_pause(_Pause(self.end_s, is_long=True))
        elif self._newest_pause is not None:
            self._newest_pause.is_long = True
        elif has_words:
            self._add_pause(_Pause(self.end_s, is_long=True))

    def window(self) -> Window:
        """Return the sound since the last cut and its context, up to the next pause, at most LIVE_WINDOW_MAX_S."""
        end_s = self._pauses[0].at_s if self._pauses else self.end_s
        last_s = self._start_s + LIVE_WINDOW_MAX_S * self.length_scale
        is_paused = bool(self._pauses) and end_s <= last_s + ROUNDING_S
        context_s = self.cut_s - self._start_s
        return Window(self._start_s, min(end_s, last_s), is_paused, self.sound, context_s, self.length_scale)

    def due_window(self, *, has_words: bool) -> Window | None:
        """Return the window that is due for a decode, or None; `has_words`: whether a phrase is open."""
        if not (self._pauses or self._is_talking or has_words) and self.sound.silence_s > WINDOW_TIMES.paused_s:
            return None  # called 25 times a second for a silent room, so this must be cheap
        window = self.window()
        if window.is_paused:
            return window
        start_s = max(self._decoded_s, self.cut_s)
        if self._decoded_s <= self.cut_s:  # nothing of this phrase was decoded yet
            return window if self.sound.voiced_s(start_s, self.end_s) >= WINDOW_TIMES.first_s else None
        is_due = self.tick_timing.is_due(start_s, self.end_s) and self.sound.voiced_s(start_s, self.end_s) > 0
        return window if is_due or window.reaches(LIVE_WINDOW_MAX_S) else None

    def may_be_draft(self, window: Window) -> bool:
        """Return whether the small model may decode this window, because the large one decoded recently."""
        if window.is_paused or window.reaches(LIVE_WINDOW_MAX_S):
            return False
        return window.end_s - max(self._large_model_end_s, window.cut_s) < WINDOW_TIMES.large_model_s

    def has_negligible_utterance(self) -> bool:
        """Return whether the next window ends in a pause and has hardly any voice, like a cough."""
        if not self._pauses:
            return False
        window = self.window()
        return window.is_paused and self.sound.voiced_s(window.cut_s, window.end_s) < WINDOW_TIMES.voice_min_s

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

    def cut(self, at_s: float, context_s: float = math.inf) -> None:
        """End the sound of a phrase at a moment; the next windows begin at `context_s`, if that is earlier.

        Neither goes back.
        """
        self.cut_s = max(self.cut_s, at_s)
        self._start_s = max(self._start_s, self.cut_s if self.length_scale < 1 else min(self.cut_s, context_s))
        self._buffer.cut(self._start_s)
        self.sound.forget(self._start_s - LIVE_WINDOW_MAX_S)

    def insert_pause(self, at_s: float) -> None:
        """End the next window at a moment before the next pause, because a decode left out the speech before it."""
        self._pauses.appendleft(_Pause(at_s))

    def finish_pause(self, window: Window) -> bool:
        """Record that the window of a pause was decoded; return whether the pause is long enough to close the phrase.

        Its sound stays, because the sentence may go on.
        """
        self._decoded_s = window.end_s
        return self._pauses.popleft().is_long

    def drop_pause(self, at_s: float) -> None:
        """Drop the sound before a pause that was noticed at `at_s`, except for a little silence before it."""
        if self._newest_pause is not None and self._newest_pause.at_s <= at_s:
            self._newest_pause = None
        self._drop_until(at_s - WINDOW_TIMES.paused_s / 2)

    def _add_pause(self, pause: _Pause) -> None:
        self._pauses.append(pause)
        self._newest_pause = pause

    def _drop_until(self, at_s: float) -> None:
        """Drop sound without words; context stays as long as it is short enough."""
        at_s = max(self.cut_s, at_s)
        has_context = self._start_s < self.cut_s and at_s - self._start_s <= WINDOW_TIMES.context_max_s
        self.cut(at_s, self._start_s if has_context else at_s)
        self._decoded_s = self.cut_s

    def _drop_silence(self, least_s: float) -> bool:
        """Drop silence longer than `least_s` before the preroll; return whether the pause is a long one."""
        if self._pauses or self._is_talking:
            return False
        silent_since_s = self.end_s - WINDOW_TIMES.preroll_s
        if silent_since_s <= self.cut_s + least_s:
            return False
        if self.sound.voiced_s(self.cut_s, silent_since_s) >= WINDOW_TIMES.voice_min_s:
            return False
        self._drop_until(silent_since_s)
        return self.sound.silence_s >= WINDOW_TIMES.fresh_sentence_s
