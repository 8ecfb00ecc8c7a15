"""Limits on connections and wrong keys, by address, room and key and in total; every refusal is counted."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from app import metrics
from app.errors import BusyError, SettingsError
from app.web.connection_table import ConnectionTable
from app.web.request_rates import BY_NETWORK, KEY_FACTOR, MODEST_SHARE, SHARED_FACTOR, RequestKind
from app.web.token_bucket import TokenBuckets

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """Limits; a conference hall behind one address stays below them."""

    sockets: int = 12_000
    """Readers, operators and sources in total."""
    spare: int = 500
    """Additional connections, in total and of one network: for requests, refusals and health checks."""
    address: int = 3_250
    """Readers of one network that is not shared; with `spare`, 30 % of all connections."""
    descriptors: int | None = None
    """Number of the first descriptor that no connection may have; None if there is no limit."""
    room: int = 10_000
    """Viewers of one room."""
    key: int = 10_000
    """Connections with one viewer key, which a whole hall may share."""
    speakers: int = 32
    """Connections with one source or operator key."""
    attempts: int = 30
    """Wrong keys of one network at once; after that, six a minute."""
    shared: tuple[Network, ...] = ()
    """Networks that many people share, as the operator has said: halls, and proxies that do not name their clients."""

    @property
    def total(self) -> int:
        """All connections, the additional ones too."""
        return self.sockets + self.spare


class ConnectionLimits:
    """Counts connections and wrong keys, and refuses what exceeds the limits."""

    def __init__(self, settings: LimitSettings | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with no connections; `clock` gives seconds."""
        self.settings = settings or LimitSettings()
        self.connections = ConnectionTable(
            self.settings.total, self._connections_max, client_network, metrics.REFUSALS.add
        )
        """All connections, from their first moment on."""
        self._counts: Counter[tuple[str, str]] = Counter()
        self._attempts = TokenBuckets(clock)
        self._requests = TokenBuckets(clock)

    @contextmanager
    def count_client(self, address: str, room: str, key: str | None, *, speaks: bool) -> Iterator[None]:
        """Count a client while the block lasts; `speaks` is true for sources and operators.

        Raises:
            BusyError: There are too many in total, of its network, in this room, or with this key.
        """
        network = client_network(address)
        key_max = self.settings.speakers if speaks else self.settings.key
        # a speaker is not refused for the audience behind its address, nor for one that fills the service
        is_limited = not (speaks and key)
        with (
            self._count("sockets", "", self.settings.sockets if is_limited else self.connections.total),
            self._count("address", network, self._readers_max(address) if is_limited else self.connections.total),
            self._count("room", room, self.settings.room),
            self._count("key", key or network, key_max),
        ):
            yield

    def count_wrong_key(self, address: str) -> None:
        """Count a wrong key; a correct key is accepted after any number of wrong ones.

        Raises:
            BusyError: Too many came from this network.
        """
        metrics.REFUSALS.add(metrics.WRONG_KEY)
        if not self._attempts.take(client_network(address), self.settings.attempts, 0.1):
            self._refuse("attempts")

    def take(self, kind: RequestKind, key: str | None, address: str, *, speaks: bool = False) -> None:
        """Count a request of a kind that costs the service much, for its key and for its network.

        `speaks` is true for sources and operators: only their own key is limited, so that they are not refused for what
        their audience does behind the same address.

        Raises:
            BusyError: The key or the network has asked too often; says when to try again.
        """
        rate, network = BY_NETWORK[kind], client_network(address)
        speaks = speaks and key is not None
        factor = SHARED_FACTOR if self.is_shared(address) else 1.0
        is_refused = not speaks and not self._take(kind, network, factor)
        if key and not is_refused and not self._take(kind, f"key {key}", 1.0 if speaks else KEY_FACTOR):
            # others may have used up the link: who has asked little is not refused for them
            is_refused = speaks or self._requests.share((kind, network)) < MODEST_SHARE
        if is_refused:
            metrics.REFUSALS.add(kind)
            raise BusyError(rate.message, retry_after_s=rate.retry_s)

    def _take(self, kind: RequestKind, client: str, factor: float) -> bool:
        rate = BY_NETWORK[kind]
        return self._requests.take((kind, client), rate.burst * factor, rate.per_s * factor)

    def _connections_max(self, address: str) -> int:
        """Return how many connections the network of an address may have."""
        return self.connections.total if self.is_shared(address) else self.settings.address + self.settings.spare

    def _readers_max(self, address: str) -> int:
        return self.settings.sockets if self.is_shared(address) else self.settings.address

    def is_shared(self, address: str) -> bool:
        """Return whether many people use this address, as the operator has said."""
        return bool(self.settings.shared) and is_within(address, self.settings.shared)

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


def parse_networks(text: str) -> tuple[Network, ...]:
    """Return the networks in a list such as `192.0.2.7,10.0.0.0/8`.

    Raises:
        SettingsError: A part is neither an address nor a network.
    """
    try:
        return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())
    except ValueError as exc:
        raise SettingsError(
            f"Expected addresses and networks such as 192.0.2.7,10.0.0.0/8, but got {text!r}: {exc}."
        ) from None


def is_within(address: str, networks: tuple[Network, ...]) -> bool:
    """Return whether an address is in one of the networks; an IPv4 address may be written as an IPv6 one."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return any(ip in network for network in networks)


REFUSALS = {
    "sockets": "This service has reached its connection limit. Try again in a moment.",
    "strangers": "Too many connections come from your address at once. Try again in a moment.",
    "address": "Too many connections come from your address. Close some, or try again later.",
    "room": "This room has reached its connection limit. Try again in a moment.",
    "key": "This link has reached its connection limit. Close other pages that use it, or ask for your own link.",
    "attempts": "Too many wrong links were tried from your address. Try again in a minute, with the whole link.",
}
"""The message of each refusal, by the label of the limit in the metrics."""
