"""Tests for app.audio.silero."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.audio import silero
from app.audio.silero import CONTEXT, STEP, SileroModel, SileroState, shared_model
from app.decode import demo_files
from app.errors import ModelError
from app.media import media_source


def test_steps_one_by_one_are_like_all_at_once() -> None:
    """The state carries what the model remembers from call to call."""
    clip = media_source.load(demo_files.CLIP)
    model, state = shared_model(), SileroState()
    n_steps = (len(clip) - CONTEXT) // STEP
    alone = [
        probability
        for step in range(n_steps)
        for probability in model.run(clip[step * STEP : (step + 1) * STEP + CONTEXT], state)
    ]
    assert alone == pytest.approx(model.run(clip, SileroState()), abs=1e-4)
    assert max(alone) > 0.9


def test_silence_is_no_speech() -> None:
    """Digital silence has a low probability from the first step on."""
    assert max(shared_model().run(np.zeros(CONTEXT + 40 * STEP, np.float32), SileroState())) < 0.2


def test_less_than_a_step_has_no_probability() -> None:
    """Nothing is run."""
    assert shared_model().run(np.zeros(CONTEXT + STEP - 1, np.float32), SileroState()) == []


def test_a_missing_model_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which package to install."""
    monkeypatch.setattr(silero, "FILE", Path("assets", "none.onnx"))
    with pytest.raises(ModelError, match=r"Install a version of faster-whisper"):
        SileroModel()


def test_loading_the_model_collects_nothing(root: Path, tmp_path: Path) -> None:
    """ONNX Runtime makes no identifier of this device and no events for Microsoft, as its wheels do by default."""
    given = {name: text for name, text in os.environ.items() if "TELEMETRY" not in name and name != "XDG_CACHE_HOME"}
    command = [sys.executable, "-c", "from app.audio.silero import SileroModel; SileroModel()"]
    subprocess.run(command, cwd=root, env=given | {"HOME": str(tmp_path)}, check=True, timeout=60)
    assert list(tmp_path.iterdir()) == []
