"""Tests for app.audio.level."""

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE
from app.audio.level import Level


def sine(amplitude: float, seconds: float) -> np.ndarray:
    """Return a 440 Hz tone."""
    return (amplitude * np.sin(2 * np.pi * 440 * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)).astype(
        np.float32
    )


@pytest.mark.parametrize(("amplitude", "dbfs"), [(1.0, -3.0), (0.1, -23.0), (0.0, -120.0)])
def test_rms_in_dbfs(amplitude: float, dbfs: float) -> None:
    """A sine's RMS lies 3 dB below its peak; silence is the floor."""
    level = Level()
    level.feed(sine(amplitude, 0.5))
    assert level.dbfs == pytest.approx(dbfs, abs=0.1)


def test_clipping_is_reported_for_two_seconds() -> None:
    """Three samples at full scale are clipping, and the warning ends after two seconds."""
    level = Level()
    level.feed(np.clip(sine(2.0, 0.1), -1, 1))
    assert level.is_clipping
    level.feed(sine(0.1, 1.5))
    assert level.is_clipping
    level.feed(sine(0.1, 1.0))
    assert not level.is_clipping


def test_a_dead_input_is_reported_after_some_seconds() -> None:
    """Digital silence is not a quiet room: a live microphone has noise."""
    level = Level()
    for _ in range(34):
        level.feed(np.zeros(1600, np.float32))
    assert not level.is_dead
    level.feed(np.zeros(1600, np.float32))
    level.feed(np.zeros(1600, np.float32))
    assert level.is_dead
    level.feed(np.random.default_rng(0).normal(0, 1e-3, 1600).astype(np.float32))
    assert not level.is_dead
