"""Finding models."""

import json
import shutil
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from app.decode import demo_files, models
from app.errors import ModelError


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the model hub unreachable."""

    def refuse(*_: object, **__: object) -> str:
        raise LocalEntryNotFoundError("no connection")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refuse)


def test_demo_needs_nothing() -> None:
    """The demo model is always there, and its notice says what it is."""
    choice = models.choose("demo", "translate", device="cpu")
    assert choice.is_demo
    assert "demo model" in choice.notice
    assert choice.compute_type == "int8"


@pytest.mark.usefixtures("unreachable")
def test_auto_falls_back_to_the_demo_model() -> None:
    """Without the hub auto takes the demo model, and its notice says so."""
    choice = models.choose("auto", "transcribe", device="cpu")
    assert choice.is_demo
    assert "cannot be reached" in choice.notice


@pytest.mark.usefixtures("unreachable")
@pytest.mark.parametrize(
    ("name", "task", "complaint"),
    [
        ("small", "transcribe", r"hub cannot be reached.*--model DIR.*--model demo"),
        ("smal", "transcribe", r"but got 'smal'\. Did you mean small\?"),
        ("./nowhere", "transcribe", "is not a folder"),
        ("distil-whisper/distil-large-v3.5-ct2", "translate", "cannot translate"),
        ("Systran/faster-whisper-tiny.en", "translate", "cannot translate"),
    ],
)
def test_a_model_that_cannot_be_used_is_a_model_error(name: str, task: str, complaint: str) -> None:
    """The error for an unknown, unreachable or unsuitable model says what to do."""
    with pytest.raises(ModelError, match=complaint):
        models.choose(name, task, device="cpu")  # type: ignore[arg-type]


def test_turbo_gives_way_to_a_model_that_translates(monkeypatch: pytest.MonkeyPatch) -> None:
    """To translate, turbo is replaced by another model, and the notice says why."""
    monkeypatch.setattr(models, "download", lambda name, cache=None, **_: f"/models/{name}")
    choice = models.choose("turbo", "translate", device="cpu")
    assert choice.name == "large-v3"
    assert "turbo cannot translate" in choice.notice


@pytest.mark.parametrize(
    ("device", "task", "name"), [("cuda", "transcribe", "turbo"), ("cuda", "translate", "large-v3")]
)
def test_gpus_get_large_models(device: str, task: str, name: str) -> None:
    """A GPU gets turbo to transcribe and large-v3 to translate."""
    assert models.recommend(device, task) == name  # type: ignore[arg-type]


def test_a_folder_is_checked_before_it_is_loaded(tmp_path: Path) -> None:
    """For a folder without a model the error names what is missing; a model with turbo's shape cannot translate."""
    with pytest.raises(ModelError, match=r"model\.bin"):
        models.choose(str(tmp_path), "transcribe", device="cpu")
    folder = tmp_path / "turbo"
    shutil.copytree(demo_files.MODEL, folder)
    assert models.choose(str(folder), "translate", device="cpu").name == "turbo"
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": 128}))
    with pytest.raises(ModelError, match="four decoder layers"):
        models.choose(str(folder), "translate", device="cpu")
