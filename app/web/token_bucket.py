"""Rate limits: a bucket of tokens for each client, and many such buckets within a bounded memory."""

import time
from collections.abc import Callable, Hashable

BUCKETS_MAX = 10_000
"""Maximum clients whose buckets are remembered; the one that was used longest ago is forgotten first."""


class TokenBucket:
    """A rate limit: `burst` tokens at once, then `per_s` tokens a second."""

    def __init__(self, burst: float, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with a full bucket."""
        self._burst, self._per_s, self._clock = burst, per_s, clock
        self._level = burst
        self._at_s = clock()

    @property
    def share(self) -> float:
        """The share of the burst that was left after the last token was taken."""
        return self._level / self._burst

    def take(self, n: float = 1.0) -> bool:
        """Take `n` tokens and return whether there were that many."""
        now_s = self._clock()
        self._level = min(self._burst, self._level + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        if self._level < n:
            return False
        self._level -= n
        return True


class TokenBuckets:
    """One bucket for each client, made when it is first used."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with no buckets; `clock` gives seconds."""
        self._clock = clock
        self._buckets: dict[Hashable, TokenBucket] = {}

    def __len__(self) -> int:
        """Return how many buckets are remembered."""
        return len(self._buckets)

    def share(self, client: Hashable) -> float:
        """Return which share of its burst a client had left after its last token; 1 for an unknown one."""
        bucket = self._buckets.get(client)
        return 1.0 if bucket is None else bucket.share

    def take(self, client: Hashable, burst: float, per_s: float) -> bool:
        """Take a token from a client's bucket and return whether there was one."""
        bucket = self._buckets.pop(client, None) or TokenBucket(burst, per_s, self._clock)
        self._buckets[client] = bucket  # last, because it was used last
        if len(self._buckets) > BUCKETS_MAX:
            del self._buckets[next(iter(self._buckets))]
        return bucket.take()
