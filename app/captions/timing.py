"""When the windows of a running utterance are due, and how much silence means what; pure."""

import math
from dataclasses import dataclass

JITTER = 0.2
"""Share of a tick by which ticks without a slot scatter. Two rooms that tick in step would wait for each other again
and again: the slowest room's 95th percentile was 1.5 times the median room's."""


@dataclass(frozen=True, slots=True)
class WindowTimes:
    """Limits that decide when a window is due and when an utterance ends, in seconds of sound."""

    tick_s: float = 1.0
    """New sound between two decodes of a running utterance: short enough to read along, long enough to be cheap."""
    first_s: float = 0.8
    """Voice needed for the first decode of an utterance; less is often only half a word."""
    paused_s: float = 0.5
    """Silence after which all words are committed; their sound is kept, because the sentence may go on."""
    closed_s: float = 1.1
    """Silence that closes the phrase. Hesitant speakers pause for up to a second within a sentence, and windows of one
    to three seconds are the worst case for Whisper."""
    voice_min_s: float = 0.25
    """Utterances with less voice are not decoded: a click, a cough."""
    preroll_s: float = 0.5
    """Silence kept before speech: speech detection is up to 0.3 s late at a soft onset."""
    large_model_s: float = 3.0
    """New sound between two decodes by the large model when a small model writes the drafts between. Words are
    committed once two decodes agree, so they are committed later by about this much."""
    fresh_sentence_s: float = 2.0
    """Silence after which the text before no longer helps the next decode."""
    context_s: float = 2.0
    """Least sound that is kept before a cut in mid-sentence, so that the model hears how the sentence began, ..."""
    context_max_s: float = 5.0
    """... and the most; it makes every window of the next phrase longer."""


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
