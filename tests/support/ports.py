"""Ports for programs that cannot choose one themselves, or that start again on the same one."""

import random
import socket
from contextlib import suppress

PORTS = range(20_000, 32_000)
"""Below the ports that systems give to outgoing connections: one of those could take a port before the program does."""


def free_port() -> int:
    """Return a port that no program uses now, and that no outgoing connection gets."""
    while True:
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", random.choice(PORTS)))
            return int(free.getsockname()[1])
