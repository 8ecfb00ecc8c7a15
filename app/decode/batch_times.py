"""How long batches take: the cost of windows by encoder length, and when a batch counts as hung; pure."""

from collections.abc import Mapping

from app.decode.encoder_length import ENCODER_LENGTHS

HANG_FACTOR = 10.0
"""A batch that takes this many times as long as usual hangs: a window that loops writes about five times as many tokens
as speech does."""

HANG_MIN_S = 3.0
"""No batch hangs before this time: a busy machine may stall that long."""

HANG_SLOW_FACTOR = 3.0
"""A machine whose batches take longer than the limit for hangs is slow: then this many times the usual time is the
limit."""

SMOOTHING = 0.05
"""Weight of the newest batch in the mean; about the last twenty batches count."""

RELATIVE_COSTS = {length: length / ENCODER_LENGTHS[0] for length in ENCODER_LENGTHS}
"""Cost of a window at each encoder length, relative to the shortest, if it was not measured: encoding takes most of a
decode and grows a little faster than the length, the rest of a decode does not grow."""


class LengthCosts:
    """The relative cost of a window at each encoder length."""

    def __init__(self, row_s: Mapping[int, float] | None = None) -> None:
        """Use measured times of a window by encoder length; without them, costs in proportion to the length."""
        measured = {length: row_s[length] for length in ENCODER_LENGTHS if row_s and row_s.get(length)}
        # measured costs cannot be compared with those in proportion
        self._costs = measured if len(measured) == len(ENCODER_LENGTHS) else RELATIVE_COSTS

    def scale(self, cost_s: float, length: int, to_length: int) -> float:
        """Return what a window that costs `cost_s` at one encoder length costs at another."""
        return cost_s * self._costs.get(to_length, 1.0) / self._costs.get(length, 1.0)


class BatchTimes:
    """The usual time of batches, for each encoder length, and for live windows and files apart."""

    def __init__(self, hang_max_s: float) -> None:
        """Start with no batches; nothing takes `hang_max_s` unless the machine is slow or the device hangs."""
        self._hang_max_s = hang_max_s
        self._batch_s: dict[tuple[int, bool], float] = {}
        self._row_s: dict[tuple[int, bool], float] = {}
        self._patience = 1.0
        """Grows with each batch that was killed in vain, so that a machine that became slow is not killed for ever."""

    def add(self, length: int, n_rows: int, took_s: float, *, is_recorded: bool = False) -> None:
        """Count a batch that worked."""
        key = (length, is_recorded)
        self._patience = 1.0
        for means, new_s in ((self._batch_s, took_s), (self._row_s, took_s / n_rows)):
            before_s = means.get(key, new_s)
            means[key] = max(new_s, before_s) if new_s > 2 * before_s else before_s + SMOOTHING * (new_s - before_s)

    def on_hang(self) -> None:
        """Count a batch that was killed because it took too long."""
        self._patience *= 2

    def hang_s(self, length: int, n_rows: int, *, is_recorded: bool = False) -> float:
        """Return the time in seconds after which a batch counts as hung."""
        key = (length, is_recorded)
        usual_s = max(self._batch_s.get(key, 0.0), n_rows * self._row_s.get(key, 0.0))
        if not usual_s:
            # nobody waits for the first batch of files, and a beam over 30 s may take long on a CPU
            return self._patience * self._hang_max_s * (n_rows if is_recorded else 1)
        limit_s = min(max(HANG_MIN_S, HANG_FACTOR * usual_s), max(self._hang_max_s, HANG_SLOW_FACTOR * usual_s))
        return min(self._patience * limit_s, max(self._hang_max_s, self._patience * HANG_SLOW_FACTOR * usual_s))
