"""Tests for app.audio.chunk."""

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk, from_pcm16, to_pcm16


def test_pcm_survives_both_ways() -> None:
    """All 16-bit values come back; an odd last byte is ignored."""
    pcm = np.arange(-32768, 32768).astype("<i2").tobytes()
    assert to_pcm16(from_pcm16(pcm + b"x")) == pcm


@pytest.mark.parametrize(("value", "expected"), [(2.0, 32767), (-2.0, -32768)])
def test_values_beyond_full_scale_are_clipped(value: float, expected: int) -> None:
    """No value wraps around."""
    assert int.from_bytes(to_pcm16(np.array([value], np.float32)), "little", signed=True) == expected


def test_a_chunk_ends_after_its_samples() -> None:
    """The end is the start and the length in seconds."""
    assert Chunk(np.zeros(SAMPLE_RATE // 2, np.float32), 1.5).end_s == 2.0
