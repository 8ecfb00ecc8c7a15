"""Tests for app.audio.gain."""

import numpy as np
import pytest

from app.audio.chunk import CEILING, Samples
from app.audio.gain import SETTLE_STEPS, AutomaticGain
from app.audio.silero import STEP, STEP_S
from app.audio.speech_thresholds import THRESHOLDS


def play(gain: AutomaticGain, n_steps: int, level_db: float, probability: float) -> list[Samples]:
    """Apply the gain to steps of noise at a level, and let it follow them; return the steps."""
    rng = np.random.default_rng(5)
    rms = 10 ** (level_db / 20)
    heard = []
    for _ in range(n_steps):
        heard.append(gain.apply(rng.normal(0, rms, STEP).astype(np.float32)))
        gain.follow(rms, probability)
    return heard


def db(gain: AutomaticGain) -> float:
    """Return the gain in dB."""
    return float(20 * np.log10(gain.gain))


def test_quiet_speech_is_amplified_at_once_at_the_start() -> None:
    """A talk that begins 25 dB too quiet has its level after the first steps; what came before is amplified once."""
    gain = AutomaticGain(THRESHOLDS)
    quiet = 10 ** ((THRESHOLDS.level_dbfs - 25) / 20)
    late = [gain.follow(quiet, 0.95) for _ in range(SETTLE_STEPS + 3)]
    assert [factor is None for factor in late] == [True] * (SETTLE_STEPS - 1) + [False] + [True] * 3
    assert late[SETTLE_STEPS - 1] == pytest.approx(gain.gain)
    assert db(gain) == pytest.approx(25, abs=0.5)


@pytest.mark.parametrize("level_db", [-120.0, -90.0, -45.0])
def test_gain_is_held_in_silence(level_db: float) -> None:
    """A minute of noise, of a pause or of digital silence neither raises nor lowers it."""
    gain = AutomaticGain(THRESHOLDS)
    play(gain, 60, THRESHOLDS.level_dbfs - 15, 0.95)
    before = db(gain)
    play(gain, 2000, level_db, 0.1)
    assert db(gain) == pytest.approx(before, abs=0.5)


def test_loud_speech_is_left_as_it_is() -> None:
    """Every sample is the same, up to full scale."""
    rng = np.random.default_rng(6)
    gain = AutomaticGain(THRESHOLDS)
    for _ in range(30):
        loud = np.clip(rng.normal(0, 0.4, STEP), -1, 1).astype(np.float32)
        assert np.array_equal(gain.apply(loud), loud)
        gain.follow(0.4, 0.99)


def test_no_gain_is_beyond_its_limit() -> None:
    """However quiet the speech is."""
    gain = AutomaticGain(THRESHOLDS)
    play(gain, 60, -90.0, 0.99)
    assert db(gain) == pytest.approx(THRESHOLDS.gain_max_db, abs=0.01)


def test_nothing_is_clipped_when_a_loud_speaker_follows_a_quiet_one() -> None:
    """Peaks stay below the ceiling from the first sample, and a second later the gain is gone."""
    gain = AutomaticGain(THRESHOLDS)
    play(gain, 200, THRESHOLDS.level_dbfs - 30, 0.95)
    heard = play(gain, 31, -18.0, 0.95)
    assert max(float(np.abs(step).max()) for step in heard) <= CEILING + 1e-6
    assert db(gain) < 1.5


def test_a_quieter_speaker_is_followed_in_seconds() -> None:
    """One soft word changes little; after some seconds of soft speech it has its level."""
    gain = AutomaticGain(THRESHOLDS)
    play(gain, 200, THRESHOLDS.level_dbfs, 0.95)
    play(gain, 10, THRESHOLDS.level_dbfs - 20, 0.95)
    assert db(gain) < 4
    play(gain, 180, THRESHOLDS.level_dbfs - 20, 0.95)
    assert 17 < db(gain) < 21


def test_speech_that_stays_quiet_is_noticed() -> None:
    """After three seconds of speech below the limit; not in silence, and no longer once it is louder."""
    gain = AutomaticGain(THRESHOLDS)
    play(gain, round(2.8 / STEP_S), THRESHOLDS.quiet_dbfs - 3, 0.95)
    assert not gain.is_quiet
    play(gain, round(0.5 / STEP_S), THRESHOLDS.quiet_dbfs - 3, 0.95)
    assert gain.is_quiet
    play(gain, round(1.0 / STEP_S), THRESHOLDS.quiet_dbfs + 10, 0.95)
    assert not gain.is_quiet
    play(gain, round(9.0 / STEP_S), -70.0, 0.1)
    assert not gain.is_quiet
