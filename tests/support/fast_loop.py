"""An event loop with a fast clock, so that real sockets and real timeouts make a short test."""

import asyncio
import selectors
import time

STALL_S = 0.005
"""The longest wait of the loop at once; if more time has passed, the machine was busy with something else."""


class _FastSelector(selectors.DefaultSelector):
    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout and min(STALL_S, timeout / self._speed))


class FastLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock runs `speed` times as fast.

    The clock stops while the loop is stalled: on a busy machine answers would otherwise be late before they are read.
    """

    def __init__(self, speed: float) -> None:
        """Begin now."""
        self._speed, self._now_s, self._seen_s = speed, 0.0, time.monotonic()
        super().__init__(_FastSelector(speed))

    def time(self) -> float:
        """Return this loop's clock."""
        seen_s = time.monotonic()
        self._now_s += min(STALL_S, seen_s - self._seen_s) * self._speed
        self._seen_s = seen_s
        return self._now_s
