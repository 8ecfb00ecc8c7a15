"""Tests for app.audio.buffer."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audio.buffer import Buffer
from app.audio.chunk import CEILING, SAMPLE_RATE, Chunk


def chunk(first: int, count: int) -> Chunk:
    """Return samples that are their own index, from `first` on."""
    return Chunk(np.arange(first, first + count, dtype=np.float32), first / SAMPLE_RATE)


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(-300, 600), st.integers(1, 4000), st.booleans()), min_size=1, max_size=40),
    max_s=st.sampled_from([0.1, 0.5, 2.0]),
)
def test_every_sample_keeps_its_place(steps: list[tuple[int, int, bool]], max_s: float) -> None:
    """Each time has its own sample or a gap's silence, within the limit, also when chunks come early, late or twice."""
    buffer = Buffer(max_s)
    model: dict[int, float] = {}
    end = 0
    for shift, count, cuts in steps:
        first = max(0, end + shift)
        buffer.append(chunk(first, count))
        for index in range(max(first, end), first + count):
            model[index] = float(np.float32(index))
        end = max(end, first + count)
        if cuts:
            buffer.cut(buffer.end_s - max_s / 2)
        assert round(buffer.end_s * SAMPLE_RATE) == end
        assert buffer.end_s - buffer.start_s <= max_s + 1e-9
        held = buffer.window(buffer.start_s, buffer.end_s)
        low = round(buffer.start_s * SAMPLE_RATE)
        assert held.tolist() == [model.get(index, 0.0) for index in range(low, end)]


def test_a_window_is_a_copy() -> None:
    """A window does not change when the buffer rolls on."""
    buffer = Buffer(1.0)
    buffer.append(chunk(0, 100))
    window = buffer.window(0, 1)
    buffer.append(chunk(100, SAMPLE_RATE))
    assert window.tolist() == list(range(100))


def test_cutting_moves_the_start_only() -> None:
    """A cut removes sound before a time and never sound after it."""
    buffer = Buffer()
    buffer.append(chunk(0, SAMPLE_RATE))
    buffer.cut(0.25)
    assert (buffer.start_s, buffer.end_s) == (0.25, 1.0)
    buffer.cut(5.0)
    assert (buffer.start_s, buffer.end_s) == (1.0, 1.0)


def test_kept_sound_can_be_amplified() -> None:
    """Between two times, and never beyond the ceiling; sound that is no longer kept is ignored."""
    buffer = Buffer()
    buffer.append(Chunk(np.full(2 * SAMPLE_RATE, 0.1, np.float32), 0.0))
    buffer.cut(0.25)
    buffer.amplify(0.0, 0.5, 2.0)
    buffer.amplify(1.0, 1.5, 100.0)
    assert np.allclose(buffer.window(0.25, 0.5), 0.2)
    assert np.allclose(buffer.window(0.5, 1.0), 0.1)
    assert np.allclose(buffer.window(1.0, 1.5), CEILING)
    assert np.allclose(buffer.window(1.5, 2.0), 0.1)
    buffer.amplify(5.0, 6.0, 2.0)
