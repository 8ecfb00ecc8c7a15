"""Follows how sure a model usually is, so that doubt is relative to it; pure.

The mean log-probability depends on the model, the language, the microphone and the room: -0.2 is usual for a large
model near a microphone, -0.75 for `small` at a distance. A fixed threshold calls the second one doubtful all day.
"""

from collections import deque
from statistics import median

SAMPLES = 64
"""Hypotheses that the median follows: about a minute of speech in one room, so that a change of speaker counts soon."""

SAMPLES_MIN = 8
"""With fewer hypotheses their median says little, and the absolute thresholds hold."""

DOUBTFUL = -1.0
POOR = -1.5
"""Absolute thresholds until enough hypotheses came: generous, because a model at a distance is usually near -0.75.
Below -1.0 Whisper tries a better decode (`logprob_threshold`)."""

DOUBTFUL_MAX = -0.5
POOR_MAX = -1.0
"""Above these a hypothesis is never doubtful or poor, however sure the model usually is."""

SPREADS_DOUBTFUL = 2.5
SPREADS_POOR = 4.0
"""How many spreads below the median a hypothesis is doubtful or poor; about one in a hundred and one in ten thousand of
a normal distribution, whose median absolute deviation is 0.67 of its standard deviation."""

SPREAD_MIN = 0.12
"""Least spread: a model that is always equally sure must not be doubted for a small dip."""

SPREAD_MAX = 0.4
"""Largest spread: a model that is sometimes lost must not hide what is poor."""


class Confidence:
    """The running median and spread of a model's mean log-probability, in one session."""

    def __init__(self) -> None:
        """Start without hypotheses."""
        self._newest: deque[float] = deque(maxlen=SAMPLES)

    @property
    def is_known(self) -> bool:
        """Whether enough hypotheses came for thresholds relative to the median."""
        return len(self._newest) >= SAMPLES_MIN

    @property
    def doubtful(self) -> float:
        """Below this mean log-probability a hypothesis is committed on more agreement only."""
        return min(DOUBTFUL_MAX, self._below(SPREADS_DOUBTFUL)) if self.is_known else DOUBTFUL

    @property
    def poor(self) -> float:
        """Below this mean log-probability a better decode is worth its time."""
        return min(POOR_MAX, self._below(SPREADS_POOR)) if self.is_known else POOR

    def add(self, avg_logprob: float) -> None:
        """Take in the mean log-probability of a hypothesis that was believed, or only too uncertain."""
        self._newest.append(avg_logprob)

    def _below(self, spreads: float) -> float:
        """Return the value that is this number of spreads below the median."""
        middle = median(self._newest)
        spread = median(abs(value - middle) for value in self._newest) / 0.67
        return middle - spreads * min(max(spread, SPREAD_MIN), SPREAD_MAX)
