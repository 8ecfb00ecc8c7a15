"""The question to multicast DNS, answered by a responder of the test."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.web import local_name

NAME = b"\x06Laptop\x05local\x00"
QUESTION = struct.pack("!6H", 7, 0x8400, 1, 1, 0, 0) + NAME + struct.pack("!2H", 1, 1)
RECORD = struct.pack("!2HIH4B", 1, 0x8001, 120, 4, 192, 0, 2, 7)


@contextmanager
def responder() -> Iterator[tuple[str, int]]:
    """Answer one question as a multicast DNS responder does, and yield where."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as answering:
        answering.bind(("127.0.0.1", 0))

        def answer() -> None:
            asked, client = answering.recvfrom(9000)
            answering.sendto(b"damaged", client)
            answering.sendto(asked[:2] + QUESTION[2:] + b"\xc0\x0c" + RECORD, client)

        thread = threading.Thread(target=answer)
        thread.start()
        yield answering.getsockname()
        thread.join()


def test_a_name_is_asked_for() -> None:
    """The answer's addresses are returned; where nobody answers, there are none."""
    with responder() as place:
        assert local_name.resolve("laptop.local", place, 5.0) == {"192.0.2.7"}
    assert local_name.resolve("laptop.local", place, 0.05) == set()
    assert local_name.resolve("bäd." + "x" * 300, place) == set()


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (QUESTION + NAME + RECORD, {"192.0.2.7"}),
        (QUESTION + b"\xc0\x0c" + RECORD, {"192.0.2.7"}),
        (QUESTION + b"\x05other\x05local\x00" + RECORD, set()),
        (b"\x00\x08" + QUESTION[2:] + NAME + RECORD, set()),
        (QUESTION + NAME + RECORD[:-1], set()),
        (QUESTION + b"\xc0\x2a" + b"\xc0\x1d" * 40, set()),
        (b"", set()),
    ],
    ids=["whole name", "pointer", "another name", "another question", "cut off", "circle", "empty"],
)
def test_answers_are_read_with_care(packet: bytes, expected: set[str]) -> None:
    """Only addresses of the name that was asked for count, and a damaged packet has none."""
    assert local_name.read_addresses(packet, 7, "laptop.local") == expected


def test_another_machine_of_the_name_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is used only if it leads to an address of this machine."""
    monkeypatch.setattr("socket.gethostname", lambda: "Laptop.example.org")
    monkeypatch.setattr(local_name, "resolve", lambda name: {"192.0.2.7"} if name == "laptop.local" else set())
    assert local_name.find_own_name(["192.0.2.7"]) == "laptop.local"
    assert local_name.find_own_name(["192.0.2.8"]) is None
