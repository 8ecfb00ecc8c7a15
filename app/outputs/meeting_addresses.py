"""The addresses that meeting programs take captions at: only the makers' own hosts, and nothing about them is shown.

Such an address lets whoever holds it write into a meeting, so it is kept out of logs, messages and errors. And whoever
enters one chooses where this machine connects to, so what is not the maker's own door is refused.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from app.errors import SettingsError

LONGEST = 4_000
"""Characters of an address; those in the makers' documents have about 400."""

PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one meeting program takes captions."""

    vendor: str
    host: str
    """One name, or `*.` and a domain for all names under it."""
    path: str
    needs: tuple[frozenset[str], ...]
    """Query parameters that stand in every address, in lower case; one of these sets must be complete."""
    where: str
    """Where people find their address, as the end of a sentence."""
    schemes: frozenset[str] = frozenset({"https"})


@dataclass(frozen=True, slots=True)
class MeetingAddress:
    """One address that was checked; its text form holds no secret."""

    scheme: str
    host: str
    path: str = field(repr=False)
    query: str = field(repr=False)
    """As it was given, to the letter: it is signed."""

    def url(self, *more: str, below: str = "") -> str:
        """Return what to ask for, with further parameters, at a path `below`; keep it out of sight."""
        return f"{self.scheme}://{self.host}{self.path}{below}?{'&'.join((self.query, *more))}"

    def names(self, parameter: str) -> bool:
        """Return whether the address says something of that name itself."""
        return parameter in _parameters(self.query)


def check(door: Endpoint, address: str) -> MeetingAddress:
    """Return an address in parts if it leads through the door, and nowhere else.

    Raises:
        SettingsError: It does not; the sentence does not repeat it.
    """
    try:
        # readers of addresses disagree on blanks, backslashes and all that is not ASCII, so there must be none
        if not re.fullmatch(r"[\x21-\x7e]+", address) or re.search(r"[\\#\"<>^`{|}]", address):
            raise _wrong(door, "one without blanks, backslashes, quotes, brackets or #")
        parts = urlsplit(address)
        port = parts.port
    except ValueError as exc:
        raise _wrong(door, "one that can be read") from exc
    if len(address) > LONGEST:
        raise _wrong(door, f"one of at most {LONGEST} characters")
    if parts.scheme not in door.schemes:
        raise _wrong(door, f"one that begins with {' or '.join(f'{name}://' for name in sorted(door.schemes))}")
    host = (parts.hostname or "").lower()
    if parts.netloc.lower() not in (host, f"{host}:{port}") or port not in (None, PORTS[parts.scheme]):
        raise _wrong(door, "one without a user name or a port")
    if not _is_host(host, door.host) or parts.path != door.path:
        raise _wrong(door, f"one at {door.host.replace('*.', '…')}{door.path}")
    parameters = _parameters(parts.query)
    if "seq" in parameters:
        raise _wrong(door, "one without seq, which is added to each caption")
    if not any(all(parameters.count(name) == 1 for name in needed) for needed in door.needs):
        needed = " or ".join(", ".join(sorted(names)) for names in door.needs)
        raise _wrong(door, f"a whole one, with each of {needed} once")
    return MeetingAddress(parts.scheme, host, parts.path, parts.query)


def _is_host(host: str, wanted: str) -> bool:
    if not wanted.startswith("*."):
        return host == wanted
    label = r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"  # longer ones have no name in DNS, and break connecting
    return re.fullmatch(rf"(?:{label}\.)+{re.escape(wanted.removeprefix('*.'))}", host) is not None


def _parameters(query: str) -> list[str]:
    """Return the names of the parameters that say something, in lower case."""
    return [name.lower() for name, value in parse_qsl(query) if value]


def _wrong(door: Endpoint, expected: str) -> SettingsError:
    return SettingsError(
        f"Expected the address of a {door.vendor} caption input, {expected}, but got something else. "
        f"Copy it from {door.where}."
    )
