"""Tests for app.audio.resample."""

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE
from app.audio.resample import Resampler


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 48_000])
def test_a_tone_keeps_its_pitch_and_length(rate_hz: int) -> None:
    """Blocks of any rate become one stream at SAMPLE_RATE, without gaps between the blocks."""
    resampler = Resampler(rate_hz)
    tone = np.sin(2 * np.pi * 600 * np.arange(2 * rate_hz) / rate_hz).astype(np.float32)
    sound = np.concatenate([resampler.feed(block) for block in np.split(tone, 50)])
    assert len(sound) == pytest.approx(2 * SAMPLE_RATE, abs=0.02 * SAMPLE_RATE)
    second = sound[8_000:24_000]
    spectrum = np.abs(np.fft.rfft(second * np.hanning(len(second))))
    assert int(np.argmax(spectrum)) == 600
    assert float(np.sqrt(np.mean(second**2))) == pytest.approx(0.707, abs=0.01)
