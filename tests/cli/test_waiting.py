"""Tests for app.cli.waiting."""

import time

import pytest

from app.cli import waiting


def test_a_long_silence_is_broken_until_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last sentence is repeated with the time so far; afterwards nothing more is said."""
    monkeypatch.setattr(waiting, "SILENT_S", 0.04)
    said: list[str] = []
    with waiting.Waiting(said.append) as wait:
        wait.say("Loading the model.")
        for _ in range(300):
            if len(said) >= 3:
                break
            time.sleep(0.01)
        wait.stop()
        n_said = len(said)
        time.sleep(0.1)
    assert said[0] == "Loading the model."
    assert said[1] == "Loading the model. This has taken 0 s so far."
    assert len(said) == n_said


def test_something_quick_is_said_once() -> None:
    """What takes less than the limit is not repeated."""
    said: list[str] = []
    with waiting.Waiting(said.append) as wait:
        wait.say("Loading the model.")
    assert said == ["Loading the model."]
