"""Wall-clock time that settings of the computer's clock cannot turn back or push ahead while the service runs."""

import time
from collections.abc import Callable


def running_s() -> float:
    """Return seconds of running and of sleep since some moment; nobody can set this clock."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Clock:
    """Tells milliseconds since 1970 for ages and expiry: the wall clock at the start, and what has passed since."""

    def __init__(
        self,
        not_before_ms: int = 0,
        *,
        wall_s: Callable[[], float] = time.time,
        passed_s: Callable[[], float] = running_s,
    ) -> None:
        """Begin now, but no earlier than `not_before_ms`, the newest moment that was written down."""
        self._passed_s = passed_s
        self._began_s = passed_s()
        self._origin_ms = max(round(wall_s() * 1000), not_before_ms)

    def now_ms(self) -> int:
        """Return the present moment; never less than before."""
        return self._origin_ms + round((self._passed_s() - self._began_s) * 1000)
