"""Turns URLs into IP addresses that may be connected to; the caller supplies the DNS lookup, so there is no I/O."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, quote, unquote, urlsplit

from app.errors import MediaError, SourceError
from app.redaction import redact_url

PORTS = {"http": 80, "https": 443}
"""The schemes that `http_stream` fetches, with their ports."""

NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses for IPv4 hosts in networks without IPv4: the last 32 bits are the real destination (RFC 6052)."""

GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All assigned public IPv6 addresses; those outside are local, multicast or translated."""

UNROUTABLE = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("2001::/23"),
    IPv6Network("3fff::/20"),
)
"""Protocol assignments (also Teredo), old 6to4 relays, a new documentation network; some Python versions lack them."""

HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")

Address = IPv4Address | IPv6Address
Lookup = Callable[[str, int], Sequence[str]]
"""Returns the IP addresses of a host, in the system's order; raises OSError if there are none."""


@dataclass(frozen=True, slots=True)
class MediaAddress:
    """The server and target of a URL; its host was looked up once and checked."""

    is_secure: bool
    host: str
    """For the Host header and the certificate, in ASCII."""
    port: int
    target: str
    """Path and query for the request."""
    login: str | None
    """`user:password`, if the URL contains one."""
    addresses: tuple[str, ...]
    """All IP addresses of the host; connect only to these, without another lookup."""


def scheme(text: str) -> str:
    """Return the part before `://`, in lower case; empty for a file."""
    name, found, _ = text.partition("://")
    return name.lower() if found and name.isalnum() else ""


def is_url(text: str) -> bool:
    """Return whether this is the URL of a stream and not a file."""
    return bool(scheme(text))


def resolve(url: str, lookup: Lookup, *, private: bool = False) -> MediaAddress:
    """Look up the server of an http or https URL; unless `private`, all its addresses must be public.

    Raises:
        MediaError: It is not such a URL, or its server is on a private network.
        SourceError: Its host cannot be looked up now.
    """
    parts = _split(url)
    host = _ascii(parts.hostname or "", url)
    port = PORTS[parts.scheme] if parts.port is None else parts.port
    try:
        addresses = tuple(lookup(host, port))
    except (OSError, UnicodeError) as exc:
        raise unreachable(url) from exc
    if not addresses:
        raise unreachable(url)
    if not private:
        for address in addresses:
            if not is_public(address):
                raise MediaError(
                    f"Expected a public address, but {redact_url(url)} resolves to {address}, in a private network. "
                    "To allow that, start with --private-sources."
                )
    target = quote(parts.path or "/", safe="%/:=&~+!$,;'@()*") + (
        f"?{quote(parts.query, safe='%/:=&~+!$,;@()*?')}" if parts.query else ""
    )
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username is not None else None
    return MediaAddress(parts.scheme == "https", host, port, target, login, addresses)


def unreachable(url: str) -> SourceError:
    """Return the error for a stream that does not answer."""
    return SourceError(f"The stream {redact_url(url)} cannot be opened now; check the address and the network.")


def is_public(text: str) -> bool:
    """Return whether this is an IP address that the whole internet can reach."""
    try:
        address: Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        embedded = _embedded(address)
        if embedded is not None:
            return _is_public(embedded)
        if address.scope_id is not None or address not in GLOBAL_UNICAST:
            return False
    return _is_public(address)


def _is_public(address: Address) -> bool:
    is_special = address.is_multicast or address.is_reserved or any(address in network for network in UNROUTABLE)
    return address.is_global and not is_special


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that receives packets to this one; None if there is none."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour


def _split(url: str) -> SplitResult:
    """Split a URL; URL parsers disagree on backslashes and blanks, so it must contain none."""
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in PORTS and parts.port != 0 and not re.search(r"[\x00-\x20\x7f\\]", url)
    except ValueError:
        is_plain = False
    if not is_plain:
        raise MediaError(
            f"Expected an address such as https://example.com/live.mp3, but got {redact_url(url)}. Correct it."
        )
    return parts


def _ascii(host: str, url: str) -> str:
    """Return a host for the lookup: letters of other scripts encoded, digits of other scripts as ASCII digits."""
    try:
        encoded = host if ":" in host else host.encode("idna").decode("ascii")
        is_host = isinstance(ip_address(encoded), IPv6Address) if ":" in host else bool(HOST.fullmatch(encoded))
    except (UnicodeError, ValueError):
        is_host = False
    if not is_host or "%" in host:
        raise MediaError(f"Expected the name of a host in {redact_url(url)}, but got something else. Correct it.")
    return encoded
