"""The user at the other end of a connection: real sockets of real users."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import pytest

from app.web import peer_user
from app.web.peer_user import find_user, has_same_user

CONNECT = "exec 3<>/dev/tcp/127.0.0.1/$0; read"
"""For bash, which every user may run, unlike this Python."""
NOBODY = 65534


@contextmanager
def connected(address: str = "127.0.0.1") -> Iterator[tuple[socket.socket, socket.socket]]:
    """Yield the accepted end of a connection and the connecting one."""
    with (
        socket.create_server((address, 0), family=socket.AF_INET6 if ":" in address else socket.AF_INET) as server,
        socket.create_connection(server.getsockname()[:2]) as connecting,
    ):
        accepted, _ = server.accept()
        with accepted:
            yield accepted, connecting


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9", "::1"])
def test_finds_the_user_of_a_local_program(address: str) -> None:
    """The user of the program that connected is found, over IPv4 and IPv6."""
    with connected(address) as (accepted, _):
        near, far = accepted.getpeername()[:2], accepted.getsockname()[:2]
        assert find_user(near, far) == os.getuid()
        assert has_same_user(far, near)


def test_finds_ipv4_clients_of_an_ipv6_server() -> None:
    """An IPv4 address that is written as an IPv6 one is looked up as IPv4."""
    with connected() as (accepted, _):
        near, far = (f"::ffff:{accepted.getpeername()[0]}", accepted.getpeername()[1]), accepted.getsockname()
        assert find_user(near, far) == os.getuid()


def test_another_user_is_not_the_same() -> None:
    """A program that another user runs is found as theirs; only root can start one for this test."""
    user = NOBODY if os.getuid() == 0 else os.getuid()
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = server.getsockname()
        with subprocess.Popen(["bash", "-c", CONNECT, str(near[1])], user=user, stdin=subprocess.PIPE) as program:
            accepted, far = server.accept()
            with accepted:
                assert find_user(far, near) == user
                assert has_same_user(near, far) == (user == os.getuid())
            assert program.stdin is not None
            program.stdin.close()


def test_nobody_is_found_without_a_program() -> None:
    """A connection that does not exist, or that its program has left, belongs to no user, and so to no same one."""
    with connected() as (accepted, connecting):
        near, far = accepted.getpeername(), accepted.getsockname()
        connecting.close()
        assert find_user(near, far) is None
        assert not has_same_user(far, near)
    assert find_user(("127.0.0.1", 1), ("127.0.0.1", 2)) is None
    assert find_user(("testclient", 1), ("testserver", 2)) is None


def test_a_silent_kernel_means_another_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Linux does not answer, the user counts as another; other systems are not asked."""
    with connected() as (accepted, _):
        near, far = accepted.getpeername(), accepted.getsockname()
        monkeypatch.setattr(peer_user, "_SOCK_DIAG_BY_FAMILY", 99)
        assert find_user(near, far) is None
        assert not has_same_user(far, near)
        monkeypatch.setattr(sys, "platform", "darwin")
        assert has_same_user(far, near)


def test_a_question_takes_no_time() -> None:
    """A thousand questions take less than a tenth of what one request may hold the event loop, on average."""
    with connected() as (accepted, _):
        near, far = accepted.getpeername(), accepted.getsockname()
        began_s = perf_counter()
        for _ in range(1000):
            find_user(near, far)
        assert (perf_counter() - began_s) / 1000 < 0.005
