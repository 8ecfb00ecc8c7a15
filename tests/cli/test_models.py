"""`surtitle models`: the models with a name, and how a downloaded one was checked."""

from pathlib import Path

import pytest

from app.cli.models import fetch_model
from app.decode.model_pins import PINS, ModelPin
from tests.fakes.model_hub import REPOSITORY, hash_files, serving_models
from tests.support.program import run_surtitle


def test_the_list_ends_with_the_choice_of_auto() -> None:
    """The list of models has their commits, and ends with the model that auto chooses on this machine."""
    done = run_surtitle("models")
    assert done.returncode == 0
    assert "small  (Systran/faster-whisper-small, commit 536b0662742c)" in done.stdout
    assert "auto on this machine" in done.stdout.splitlines()[-1]


def test_a_fetched_model_says_how_it_was_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A first download is recorded; a pinned model has the hashes that Surtitle ships."""
    monkeypatch.setenv("SURTITLE_MODEL_CACHE", str(tmp_path))
    with serving_models(monkeypatch) as hub:
        fetch_model(model=REPOSITORY)
        assert f"no SHA-256 for commit {hub.latest}; those of its 4 files are now in surtitle-models.json" in (
            capsys.readouterr().out
        )
        (folder,) = (tmp_path / "models--someone--whisper" / "snapshots").iterdir()
        monkeypatch.setitem(PINS, REPOSITORY, ModelPin(REPOSITORY, hub.latest, hash_files(folder)))
        fetch_model(model=REPOSITORY)
        assert "Its 4 files have the SHA-256 that Surtitle ships" in capsys.readouterr().out
