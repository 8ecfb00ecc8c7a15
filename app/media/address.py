"""From a URL to the addresses that may be connected to; pure, names are looked up by whoever calls."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, quote, unquote, urlsplit

from app.errors import MediaError, SourceError

PORTS = {"http": 80, "https": 443}
"""The schemes that are fetched, with their ports."""

NAT64 = IPv6Network("64:ff9b::/96")
"""Where networks without IPv4 find it: the last 32 bits are the real destination (RFC 6052)."""

GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that has been given out of IPv6; what lies outside is local, multicast or translated."""

UNROUTABLE = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("2001::/23"),
    IPv6Network("3fff::/20"),
)
"""Protocol assignments (Teredo among them), the old 6to4 relays and new documentation: not every Python knows them."""

HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")

Address = IPv4Address | IPv6Address
Lookup = Callable[[str, int], Sequence[str]]
"""Returns the IP addresses of a host, as the system would take them; raises OSError if there are none."""


@dataclass(frozen=True, slots=True)
class MediaAddress:
    """Where a URL leads, looked up once and checked."""

    is_secure: bool
    host: str
    """For the Host header and the certificate, in ASCII."""
    port: int
    target: str
    """Path and query as they are asked for."""
    login: str | None
    """`user:password`, if the URL holds one."""
    addresses: tuple[str, ...]
    """All of the host's IP addresses; connect to these and look nothing up again."""


def scheme(written: str) -> str:
    """Return what stands before `://`, in lower case; empty if this names a file."""
    name, found, _ = written.partition("://")
    return name.lower() if found and name.isalnum() else ""


def shown(address: str) -> str:
    """Return an address as people may see it: without what often is a password, before the host and behind `?`."""
    scheme, found, rest = address.partition("://")
    if not found:
        return address
    place = rest.partition("?")[0].partition("#")[0]
    host, slash, path = place.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def is_url(written: str) -> bool:
    """Return whether this names a stream and not a file."""
    return bool(scheme(written))


def check(url: str, lookup: Lookup, *, private: bool = False) -> MediaAddress:
    """Return where an http or https URL leads; unless `private`, every address must be public.

    Raises:
        MediaError: It is no such URL, or leads to where it must not.
        SourceError: Its host is not known now.
    """
    parts = _split(url)
    host = _ascii(parts.hostname or "", url)
    port = PORTS[parts.scheme] if parts.port is None else parts.port
    try:
        addresses = tuple(lookup(host, port))
    except (OSError, UnicodeError) as exc:
        raise SourceError(f"The stream {url} cannot be opened now; check the address and the network.") from exc
    if not addresses:
        raise SourceError(f"The stream {url} cannot be opened now; check the address and the network.")
    if not private:
        for address in addresses:
            if not is_public(address):
                raise MediaError(
                    f"Expected a public address, but {url} leads to {address}, inside a private network. "
                    "If it is meant, start with --private-sources."
                )
    target = quote(parts.path or "/", safe="%/:=&~+!$,;'@()*") + (
        f"?{quote(parts.query, safe='%/:=&~+!$,;@()*?')}" if parts.query else ""
    )
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username is not None else None
    return MediaAddress(parts.scheme == "https", host, port, target, login, addresses)


def is_public(written: str) -> bool:
    """Return whether an IP address is one that the whole internet can reach; what is no address is not."""
    try:
        address: Address = ip_address(written)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return _is_public(inner)
        if address.scope_id is not None or address not in GLOBAL_UNICAST:
            return False
    return _is_public(address)


def _is_public(address: Address) -> bool:
    is_odd = address.is_multicast or address.is_reserved or any(address in network for network in UNROUTABLE)
    return address.is_global and not is_odd


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that packets to this one end at, None where there is none."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour


def _split(url: str) -> SplitResult:
    """Take a URL apart; readers of URLs disagree on backslashes and blanks, so there must be none."""
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in PORTS and parts.port != 0 and not re.search(r"[\x00-\x20\x7f\\]", url)
    except ValueError:
        is_plain = False
    if not is_plain:
        raise MediaError(f"Expected an address such as https://example.com/live.mp3, but got {url!r}. Correct it.")
    return parts


def _ascii(host: str, url: str) -> str:
    """Return a host as names are looked up: letters of other scripts encoded, digits of other scripts plain."""
    try:
        encoded = host if ":" in host else host.encode("idna").decode("ascii")
        is_host = isinstance(ip_address(encoded), IPv6Address) if ":" in host else bool(HOST.fullmatch(encoded))
    except (UnicodeError, ValueError):
        is_host = False
    if not is_host or "%" in host:
        raise MediaError(f"Expected the name of a host in {url!r}, but {host!r} is none. Correct the address.")
    return encoded
