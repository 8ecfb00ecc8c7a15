"""Tests for app.audio.segments."""

import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audio.chunk import SAMPLE_RATE, Samples
from app.audio.segments import split_segments
from app.audio.speech_timeline import SpeechTimeline
from app.decode import demo_files
from app.media import media_source
from tests.support.hearing import amplified, analyse


@pytest.fixture(scope="module")
def talk() -> Samples:
    """Return the demo meeting."""
    return media_source.load(demo_files.MEETING)


def chunks(samples: Samples, n_chunk: int = 1600) -> Iterator[Samples]:
    """Yield the sound as a file is read."""
    for first in range(0, len(samples), n_chunk):
        yield samples[first : first + n_chunk]


@settings(max_examples=10, deadline=None)
@given(
    parts=st.lists(st.tuples(st.floats(0, 80), st.floats(0.2, 20), st.floats(0, 4)), min_size=1, max_size=5),
    max_s=st.sampled_from([4.0, 7.6, 14.0, 28.0]),
    n_chunk=st.integers(200, 4000),
)
def test_all_voice_is_in_one_segment(
    parts: list[tuple[float, float, float]], max_s: float, n_chunk: int, talk: Samples
) -> None:
    """Segments are in order, short enough, do not overlap, and contain all voice, for any speech and pauses."""
    sound = np.concatenate(
        [
            np.concatenate(
                [talk[int(at * 16_000) :][: int(length * 16_000)], np.zeros(int(pause * 16_000), np.float32)]
            )
            for at, length, pause in parts
        ]
    )
    analysed = analyse(sound, n_chunk)
    heard = amplified(analysed)
    segments = list(split_segments(chunks(sound, n_chunk), max_s))
    for segment in segments:
        first = round(segment.start_s * SAMPLE_RATE)
        assert np.array_equal(segment.samples, heard[first : first + len(segment.samples)])
        assert segment.duration_s <= max_s + 0.3
    ends = [(segment.start_s, segment.start_s + segment.duration_s) for segment in segments]
    assert all(later[0] >= earlier[1] - 1e-6 for earlier, later in pairwise(ends))
    speech = SpeechTimeline()
    for part in analysed:
        speech.add(part)
    total_s = speech.voiced_s(0, speech.end_s)
    assert sum(speech.voiced_s(*end) for end in ends) >= total_s - 0.25 * (len(parts) + 1) - 0.02 * len(ends)


def test_silence_has_no_segments() -> None:
    """A silent recording has nothing to decode."""
    assert list(split_segments(chunks(np.zeros(60 * SAMPLE_RATE, np.float32)), 14.0)) == []


def test_memory_does_not_grow_with_the_recording(talk: Samples) -> None:
    """Ten minutes need no more memory than a minute."""

    def peak(n_times: int) -> int:
        tracemalloc.start()
        for _ in split_segments((chunk for _ in range(n_times) for chunk in chunks(talk)), 14.0):
            pass
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    short = peak(1)
    assert peak(6) < 1.5 * short + 1_000_000
