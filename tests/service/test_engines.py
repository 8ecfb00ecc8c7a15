"""The engines of a service: one for each device, and more for drafts."""

from pathlib import Path

import pytest

from app import config
from app.decode import cuda
from app.decode.cuda import Gpu
from app.errors import ModelError
from app.service.engines import choose_model, open_engines


def test_a_cpu_gets_one_engine_and_drafts_another() -> None:
    """Without a GPU there is one engine; a draft model gets its own."""
    settings = config.read(model="demo", device="cpu", threads=1)
    choice = choose_model(settings, "demo", "transcribe")
    assert len(open_engines(settings, choice, None).engines) == 1
    drafted = config.read(model="demo", device="cpu", threads=1, draft_model="demo")
    assert len(open_engines(drafted, choice, None).engines) == 2


def test_each_gpu_gets_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two GPUs run two engines."""
    settings = config.read(model="demo", device="cpu", threads=1)
    choice = choose_model(settings, "demo", "transcribe")
    monkeypatch.setattr(cuda, "gpus", lambda: (Gpu(0, "a", (9, 0), 24 << 30), Gpu(1, "b", (9, 0), 24 << 30)))
    object.__setattr__(choice, "device", "cuda")
    assert len(open_engines(settings, choice, None).engines) == 2


def test_an_unknown_model_gets_a_sentence(tmp_path: Path) -> None:
    """A folder without a model is refused before anything runs."""
    with pytest.raises(ModelError):
        choose_model(config.read(offline=True), str(tmp_path), "transcribe")
