"""Admission: how busy an engine is, how often rooms may ask, and whether another room fits; pure."""

from collections import deque
from dataclasses import dataclass

import numpy as np

CADENCES_S = (1.0, 1.5, 2.0, 3.0)
"""New sound between two decodes of a running utterance: on a busy engine rooms ask less often, so that they need not
wait."""

BOUND_S = 0.5
"""Limit in seconds for the 95th percentile of the delay from decode due to result; above it the engine slows rooms."""

REMEMBERED_S = 10.0
"""Measurements cover the last seconds: long enough for a steady figure, short enough to react within a phrase."""

SETTLED_S = 4.0
"""Shortest time between two changes of the cadence, so that each takes effect first."""

BUSY, FREE = 0.95, 0.8
"""Share of busy time above which rooms ask less often, and below which they may ask more often again."""

SHARE_MAX = 0.75
"""Share of time that all rooms may take together, all speaking, at the first cadence; the rest is for peaks
(queues grow without bound as it nears 1). Source: reference arithmetic of `surtitle bench model`."""


@dataclass(frozen=True, slots=True)
class _BatchTime:
    """One decoded batch."""

    ended_s: float
    took_s: float
    cost_s: float
    """What it would have taken at the shortest allowed encoder length."""
    waits_s: tuple[float, ...]
    """Delay from decode due to result, for each live row; empty for a batch of files."""


class Admission:
    """Measures one engine's batches; times are seconds on the caller's clock."""

    def __init__(self, lanes: int, *, row_s: float = 0.0, bound_s: float = BOUND_S) -> None:
        """Start with no batches; `lanes` batches may run at once, and one row is expected to take `row_s`."""
        self._lanes = lanes
        self._bound_s = bound_s
        self._batches: deque[_BatchTime] = deque()
        self._cadence = 0
        self._changed_s = 0.0
        self._began_s: float | None = None
        self.row_s = row_s
        """Mean lane time of one live row at the shortest allowed encoder length, in seconds; 0 while unknown."""

    @property
    def cadence_s(self) -> float:
        """New sound between two decodes of a running utterance, in seconds."""
        return CADENCES_S[self._cadence]

    @property
    def is_slowed(self) -> bool:
        """Whether rooms ask less often than they could on a free engine."""
        return self._cadence > 0

    def add_batch(
        self, ended_s: float, took_s: float, waits_s: tuple[float, ...], n_rows: int, *, cost_s: float | None = None
    ) -> None:
        """Count a batch of `n_rows` that used a lane for `took_s`; `waits_s`, `cost_s`: see `_BatchTime`."""
        cost_s = took_s if cost_s is None else cost_s
        if self._began_s is None:
            self._began_s = ended_s - took_s
            self._changed_s = ended_s
        self._batches.append(_BatchTime(ended_s, took_s, cost_s, waits_s))
        if waits_s:  # windows of files are longer and have wider beams
            share = cost_s / n_rows
            self.row_s = share if not self.row_s else 0.95 * self.row_s + 0.05 * share
        self._forget(ended_s)
        self._adapt(ended_s)

    def busy_share(self, now_s: float) -> float:
        """Return the recent share of busy lane time, 0..1."""
        self._forget(now_s)
        return min(1.0, sum(batch.took_s for batch in self._batches) / self._known_s(now_s))

    def live_load(self, now_s: float) -> float:
        """Return the recent share of lane time that live rows cost at the shortest allowed encoder length, 0..1."""
        self._forget(now_s)
        return min(1.0, sum(batch.cost_s for batch in self._batches if batch.waits_s) / self._known_s(now_s))

    def forget_waits(self, now_s: float) -> None:
        """Start measuring again, because windows became shorter: earlier waits say nothing about later ones."""
        self._batches.clear()
        self._changed_s = self._began_s = now_s

    def wait_p95_s(self) -> float:
        """Return the 95th percentile of the delay from decode due to result of recent live rows; 0 without any."""
        waits = [wait_s for batch in self._batches for wait_s in batch.waits_s]
        return float(np.quantile(waits, 0.95)) if waits else 0.0

    def has_room(self, shares_s: float) -> bool:
        """Return whether one more speaking room fits beside rooms that take `shares_s` of lane time per second.

        The first room always fits: a slow machine may still serve it at a slower cadence.
        """
        if not shares_s:
            return True
        return self._cadence == 0 and shares_s + self.row_s <= SHARE_MAX * self._lanes

    def _known_s(self, now_s: float) -> float:
        """Return the lane time that was measured, in seconds."""
        began_s = now_s if self._began_s is None else self._began_s
        return min(REMEMBERED_S, max(1.0, now_s - began_s)) * self._lanes

    def _forget(self, now_s: float) -> None:
        while self._batches and self._batches[0].ended_s < now_s - REMEMBERED_S:
            self._batches.popleft()

    def _adapt(self, now_s: float) -> None:
        if now_s - self._changed_s < SETTLED_S:
            return
        busy, wait_s = self.busy_share(now_s), self.wait_p95_s()
        if (busy > BUSY or wait_s > self._bound_s) and self._cadence < len(CADENCES_S) - 1:
            self._cadence += 1
        elif self._cadence and wait_s < 0.7 * self._bound_s:
            faster_s = CADENCES_S[self._cadence - 1]
            if busy * self.cadence_s / faster_s > FREE:
                return
            self._cadence -= 1
        else:
            return
        self._changed_s = self._began_s = now_s
        self._batches.clear()  # measurements at the other cadence do not apply to this one
