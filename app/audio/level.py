"""Measures how loud a source is, and whether it clips or yields digital silence; no I/O."""

import math
from collections import deque

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Samples

FLOOR_DBFS = -120.0

METER_S = 0.3
"""Averaging time of the meter; a VU meter has the same."""

FULL_SCALE = 0.999
CLIPPED_RUN = 3
"""Samples in a row at full scale that count as clipping; fewer are a loud peak."""

CLIPPING_HOLD_S = 2.0
"""How long the warning stays, so that people see it."""

DEAD_DBFS = -90.0
"""A live microphone always has more noise than this (one bit of 16 is -90 dB)."""

DEAD_S = 3.5
"""Longer than a noise gate stays closed between two sentences; the warning still comes within five seconds."""


class Level:
    """Follows the level of one source."""

    def __init__(self) -> None:
        """Start with silence."""
        self._recent: deque[tuple[int, float]] = deque()
        """(samples, energy) of the newest chunks."""
        self._n_recent = 0
        self._peak = 0.0
        self._since_clip_s = CLIPPING_HOLD_S
        self._dead_s = 0.0

    def feed(self, samples: Samples) -> None:
        """Measure the next sound."""
        if not len(samples):
            return
        duration_s = len(samples) / SAMPLE_RATE
        energy = float(np.dot(samples, samples))
        self._recent.append((len(samples), energy))
        self._n_recent += len(samples)
        while self._n_recent - self._recent[0][0] >= METER_S * SAMPLE_RATE:
            self._n_recent -= self._recent.popleft()[0]
        self._peak = max(float(samples.max()), -float(samples.min()))
        is_clipped = self._peak >= FULL_SCALE and _is_clipped(samples)
        self._since_clip_s = 0.0 if is_clipped else self._since_clip_s + duration_s
        self._dead_s = self._dead_s + duration_s if _dbfs(energy, len(samples)) <= DEAD_DBFS else 0.0

    @property
    def dbfs(self) -> float:
        """RMS of the last 300 ms or a little more in dB below full scale, never below -120."""
        return _dbfs(sum(energy for _, energy in self._recent), self._n_recent)

    @property
    def peak_dbfs(self) -> float:
        """Peak of the newest chunk in dB below full scale, never below -120."""
        return max(FLOOR_DBFS, 20 * float(np.log10(self._peak))) if self._peak > 0 else FLOOR_DBFS

    @property
    def is_clipping(self) -> bool:
        """Whether peaks were clipped within the last two seconds."""
        return self._since_clip_s < CLIPPING_HOLD_S

    @property
    def is_dead(self) -> bool:
        """Whether there was only digital silence for DEAD_S seconds."""
        return self._dead_s >= DEAD_S


def _dbfs(energy: float, n_samples: int) -> float:
    """Return the level of samples whose squares have the sum `energy`."""
    return max(FLOOR_DBFS, 10 * math.log10(energy / n_samples)) if energy > 0 else FLOOR_DBFS


def _is_clipped(samples: Samples) -> bool:
    full = (np.abs(samples) >= FULL_SCALE).astype(np.int8)
    return len(full) >= CLIPPED_RUN and bool(np.convolve(full, np.ones(CLIPPED_RUN, np.int8)).max() >= CLIPPED_RUN)
