"""How long a meeting output waits for an answer, pauses between attempts, and tries a caption; pure."""

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryTimes:
    """Timeouts and pauses in seconds. Source: Zoom's document of its caption interface, except for the pauses."""

    answer_s: float = 3.0
    """Timeout of one request."""
    give_up_s: float = 5.0
    """From the first attempt to send a caption to the start of the last attempt."""
    pause_s: float = 0.25
    """After the first failure; doubled with each further one."""
    pause_max_s: float = 2.0
    not_started_s: float = 3.0
    """Between attempts while there is no meeting, after a caption was given up for that reason."""
    refused_s: float = 30.0
    """Between attempts while the address is refused, after a caption was given up because of that."""

    def blocked_pause_s(self, status: int | None) -> float:
        """Return the pause after a status that blocks all captions; 0 for other statuses."""
        if status in (400, 404):
            return self.not_started_s
        return self.refused_s if status in (401, 403) else 0.0


def backoff_pauses(first_s: float, longest_s: float, chance: random.Random) -> Iterator[float]:
    """Yield endless pauses between attempts: each limit is twice the previous one, each pause 50 to 100 % of it."""
    pause_s = first_s
    while True:
        yield pause_s * chance.uniform(0.5, 1.0)
        pause_s = min(longest_s, pause_s * 2)
