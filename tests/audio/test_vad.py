"""Tests for app.audio.vad."""

import subprocess

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Samples, from_pcm16
from app.audio.resample import Resampler
from app.audio.vad import Vad
from tests.support.required_program import require_program


@pytest.fixture(scope="module")
def spoken() -> Samples:
    """Return a second of silence, two seconds or so of speech, and a second of silence."""
    program = require_program("espeak-ng")
    wav = subprocess.run([program, "--stdout", "We start with the news from Berlin"], capture_output=True, check=True)
    speech = Resampler(22_050).feed(from_pcm16(wav.stdout[44:]))
    silence = np.zeros(SAMPLE_RATE, np.float32)
    return np.concatenate([silence, speech, silence])


def test_speech_is_found_where_it_is(spoken: Samples) -> None:
    """An utterance begins and ends with the voice, and the pause after it is measured."""
    vad = Vad()
    states = []
    for first in range(0, len(spoken), 640):
        vad.feed(spoken[first : first + 640])
        states.append(vad.is_speech)
    duration_s = len(spoken) / SAMPLE_RATE
    assert not any(states[:25])
    assert any(states)
    assert not states[-1]
    assert vad.voiced_s(0, 1) == 0
    assert vad.voiced_s(1, duration_s - 1) > 1.0
    assert 0.5 <= vad.silence_s <= 1.6


@pytest.mark.parametrize("level_db", [-120, -70, -58])
def test_quiet_noise_is_no_voice(level_db: int) -> None:
    """Noise below the energy gate never counts as voice."""
    noise = np.random.default_rng(1).normal(0, 10 ** (level_db / 20), 5 * SAMPLE_RATE).astype(np.float32)
    vad = Vad()
    vad.feed(noise)
    assert vad.voiced_s(0, 5) == 0
    assert not vad.is_speech


def test_a_gap_counts_as_silence(spoken: Samples) -> None:
    """Skipped sound advances the clock and ends the utterance."""
    vad = Vad()
    vad.feed(spoken[: 2 * SAMPLE_RATE])
    vad.skip(3 * SAMPLE_RATE)
    assert vad.end_s == pytest.approx(5.0, abs=0.03)
    assert not vad.is_speech
    assert vad.silence_s >= 2.9


def test_the_quietest_moment_is_in_the_pause() -> None:
    """Between two noisy stretches the middle of the silence between them is found."""
    noise = np.random.default_rng(2).normal(0, 0.1, SAMPLE_RATE).astype(np.float32)
    vad = Vad()
    vad.feed(np.concatenate([noise, np.zeros(1600, np.float32), noise]))
    assert 1.0 <= vad.quietest_s(0.9, 1.2) <= 1.1


def test_forgetting_keeps_what_comes_after(spoken: Samples) -> None:
    """Old results are removed, and the newest keep their times."""
    vad = Vad()
    for _ in range(12):
        vad.feed(spoken)
        vad.forget(vad.end_s - 14)
    assert len(vad._voiced) <= 2048
    assert vad.voiced_s(vad.end_s - 1, vad.end_s) == 0
    assert vad.voiced_s(vad.end_s - 3, vad.end_s) > 0.5
