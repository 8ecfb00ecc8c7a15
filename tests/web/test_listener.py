"""Accepting connections while file descriptors are few, or used up."""

import os
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from app.web.limits import ConnectionLimits
from app.web.listener import BACKLOG, Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Listen on a free port."""
    with Listener() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2)
        listener.setblocking(False)
        listener.limits = ConnectionLimits()
        yield listener


def connect(listener: Listener) -> socket.socket:
    """Connect to it."""
    return socket.create_connection(listener.getsockname(), timeout=5)


def lowest_free() -> int:
    """Return the number that the next file gets."""
    number = os.open(os.devnull, os.O_RDONLY)
    os.close(number)
    return number


@contextmanager
def no_files_left() -> Iterator[None]:
    """Let this process open no further file while the block lasts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free(), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_connections_are_closed_when_no_files_are_left(listener: Listener) -> None:
    """Without any descriptor the queue becomes shorter, one connection makes way, and later ones are accepted again."""
    assert listener.limits is not None
    dropped: list[str] = []
    listener.limits.connections.open("192.0.2.7", lambda: dropped.append("oldest"))
    waiting = [connect(listener) for _ in range(3)]
    with no_files_left():
        for peer in waiting[:2]:
            with pytest.raises(BlockingIOError):
                listener.accept()
            assert peer.recv(1) == b""
    assert dropped == ["oldest"]
    accepted, _ = listener.accept()
    accepted.sendall(b"x")
    assert waiting[2].recv(1) == b"x"
    with pytest.raises(BlockingIOError):
        listener.accept()
    for one in (accepted, *waiting):
        one.close()


def test_few_descriptors_are_left_for_everything_else(listener: Listener) -> None:
    """A connection with a high descriptor is accepted if an older one makes way for it, else closed."""
    assert listener.limits is not None
    dropped: list[str] = []
    listener.limits.connections.open("192.0.2.7", lambda: dropped.append("oldest"))
    waiting = [connect(listener) for _ in range(2)]
    listener.limits.settings = replace(listener.limits.settings, descriptors=lowest_free())
    accepted, _ = listener.accept()
    assert dropped == ["oldest"]
    with pytest.raises(BlockingIOError):
        listener.accept()
    assert waiting[1].recv(1) == b""
    for one in (accepted, *waiting):
        one.close()


def test_the_queue_is_long_whatever_is_accepted_at_once() -> None:
    """A hall that reconnects waits in the queue of the system; closing frees the reserved descriptor."""
    before = lowest_free()
    with Listener() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2)
        waiting = [socket.socket() for _ in range(300)]
        for peer in waiting:
            peer.settimeout(1)
            peer.connect(listener.getsockname())
        for peer in waiting:
            peer.close()
    assert BACKLOG >= 4096
    assert lowest_free() == before
