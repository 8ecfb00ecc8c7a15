"""Tests for app.audio.speech_thresholds."""

import pytest

from app import config
from app.audio.speech_thresholds import THRESHOLDS, read_thresholds
from app.errors import SettingsError


def test_settings_change_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without settings the defaults hold, and each setting changes its own limit."""
    assert read_thresholds(config.read()) == THRESHOLDS
    monkeypatch.setenv("SURTITLE_SPEECH_GAIN_MAX_DB", "6")
    monkeypatch.setenv("SURTITLE_SPEECH_ON", "0.6")
    changed = read_thresholds(config.read())
    assert (changed.gain_max_db, changed.on, changed.off) == (6.0, 0.6, THRESHOLDS.off)


def test_limits_in_the_wrong_order_get_a_sentence() -> None:
    """Speech cannot stop at a higher probability than it starts at."""
    with pytest.raises(SettingsError, match=r"Expected speech_off to be at most speech_on, 0\.3, but got 0\.5\."):
        read_thresholds(config.read(speech_off=0.5))
