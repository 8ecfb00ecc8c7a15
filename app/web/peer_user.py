"""Which user runs the local program at the other end of a connection; only Linux says so.

A relay such as socat, HAProxy in TCP mode or `kubectl port-forward` changes nothing in a request, so that what a
stranger sends through it looks as if it came from this machine. But the relay's own socket belongs to the user who runs
it, and the kernel reports that user. Sources: Linux's sock_diag(7), netlink(7), include/uapi/linux/inet_diag.h.
"""

import os
import socket
import struct
import sys
from ipaddress import IPv6Address, ip_address

ANSWER_S = 0.1
"""The kernel answers within the call; this only keeps a fault from holding the event loop."""

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST = 1
_ANY = 0xFFFFFFFF
"""In a request: all states, and no cookie."""

_HEADER = struct.Struct("=IHHII")
"""Every netlink message: length, type, flags, sequence number, port."""
_REQUEST = struct.Struct("=BBBBI")
"""A request's family, protocol, extensions, padding and states; an `_ENDS` follows."""
_ENDS = struct.Struct("!HH16s16s3I")
"""A socket's own port, its peer's port, both addresses, interface and cookie."""
_ANSWER = struct.Struct("=80xII")
"""After header, family to retransmissions (4 bytes), ends (48), timer and two queues (12): user and inode."""


def has_same_user(own: tuple[str, int], peer: tuple[str, int]) -> bool:
    """Return whether the program at the peer's end of a local TCP connection runs as this process's user.

    It is true on systems that do not say who runs a program, and false where Linux should know but does not.
    """
    return sys.platform != "linux" or find_user(peer, own) == os.getuid()


def find_user(near: tuple[str, int], far: tuple[str, int]) -> int | None:
    """Return the user id of the program that holds the socket at the `near` end of a local TCP connection.

    It is None if no program of this network namespace holds such a socket any more, or the kernel does not answer. One
    question takes about 15 us, however many sockets there are.
    """
    if sys.platform != "linux":
        return None
    try:
        first, second = _plain_address(near[0]), _plain_address(far[0])
        family = socket.AF_INET6 if ":" in first else socket.AF_INET
        ends = [socket.inet_pton(family, address).ljust(16, b"\0") for address in (first, second)]
        request = _REQUEST.pack(family, socket.IPPROTO_TCP, 0, 0, _ANY) + _ENDS.pack(
            near[1], far[1], *ends, 0, _ANY, _ANY
        )
        with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _NETLINK_SOCK_DIAG) as kernel:
            kernel.settimeout(ANSWER_S)
            kernel.send(_HEADER.pack(_HEADER.size + len(request), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 1, 0) + request)
            answer = kernel.recv(4096)
    except (OSError, ValueError):
        return None
    if len(answer) < _ANSWER.size or _HEADER.unpack_from(answer)[1] != _SOCK_DIAG_BY_FAMILY:
        return None
    user, inode = _ANSWER.unpack_from(answer)
    return int(user) if inode else None  # a socket that no program holds any more has no inode


def _plain_address(text: str) -> str:
    address = ip_address(text)
    return str(address.ipv4_mapped or address) if isinstance(address, IPv6Address) else text
