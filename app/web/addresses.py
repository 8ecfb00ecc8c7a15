"""The addresses under which a service's pages open: on this machine, and on other devices."""

import time
from collections.abc import Callable
from ipaddress import ip_address

from app.config import is_loopback
from app.web.networks import list_addresses

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared
"""Addresses to listen on that mean all addresses of the machine."""

CURRENT_S = 5.0
"""How long a list of addresses is used: a laptop may change its network during the day, and asking takes 1 ms."""


class PageAddresses:
    """Where the pages of one service open; addresses have no slash at their end.

    Nothing that a client sends is used, so that a stranger's Host header gets into no link.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 8000,
        *,
        is_https: bool = False,
        public_url: str | None = None,
        list_networks: Callable[[], list[str]] = list_addresses,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Describe a service that listens on a host and a port; `public_url` is where people open it instead."""
        self.host, self.port, self.is_https = host, port, is_https
        self.public_url = public_url.rstrip("/") if public_url else None
        self.names: tuple[str, ...] = ()
        """The names of a given certificate: with it the service can be opened by these alone."""
        self.needs_trust = False
        """Whether other devices must install the certificate of the service's own authority first."""
        self.local_name: str | None = None
        """The machine's `.local` name, once multicast DNS has answered."""
        self._list_networks, self._clock = list_networks, clock
        self._listed: list[str] = []
        self._listed_at = -CURRENT_S

    @property
    def own(self) -> str:
        """Where this machine opens the pages, with plain http wherever a loopback address is listened on."""
        if self.host in EVERYWHERE or self.host == "localhost":
            return self._build("127.0.0.1", is_https=False)
        return self._build(self.host, is_https=self.is_https and not is_loopback(self.host))

    @property
    def networks(self) -> list[str]:
        """The addresses of this machine at which other devices reach the service; the first is the main one."""
        if is_loopback(self.host):
            return []
        if self.host not in EVERYWHERE:
            return [self.host]
        now = self._clock()
        if now - self._listed_at >= CURRENT_S:
            self._listed, self._listed_at = self._list_networks(), now
        return self._listed

    @property
    def main(self) -> str | None:
        """Where other devices open the pages; None if only this machine can."""
        if self.public_url:
            return self.public_url
        return next(iter(self._others), None)

    @property
    def others(self) -> list[str]:
        """Further addresses that lead to the same pages."""
        return [one for one in self._others if one != self.main]

    @property
    def all(self) -> list[str]:
        """All addresses that lead to the pages from other devices, the main one first."""
        return list(dict.fromkeys([*([self.main] if self.main else []), *self._others]))

    @property
    def certificate_page(self) -> str | None:
        """Where other devices learn to trust the service; without TLS, because they do not trust it yet."""
        if not (self.needs_trust and self.networks):
            return None
        return f"{self._build(self.networks[0], is_https=False)}/certificate"

    @property
    def _others(self) -> list[str]:
        if self.names and not is_loopback(self.host):
            hosts = list(self.names)
        else:
            hosts = self.networks
            if self.local_name and hosts and self.host in EVERYWHERE:
                hosts = [*hosts, self.local_name]
        return [self._build(host, is_https=self.is_https) for host in hosts]

    def _build(self, host: str, *, is_https: bool) -> str:
        scheme, usual = ("https", 443) if is_https else ("http", 80)
        port = "" if self.port == usual else f":{self.port}"
        return f"{scheme}://{f'[{host}]' if _is_ipv6(host) else host}{port}"


def _is_ipv6(host: str) -> bool:
    try:
        return ip_address(host).version == 6
    except ValueError:
        return False
