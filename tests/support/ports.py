"""Ports for programs that cannot choose one themselves, or that start again on the same one."""

import socket
from contextlib import suppress
from random import SystemRandom

PORTS = range(20_000, 32_000)
"""Below the ports that systems give to outgoing connections: one of those could take a port before the program does."""


_CHANCE = SystemRandom()
"""Unlike `random`, Hypothesis never sets it back, after which two programs would get the same ports."""

_given: set[int] = set()


def free_port() -> int:
    """Return a port that no program uses now, that no outgoing connection gets, and that was not returned before."""
    while True:
        port = _CHANCE.choice(PORTS)
        with socket.socket() as free, suppress(OSError):
            if port not in _given:
                free.bind(("127.0.0.1", port))
                _given.add(port)
                return port
