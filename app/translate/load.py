"""How late translations are: previews stop first, then new targets are refused; pure: gets the time from the caller."""

from collections import deque

WINDOW_S = 10.0
"""What was slow longer ago does not count: a stall of the machine must not switch previews off for minutes."""

SLOW_SHARE = 0.8
"""The lag is what this share of sentences is below, so that a single long sentence counts little."""

PREVIEW_LAG_S = 0.5
"""Half of the second that a finished sentence may take; above it previews would delay them beyond it."""

TARGET_LAG_S = 2.0
"""With this lag, another target would make all of them late; readers notice two seconds more."""

N_LEAST = 3
"""Sentences from which a lag is measured; fewer say little."""


class TranslationLoad:
    """The lag of one engine's finished sentences; times are in seconds on the caller's clock."""

    def __init__(self) -> None:
        self._lags: deque[tuple[float, float]] = deque()
        self._up_s = float("inf")
        """Since when the worker runs: nobody is slow while it starts."""

    def on_started(self, now_s: float) -> None:
        """Count waits from now on, because the worker can translate now."""
        self._up_s = now_s

    def on_stopped(self) -> None:
        """Count no waits, because no worker runs."""
        self._up_s = float("inf")

    def add(self, now_s: float, ready_s: float) -> None:
        """Count a finished sentence that came at `ready_s` and has its translation now."""
        self._lags.append((now_s, now_s - max(ready_s, min(self._up_s, now_s))))

    def lag_s(self, now_s: float, oldest_s: float | None) -> float:
        """Return the lag; `oldest_s` is when the oldest waiting sentence came, None if none waits."""
        while self._lags and self._lags[0][0] < now_s - WINDOW_S:
            self._lags.popleft()
        waits = sorted(lag_s for _, lag_s in self._lags)
        slow_s = waits[int(SLOW_SHARE * (len(waits) - 1))] if len(waits) >= N_LEAST else 0.0
        waiting_s = 0.0 if oldest_s is None else max(0.0, now_s - max(oldest_s, self._up_s))
        return max(slow_s, waiting_s)
