"""When a running utterance is decoded again; pure."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cadence:
    """When a decode is due, in seconds of sound."""

    tick_s: float = 1.0
    """New sound between two decodes of a running utterance: a person reads along, and the cost stays bounded."""
    first_s: float = 0.8
    """Voice needed for the first decode of an utterance; less is often half a word."""
    ended_s: float = 0.5
    """Silence that ends an utterance; pauses inside a sentence are mostly shorter."""
    voice_min_s: float = 0.25
    """Voice below which there is nothing to decode: a click, a cough."""
    preroll_s: float = 0.5
    """Silence kept before speech: voice activity is noticed 0.15-0.3 s after a soft onset."""
    solid_s: float = 3.0
    """New sound between two decodes by the large model where a small one writes drafts; words commit on agreement, so
    this is about how much later they do."""
    fresh_sentence_s: float = 2.0
    """Silence after which the words before no longer help the next."""


CADENCE = Cadence()


JITTER = 0.2
"""Share of a tick by which ticks without a slot scatter: two rooms that tick in step would wait for each other again
and again, and the slowest room's 95th percentile was 1.5 times the middle room's."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A session's ticks as an engine wants them, so that rooms take turns instead of coming all at once."""

    tick_s: float = CADENCE.tick_s
    """New sound between two decodes of a running utterance; longer when the engine is busy."""
    phase_s: float | None = None
    """A moment of the session's clock at which a tick falls; None lets ticks follow the last decode."""

    def is_due(self, decoded_s: float, now_s: float) -> bool:
        """Return whether there is a tick behind the sound that was decoded last; never after less than half a tick."""
        fresh_s = now_s - decoded_s
        if self.phase_s is None:
            scatter = (decoded_s * 997.0) % 1.0 - 0.5
            return fresh_s >= self.tick_s * (1 + JITTER * scatter) - 1e-6
        if fresh_s >= 1.5 * self.tick_s:
            return True
        ticks = math.floor((now_s - self.phase_s) / self.tick_s + 1e-6)
        return fresh_s >= self.tick_s / 2 and self.phase_s + ticks * self.tick_s > decoded_s + 1e-6
