"""Chooses the shortest encoder length of live decodes by the load of the device, with hysteresis; pure.

Models were trained on 30 s, and some repeat themselves in shorter windows (whisper.cpp issue 1951, faster-whisper issue
624); but a short window costs a third. So windows are as long as the load allows.
"""

from app.decode.batch_times import LengthCosts
from app.decode.encoder_length import ENCODER_LENGTHS, FULL_LENGTH, encoder_length

LOAD_MAX = {1500: 0.30, 768: 0.45}
"""Share of lane time that live decodes may take at an encoder length; above it the next shorter one is used. There is
no limit for the shortest. The rest is for peaks: windows shorten long before rooms wait or are rejected."""

LOAD_BACK = 0.8
"""A longer encoder length is used again when its load would be below this share of its limit, so that the length does
not flutter."""

SETTLED_S = 10.0
"""A longer length is used again after this time at the earliest; a shorter one at once."""


class WindowChoice:
    """The shortest encoder length of one engine; times are seconds on the caller's clock."""

    def __init__(self, fixed: int | None = None, costs: LengthCosts | None = None) -> None:
        """Follow the load, or keep the encoder length `fixed`."""
        self.costs = costs or LengthCosts()
        self.is_fixed = fixed is not None
        self.allowed = fixed or ENCODER_LENGTHS[0]
        """The shortest encoder length that may be used; admission counts costs at it."""
        self.shortest = fixed or FULL_LENGTH
        """The shortest encoder length that is used now; windows that do not fit use the next longer one."""
        self._changed_s: float | None = None

    def length(self, duration_s: float, *, full_window: bool = False) -> int:
        """Return the encoder length, in frames of 20 ms, for a window of `duration_s`."""
        return encoder_length(duration_s, full_window=full_window, shortest=self.shortest)

    def update(self, now_s: float, load: float) -> bool:
        """Follow the load; return whether the length changed.

        `load` is the share of lane time that live decodes take if all windows have the shortest allowed length; more
        than 1 is possible.
        """
        if self.is_fixed:
            return False
        chosen = next(length for length in reversed(ENCODER_LENGTHS) if self._fits(length, load))
        if chosen == self.shortest:
            return False
        is_longer = chosen > self.shortest
        if is_longer and self._changed_s is not None and now_s - self._changed_s < SETTLED_S:
            return False
        self.shortest, self._changed_s = chosen, now_s
        return True

    def _fits(self, length: int, load: float) -> bool:
        limit = LOAD_MAX.get(length)
        if limit is None:
            return True
        if length > self.shortest:
            limit *= LOAD_BACK
        return self.costs.scale(load, self.allowed, length) <= limit
