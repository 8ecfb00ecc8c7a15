"""The addresses at which meeting programs accept captions: only the vendors' own hosts are allowed.

With such an address anyone can write into the meeting, so it never appears in logs, messages or errors. It also
decides which host this machine connects to, so an address of any other host is refused.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from app.errors import SettingsError

LENGTH_MAX = 4_000
"""Characters of an address; those in the vendors' documents have about 400."""

PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one meeting program accepts captions."""

    vendor: str
    host: str
    """One name, or `*.` and a domain for all names below it."""
    path: str
    required: tuple[frozenset[str], ...]
    """Sets of query parameters, in lower case; an address must have all of at least one set."""
    found_at: str
    """Where people find their address; ends a sentence."""
    schemes: frozenset[str] = frozenset({"https"})


@dataclass(frozen=True, slots=True)
class MeetingAddress:
    """An address that was checked; its repr contains no secret."""

    scheme: str
    host: str
    path: str = field(repr=False)
    query: str = field(repr=False)
    """The exact original address, because it is signed."""

    def url(self, *parameters: str, below: str = "") -> str:
        """Return the URL with further parameters, at a path `below`; it is secret."""
        return f"{self.scheme}://{self.host}{self.path}{below}?{'&'.join((self.query, *parameters))}"

    def has_parameter(self, name: str) -> bool:
        """Return whether the address itself sets a parameter."""
        return name in _parameter_names(self.query)


def parse_address(endpoint: Endpoint, address: str) -> MeetingAddress:
    """Return the parts of an address, after checking that it belongs to the endpoint.

    Raises:
        SettingsError: It does not; the sentence does not repeat it.
    """
    try:
        # URL parsers disagree on blanks, backslashes and non-ASCII characters, so none of these is allowed
        if not re.fullmatch(r"[\x21-\x7e]+", address) or re.search(r"[\\#\"<>^`{|}]", address):
            raise _address_error(endpoint, "one without blanks, backslashes, quotes, brackets or #")
        parts = urlsplit(address)
        port = parts.port
    except ValueError as exc:
        raise _address_error(endpoint, "one that can be read") from exc
    if len(address) > LENGTH_MAX:
        raise _address_error(endpoint, f"one of at most {LENGTH_MAX} characters")
    if parts.scheme not in endpoint.schemes:
        schemes = " or ".join(f"{name}://" for name in sorted(endpoint.schemes))
        raise _address_error(endpoint, f"one that begins with {schemes}")
    host = (parts.hostname or "").lower()
    if parts.netloc.lower() not in (host, f"{host}:{port}") or port not in (None, PORTS[parts.scheme]):
        raise _address_error(endpoint, "one without a user name or a port")
    if not _is_host(host, endpoint.host) or parts.path != endpoint.path:
        raise _address_error(endpoint, f"one at {endpoint.host.replace('*.', '…')}{endpoint.path}")
    names = _parameter_names(parts.query)
    if "seq" in names:
        raise _address_error(endpoint, "one without seq, which is added to each caption")
    if not any(all(names.count(name) == 1 for name in required) for required in endpoint.required):
        choices = " or ".join(", ".join(sorted(required)) for required in endpoint.required)
        raise _address_error(endpoint, f"a whole one, with each of {choices} once")
    return MeetingAddress(parts.scheme, host, parts.path, parts.query)


def _is_host(host: str, pattern: str) -> bool:
    if not pattern.startswith("*."):
        return host == pattern
    label = r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"  # a longer label is not valid in DNS and breaks connecting
    return re.fullmatch(rf"(?:{label}\.)+{re.escape(pattern.removeprefix('*.'))}", host) is not None


def _parameter_names(query: str) -> list[str]:
    """Return the names of the parameters that have a value, in lower case."""
    return [name.lower() for name, value in parse_qsl(query) if value]


def _address_error(endpoint: Endpoint, expected: str) -> SettingsError:
    return SettingsError(
        f"Expected the address of a {endpoint.vendor} caption input, {expected}, but got something else. "
        f"Copy it from {endpoint.found_at}."
    )
