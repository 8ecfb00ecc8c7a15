"""How long each callback holds an event loop."""

import re
import time
from asyncio.events import Handle


class HoldMeter:
    """Times every callback of the event loop, on the wall clock and in processor time of its thread."""

    def __init__(self) -> None:
        """Measure from now on."""
        self.longest: list[tuple[float, float, str]] = []
        run = Handle._run

        def timed(handle: Handle) -> None:
            wall_s, cpu_s = time.perf_counter(), time.thread_time()
            run(handle)
            self._note(time.perf_counter() - wall_s, time.thread_time() - cpu_s, handle)

        Handle._run = timed  # type: ignore[method-assign, assignment]  # the loop calls only this for a callback

    def _note(self, wall_s: float, cpu_s: float, handle: Handle) -> None:
        if wall_s > 0.005:
            name = re.sub(r" at 0x\w+", "", str(handle))[:300]
            self.longest = sorted([*self.longest, (wall_s, cpu_s, name)], reverse=True)[:20]

    def read(self) -> list[tuple[float, float, str]]:
        """Return the longest holds since the last call: wall clock and processor time in seconds, and the callback."""
        longest, self.longest = self.longest, []
        return longest
