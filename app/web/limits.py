"""Limits on connections and wrong keys, by address, room and key and in total; every refusal is counted."""

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
    """Limits; a conference hall behind one address stays below them."""

    sockets: int = 12_000
    """Readers, operators and sources in total."""
    spare: int = 500
    """Additional connections, for clients that get a refusal and for health checks."""
    address: int = 8_000
    """Connections of one network: a hall, or a proxy that does not name its clients."""
    unauthenticated: int = 1_000
    """Connections of one network that have not sent their hello yet; they have 5 s for it."""
    room: int = 10_000
    """Viewers of one room."""
    key: int = 10_000
    """Connections with one viewer key, which a whole hall may share."""
    speakers: int = 32
    """Connections with one source or operator key."""
    attempts: int = 30
    """Wrong keys of one network at once; after that, six a minute."""


FILES_KEPT = 200
"""File descriptors that a process needs besides connections."""


def raise_file_limit() -> int:
    """Let this process open as many files as the system allows, and return how many connections may use."""
    try:
        import resource  # POSIX only; other systems have no such limit
    except ImportError:
        return LimitSettings().sockets
    _, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))
    return hard_limit - FILES_KEPT


ATTEMPTS_KEPT = 10_000
"""Maximum networks whose wrong keys are remembered; the one with the oldest last attempt is dropped first."""


class TokenBucket:
    """A rate limit: `burst` tokens at once, then `per_s` tokens a second."""

    def __init__(self, burst: float, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with a full bucket."""
        self._burst, self._per_s, self._clock = burst, per_s, clock
        self._level = burst
        self._at_s = clock()

    def take(self, n: float = 1.0) -> bool:
        """Take `n` tokens and return whether there were that many."""
        now_s = self._clock()
        self._level = min(self._burst, self._level + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        if self._level < n:
            return False
        self._level -= n
        return True


class ConnectionLimits:
    """Counts connections and wrong keys, and refuses what exceeds the limits."""

    def __init__(self, settings: LimitSettings | None = None) -> None:
        """Start with no connections."""
        self.settings = settings or LimitSettings()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._attempts: dict[str, TokenBucket] = {}

    def check_total(self, n_sockets: int) -> None:
        """Check the number of TCP connections.

        Raises:
            BusyError: There are too many connections even to send a refusal.
        """
        if n_sockets > self.settings.sockets + self.settings.spare:
            self._refuse("sockets")

    @contextmanager
    def count_unauthenticated(self, address: str) -> Iterator[None]:
        """Count a connection without a hello while the block lasts; raises BusyError."""
        with (
            self._count("sockets", "", self.settings.sockets),
            self._count("strangers", client_network(address), self.settings.unauthenticated),
        ):
            yield

    @contextmanager
    def count_client(self, address: str, room: str, key: str | None, *, speaks: bool) -> Iterator[None]:
        """Count a client while the block lasts; `speaks` is true for sources and operators.

        Raises:
            BusyError: There are too many in total, of its network, in this room, or with this key.
        """
        network = client_network(address)
        key_max = self.settings.speakers if speaks else self.settings.key
        with (
            self._count("sockets", "", self.settings.sockets),
            self._count("address", network, self.settings.address),
            self._count("room", room, self.settings.room),
            self._count("key", key or network, key_max),
        ):
            yield

    def count_wrong_key(self, address: str) -> None:
        """Count a wrong key; a correct key is accepted after any number of wrong ones.

        Raises:
            BusyError: Too many came from this network.
        """
        network = client_network(address)
        bucket = self._attempts.pop(network, None) or TokenBucket(self.settings.attempts, 0.1)
        self._attempts[network] = bucket
        if len(self._attempts) > ATTEMPTS_KEPT:
            del self._attempts[next(iter(self._attempts))]
        metrics.REFUSALS.add(metrics.WRONG_KEY)
        if not bucket.take():
            self._refuse("attempts")

    @contextmanager
    def _count(self, limit: str, subject: str, most: int) -> Iterator[None]:
        counted = (limit, subject)
        if self._counts[counted] >= most:
            self._refuse(limit)
        self._counts[counted] += 1
        try:
            yield
        finally:
            self._counts[counted] -= 1
            if not self._counts[counted]:
                del self._counts[counted]

    def _refuse(self, limit: str) -> None:
        metrics.REFUSALS.add(limit)
        raise BusyError(REFUSALS[limit], retry_after_s=60.0 if limit == "attempts" else 15.0)


def client_network(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return address
    return str(ip.ipv4_mapped or IPv6Address(int(ip) >> 64 << 64))


REFUSALS = {
    "sockets": "This service has reached its connection limit. Try again in a moment.",
    "strangers": "Too many connections come from your address at once. Try again in a moment.",
    "address": "Too many connections come from your address. Close some, or try again later.",
    "room": "This room has reached its connection limit. Try again in a moment.",
    "key": "This link has reached its connection limit. Close other pages that use it, or ask for your own link.",
    "attempts": "Too many wrong links were tried from your address. Try again in a minute, with the whole link.",
}
"""The message of each refusal, by the label of the limit in the metrics."""
