"""The bench's page keeps its sound as static/microphone/outbox.js does."""

from app.audio.chunk import SAMPLE_RATE
from tests.chaos.outbox import Outbox

SECOND = bytes(2 * SAMPLE_RATE)


def test_sound_waits_for_the_welcome() -> None:
    """Sound is sent only after a welcome, from the first sample that did not arrive on."""
    sent: list[bytes] = []
    outbox = Outbox(sent.append)
    for _ in range(3):
        outbox.add(SECOND)
    assert sent == []
    outbox.resume(SAMPLE_RATE)
    assert [int.from_bytes(one[:8], "little") for one in sent] == [SAMPLE_RATE, 2 * SAMPLE_RATE]
    outbox.pause()
    outbox.add(SECOND)
    assert len(sent) == 2
    outbox.acknowledge(4 * SAMPLE_RATE)
    assert not outbox.kept


def test_no_more_than_30_s_are_kept() -> None:
    """Beyond 30 s the oldest sound is given up and counted."""
    outbox = Outbox(lambda message: None)
    for _ in range(33):
        outbox.add(SECOND)
    assert outbox.n_lost == 3 * SAMPLE_RATE
    assert outbox.kept[0].start == 3 * SAMPLE_RATE
