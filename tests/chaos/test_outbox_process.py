"""The page's outbox.js sends every sample once, in order, over all its connections."""

from collections.abc import Iterator

import pytest

from app.audio.chunk import SAMPLE_RATE
from tests.chaos.outbox_process import OutboxProcess

SECOND = bytes(2 * SAMPLE_RATE)


@pytest.fixture
def sent() -> list[bytes]:
    """Return the messages that the outbox sends."""
    return []


@pytest.fixture
def outbox(sent: list[bytes]) -> Iterator[OutboxProcess]:
    """Run an outbox."""
    with OutboxProcess(sent.append) as outbox:
        yield outbox


def starts(messages: list[bytes]) -> list[int]:
    """Return the number of each message's first sample."""
    return [int.from_bytes(one[:8], "little") for one in messages]


def test_sound_waits_for_the_welcome(outbox: OutboxProcess, sent: list[bytes]) -> None:
    """Sound is sent only after a welcome, from the first sample that did not arrive on."""
    for _ in range(3):
        outbox.add(SECOND)
    assert sent == []
    outbox.resume(SAMPLE_RATE)
    assert starts(sent) == [SAMPLE_RATE, 2 * SAMPLE_RATE]
    assert {one[8:] for one in sent} == {SECOND}
    outbox.pause()
    outbox.add(SECOND)
    assert len(sent) == 2
    outbox.acknowledge(4 * SAMPLE_RATE)
    assert outbox.n_kept == 0


def test_no_more_than_30_s_are_kept(outbox: OutboxProcess, sent: list[bytes]) -> None:
    """Beyond 30 s the oldest sound is dropped and counted."""
    for _ in range(33):
        outbox.add(SECOND)
    assert outbox.lost_s == 3
    outbox.resume(0)
    assert starts(sent)[0] == 3 * SAMPLE_RATE


def test_a_new_service_gets_new_numbers(outbox: OutboxProcess, sent: list[bytes]) -> None:
    """When the service has less than it acknowledged, it has started again and counting starts there."""
    outbox.resume(0)
    for _ in range(3):
        outbox.add(SECOND)
    outbox.acknowledge(2 * SAMPLE_RATE)
    sent.clear()
    outbox.resume(0)
    assert starts(sent) == [0]
    assert outbox.next == SAMPLE_RATE
