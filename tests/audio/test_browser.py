"""Tests for app.audio.browser."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audio.browser import UNREAD_MAX_S, BrowserSource
from app.audio.chunk import SAMPLE_RATE, to_pcm16
from app.errors import SourceError


def pcm(first: int, last: int) -> bytes:
    """Return samples whose values are their indexes."""
    return to_pcm16(np.asarray((np.arange(first, last) % 30_000) / 32768, np.float32))


async def read(source: BrowserSource) -> list[tuple[int, int]]:
    """Close the source and return (place, value) of every sample that came through."""
    source.close()
    heard: list[tuple[int, int]] = []
    async for chunk in source.chunks():
        first = round(chunk.start_s * SAMPLE_RATE)
        heard += [(first + i, round(float(value) * 32768)) for i, value in enumerate(chunk.samples)]
    return heard


@settings(max_examples=50, deadline=None)
@given(sends=st.lists(st.tuples(st.integers(0, 900), st.integers(1, 400)), min_size=1, max_size=30))
async def test_resent_sound_is_heard_once(sends: list[tuple[int, int]]) -> None:
    """Each sample is yielded at most once, in order and at its time, however messages overlap."""
    source = BrowserSource("session-1", "page")
    for first, count in sends:
        assert source.push(first, pcm(first, first + count)) == source.next_sample
    heard = await read(source)
    places = [place for place, _ in heard]
    assert places == sorted(set(places))
    assert all(value == place % 30_000 for place, value in heard)


async def test_a_drop_that_is_made_up_for_leaves_no_trace() -> None:
    """A page that sends again from the acknowledgement on loses nothing and repeats nothing."""
    source = BrowserSource("session-1", "page")
    acknowledged = source.push(0, pcm(0, 1600))
    source.push(acknowledged - 800, pcm(acknowledged - 800, 4000))
    assert [place for place, _ in await read(source)] == list(range(4000))


@pytest.mark.parametrize(
    ("start", "sound", "complaint"),
    [
        (0, b"\0", "16-bit"),
        (0, b"", "16-bit"),
        (0, bytes(2 * SAMPLE_RATE * 6), "at most 5 s"),
        (SAMPLE_RATE * 4000, pcm(0, 100), "from sample 0"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(start: int, sound: bytes, complaint: str) -> None:
    """Messages that cannot be valid are errors that say what was expected."""
    with pytest.raises(SourceError, match=complaint):
        BrowserSource("session-1", "page").push(start, sound)


async def test_unread_sound_is_bounded() -> None:
    """When the queue is full, the oldest sound is dropped."""
    source = BrowserSource("session-1", "page")
    for second in range(40):
        source.push(second * SAMPLE_RATE, bytes(2 * SAMPLE_RATE))
    places = [place for place, _ in await read(source)]
    assert len(places) == UNREAD_MAX_S * SAMPLE_RATE
    assert places[-1] == 40 * SAMPLE_RATE - 1
