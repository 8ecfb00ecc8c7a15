"""Tests for app.audio.speech_gate."""

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE
from app.audio.speech_gate import SpeechGate
from app.decode import demo_files
from app.media import media_source


@pytest.mark.parametrize("level_db", [-120, -80])
def test_silence_does_not_open_it(level_db: int) -> None:
    """Sound below the limit is never a voice."""
    noise = np.random.default_rng(1).normal(0, 10 ** (level_db / 20), 5 * SAMPLE_RATE).astype(np.float32)
    assert not SpeechGate(-75.0).hears(noise)


def test_speech_opens_it() -> None:
    """Also when it comes in pieces shorter than a frame."""
    clip = media_source.load(demo_files.CLIP)
    gate = SpeechGate(-75.0)
    heard = [gate.hears(clip[first : first + 100]) for first in range(0, len(clip), 100)]
    assert sum(heard) > 50
