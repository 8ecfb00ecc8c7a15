"""Wall-clock time that never jumps while the service runs, even if the computer's clock is set."""

import sys
import time
from collections.abc import Callable


def running_s() -> float:
    """Return seconds since a fixed time, including sleep; this clock cannot be set."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Clock:
    """Milliseconds since 1970 for ages and expiry: the wall clock at the start, plus the time since then."""

    def __init__(
        self,
        not_before_ms: int = 0,
        *,
        wall_s: Callable[[], float] = time.time,
        passed_s: Callable[[], float] = running_s,
    ) -> None:
        """Start at the present time, or at `not_before_ms`, the newest time in the database, if that is later."""
        self._passed_s = passed_s
        self._began_s = passed_s()
        self._origin_ms = max(round(wall_s() * 1000), not_before_ms)

    def now_ms(self) -> int:
        """Return the current time; never less than before."""
        return self._origin_ms + round((self._passed_s() - self._began_s) * 1000)
