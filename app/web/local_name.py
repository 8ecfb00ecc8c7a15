"""Asks the local network whether it knows this machine by its `.local` name.

The question is a one-shot query of multicast DNS: the machine of that name answers to the socket that asked. Phones
ask in the same way. Source: RFC 6762, sections 5.1 and 6.7; the format is that of RFC 1035, section 4.
"""

import secrets
import socket
import struct
import time
from collections.abc import Collection
from contextlib import closing

GROUP = ("224.0.0.251", 5353)
"""The group and the port of multicast DNS."""

ANSWER_S = 0.7
"""How long an answer may take; this machine's own responder needs some milliseconds, and may wait 120 ms."""

_HEADER = struct.Struct("!6H")
_RECORD = struct.Struct("!2HIH")
"""Type, class, lifetime and length of a record, after its name."""
_ADDRESS, _INTERNET, _IS_ANSWER = 1, 1, 0x8000


def own_name() -> str:
    """Return the `.local` name of this machine, such as laptop.local, whether or not a network knows it."""
    return f"{socket.gethostname().partition('.')[0].lower()}.local"


def find_own_name(addresses: Collection[str]) -> str | None:
    """Return this machine's `.local` name if multicast DNS answers it with one of its `addresses`; blocks for ANSWER_S.

    None if nothing answers, or only another machine of that name.
    """
    name = own_name()
    return name if resolve(name) & set(addresses) else None


def resolve(name: str, group: tuple[str, int] = GROUP, within_s: float = ANSWER_S) -> set[str]:
    """Return the IPv4 addresses of the first answer for a name; empty without one. It blocks at most `within_s`."""
    number = secrets.randbelow(1 << 16)
    try:
        question = b"".join(bytes([len(part)]) + part for part in name.encode("ascii").split(b".")) + b"\0"
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as asking:
            packet = _HEADER.pack(number, 0, 1, 0, 0, 0) + question + struct.pack("!2H", _ADDRESS, _INTERNET)
            asking.sendto(packet, group)
            deadline_s = time.monotonic() + within_s
            while (left_s := deadline_s - time.monotonic()) > 0:
                asking.settimeout(left_s)
                if found := read_addresses(asking.recv(9000), number, name):
                    return found
    except (OSError, ValueError):  # no network, nobody answers, or a name that DNS cannot have
        pass
    return set()


def read_addresses(packet: bytes, number: int, name: str) -> set[str]:
    """Return the addresses that an answer has for a name; empty if it is no answer to the question `number`."""
    try:
        got, flags, n_questions, *n_records = _HEADER.unpack_from(packet)
        if got != number or not flags & _IS_ANSWER:
            return set()
        at = _HEADER.size
        for _ in range(n_questions):
            at = _read_name(packet, at)[1] + 4
        found = set()
        for _ in range(sum(n_records)):
            owner, at = _read_name(packet, at)
            kind, _, _, length = _RECORD.unpack_from(packet, at)
            at += _RECORD.size
            if kind == _ADDRESS and length == 4 and owner.lower() == name.lower():
                found.add(socket.inet_ntoa(packet[at : at + 4]))
            at += length
    except (struct.error, IndexError, OSError):
        return set()  # a damaged answer
    return found


def _read_name(packet: bytes, at: int) -> tuple[str, int]:
    """Return the name at a place of a packet and the place after it; raises IndexError for a damaged one."""
    parts: list[str] = []
    end = None
    for _ in range(64):  # pointers of a hostile packet may form a circle
        length = packet[at]
        if length >= 0xC0:
            end = at + 2 if end is None else end
            at = (length & 0x3F) << 8 | packet[at + 1]
        elif length:
            parts.append(packet[at + 1 : at + 1 + length].decode("utf-8", "replace"))
            at += 1 + length
        else:
            return ".".join(parts), at + 1 if end is None else end
    raise IndexError
