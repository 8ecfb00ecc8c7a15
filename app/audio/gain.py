"""Amplifies quiet speech, slowly: the gain follows the level of speech and stays as it is in silence; no I/O."""

import math

import numpy as np

from app.audio.chunk import Samples, limit_gain
from app.audio.silero import STEP_S
from app.audio.speech_thresholds import SpeechThresholds

SURE = 0.7
"""Probability from which a step counts as speech here: the level of a doubtful step may be that of noise."""

RISE_S, FALL_S = 0.3, 2.0
"""Time constants of the followed level, in seconds of speech: a louder speaker is too loud at once, a quieter one must
be distinguished from a softer sentence."""

SETTLE_STEPS = 5
"""Steps of speech after which the gain is set for the first time, 160 ms: one step may be a soft beginning."""

QUIET_S = 3.0
"""Seconds of speech below the limit after which it counts as too quiet: longer than a softer sentence."""


class AutomaticGain:
    """The gain of one stream.

    It is never below 1: loud speech is left as it is. At the start it is 1; the first SETTLE_STEPS of speech set it at
    once, and the longer speech is heard the slower it changes.
    """

    def __init__(self, thresholds: SpeechThresholds) -> None:
        """Start with a gain of 1."""
        self._thresholds = thresholds
        self._level_db = 0.0
        self._n_steps = 0
        """Steps of speech heard so far."""
        self._gain = self._target = 1.0
        self._quiet_s = 0.0
        """Seconds of speech since its level fell below the limit for quiet speech; 0 while it is above."""

    @property
    def is_quiet(self) -> bool:
        """Whether the newest speech has been too quiet for some seconds."""
        return self._quiet_s >= QUIET_S

    @property
    def gain(self) -> float:
        """The factor at the end of the newest sound."""
        return self._gain

    def apply(self, samples: Samples) -> Samples:
        """Return the next samples, of at most a step, amplified; the gain moves to its target within them."""
        if not len(samples) or self._gain == self._target == 1.0:
            return samples
        begin, self._gain = limit_gain(samples, self._gain), limit_gain(samples, self._target)
        if begin == self._gain:
            return samples * np.float32(begin)
        return samples * np.linspace(begin, self._gain, len(samples), dtype=np.float32)

    def follow(self, rms: float, probability: float) -> float | None:
        """Follow the level of one step of sound before amplification, if it is speech.

        When the gain is set for the first time, return it: the sound just before should have had it too.
        """
        if probability < SURE or rms <= 0:
            return None
        level_db = 20 * math.log10(rms)
        self._n_steps += 1
        if self._n_steps == 1:
            self._level_db = level_db
        time_s = RISE_S if level_db > self._level_db else FALL_S
        self._level_db += max(STEP_S / time_s, 1 / self._n_steps) * (level_db - self._level_db)
        limits = self._thresholds
        self._quiet_s = self._quiet_s + STEP_S if self._level_db < limits.quiet_dbfs else 0.0
        if self._n_steps < SETTLE_STEPS:
            return None
        gain_db = min(max(0.0, limits.level_dbfs - self._level_db), limits.gain_max_db)
        self._target = 10 ** (gain_db / 20)
        if self._n_steps > SETTLE_STEPS:
            return None
        self._gain = self._target
        return self._gain
