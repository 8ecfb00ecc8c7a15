"""How many and how fast: for each address, room and key, and in all; everything refused is counted."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from app import metrics
from app.errors import BusyError


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """Bounds that a conference hall behind one address stays below."""

    sockets: int = 12_000
    """Conversations in all."""
    spare: int = 500
    """Connections beyond those: for whoever is refused with a sentence, and for who asks whether the service lives."""
    address: int = 8_000
    """Connections of one address: a hall, or a proxy that does not say for whom it asks."""
    strangers: int = 1_000
    """Connections of one address that have not said who they are; they have 5 s for it."""
    room: int = 10_000
    """Viewers of one room."""
    key: int = 10_000
    """Connections with one viewer key, which a whole hall may share."""
    speakers: int = 32
    """Connections with one source or operator key."""
    attempts: int = 30
    """Wrong keys of one address at once; then six a minute."""


FILES_KEPT = 200
"""Files that a process needs for other things than connections."""


def allow_sockets() -> int:
    """Let this process open as many files as it may, and return how many of them connections may take."""
    try:
        import resource  # POSIX only; elsewhere there is no such limit
    except ImportError:
        return LimitSettings().sockets
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most - FILES_KEPT


ATTEMPTS_KEPT = 10_000
"""Addresses whose wrong keys are remembered; the one that tried longest ago is forgotten first."""


class TokenBucket:
    """Lets through so many at once, and then so many a second."""

    def __init__(self, burst: float, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin full."""
        self._burst, self._per_s, self._clock = burst, per_s, clock
        self._level = burst
        self._at_s = clock()

    def take(self, n: float = 1.0) -> bool:
        """Take `n` out and return whether they were there."""
        now_s = self._clock()
        self._level = min(self._burst, self._level + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        if self._level < n:
            return False
        self._level -= n
        return True


class ConnectionLimits:
    """Counts who is here."""

    def __init__(self, limits: LimitSettings | None = None) -> None:
        """Begin with nobody."""
        self.limits = limits or LimitSettings()
        self._here: Counter[tuple[str, str]] = Counter()
        self._attempts: dict[str, TokenBucket] = {}

    def check(self, n_sockets: int) -> None:
        """Let a connection be made.

        Raises:
            BusyError: There are so many that there is no room even for a refusal.
        """
        if n_sockets > self.limits.sockets + self.limits.spare:
            self._refuse("sockets")

    @contextmanager
    def stranger(self, address: str) -> Iterator[None]:
        """Count somebody who has not said who it is while the block lasts; raises BusyError."""
        with (
            self._count("sockets", "", self.limits.sockets),
            self._count("strangers", household(address), self.limits.strangers),
        ):
            yield

    @contextmanager
    def guest(self, address: str, room: str, key: str | None, *, speaks: bool) -> Iterator[None]:
        """Count a guest while the block lasts.

        Raises:
            BusyError: There are too many in all, of this address, in this room, or with this key.
        """
        whose = household(address)
        key_max = self.limits.speakers if speaks else self.limits.key
        with (
            self._count("sockets", "", self.limits.sockets),
            self._count("address", whose, self.limits.address),
            self._count("room", room, self.limits.room),
            self._count("key", key or whose, key_max),
        ):
            yield

    def failed(self, address: str) -> None:
        """Count a wrong key; who has a right one is never asked for this.

        Raises:
            BusyError: There were too many from this address.
        """
        whose = household(address)
        bucket = self._attempts.pop(whose, None) or TokenBucket(self.limits.attempts, 0.1)
        self._attempts[whose] = bucket
        if len(self._attempts) > ATTEMPTS_KEPT:
            del self._attempts[next(iter(self._attempts))]
        metrics.REFUSALS.add(metrics.WRONG_KEY)
        if not bucket.take():
            self._refuse("attempts")

    @contextmanager
    def _count(self, what: str, whose: str, most: int) -> Iterator[None]:
        place = (what, whose)
        if self._here[place] >= most:
            self._refuse(what)
        self._here[place] += 1
        try:
            yield
        finally:
            self._here[place] -= 1
            if not self._here[place]:
                del self._here[place]

    def _refuse(self, what: str) -> None:
        metrics.REFUSALS.add(what)
        raise BusyError(REFUSALS[what], retry_after_s=60.0 if what == "attempts" else 15.0)


def household(address: str) -> str:
    """Return what is counted as one address: of IPv6 the first half, as anybody has all of the other."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return address
    return str(ip.ipv4_mapped or IPv6Address(int(ip) >> 64 << 64))


REFUSALS = {
    "sockets": "This service has as many readers as it can take. Try again in a moment.",
    "strangers": "Too many connections come from your address at once. Try again in a moment.",
    "address": "Too many connections come from your address. Close some, or try again later.",
    "room": "This room has as many readers as it can take. Try again in a moment.",
    "key": "This link is in use as often as it may be. Close other pages that use it, or ask for one of your own.",
    "attempts": "Too many wrong links were tried from your address. Try again in a minute, with the whole link.",
}
"""What is said to whoever is refused."""
