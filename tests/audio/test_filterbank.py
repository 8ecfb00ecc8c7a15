"""The filterbank has Kaldi's values."""

import numpy as np
import pytest

from app.audio.filterbank import FLOOR, centred, filterbank

SECONDS = np.arange(16_000) / 16_000


def test_the_frames_are_kaldis() -> None:
    """25 ms every 10 ms; sound shorter than a frame has none."""
    assert filterbank(np.zeros(16_000, np.float32)).shape == (98, 80)
    assert filterbank(np.zeros(399, np.float32)).shape == (0, 80)
    assert centred(filterbank(np.zeros(10, np.float32))).shape == (0, 80)


def test_silence_is_at_the_floor() -> None:
    """Digital silence has the least logarithm, as in Kaldi."""
    assert filterbank(np.zeros(16_000, np.float32)) == pytest.approx(FLOOR, abs=1e-4)


@pytest.mark.parametrize(("hertz", "band"), [(250.0, 8), (1000.0, 27), (4000.0, 60)])
def test_a_tone_is_in_its_band(hertz: float, band: int) -> None:
    """The loudest band is the one whose centre on Kaldi's mel scale is nearest."""
    bands = filterbank(np.sin(2 * np.pi * hertz * SECONDS).astype(np.float32))
    edges = np.linspace(1127 * np.log1p(20 / 700), 1127 * np.log1p(8000 / 700), 82)
    nearest = int(np.argmin(np.abs(edges[1:-1] - 1127 * np.log1p(hertz / 700))))
    assert abs(nearest - band) <= 1
    assert abs(int(bands.mean(axis=0).argmax()) - nearest) <= 1


def test_the_level_is_taken_out() -> None:
    """A louder microphone has the same frames once the mean is taken out."""
    noise = np.random.default_rng(1).standard_normal(16_000).astype(np.float32) * np.float32(0.01)
    assert centred(filterbank(noise)) == pytest.approx(centred(filterbank(noise * 10)), abs=1e-3)
