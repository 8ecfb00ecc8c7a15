"""`surtitle models`: the models with a name, and how a downloaded one was checked."""

import re
from pathlib import Path

import pytest

from app.cli.models import fetch_model, list_commits, list_languages, list_models
from app.decode.model_pins import PINS, ModelPin
from tests.fakes.model_hub import REPOSITORY, hash_files, serving_models


def test_the_list_says_what_each_model_needs_and_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each model has its size, memory, languages and task, and whether it is here; the last line has auto's choice."""
    monkeypatch.setenv("SURTITLE_MODEL_CACHE", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("app.decode.model_hub.is_downloaded", lambda name, cache, content=None: name == "small")
    monkeypatch.setattr("app.decode.device.has_gpu", lambda: False)
    list_models()
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines[:9])) <= 80
    assert lines[0] == "model     download  CPU memory  GPU memory  languages  translates  here  licence"
    assert "small     484 MB    242 MB      484 MB      99         yes         yes   MIT" in lines
    assert "large-v3  3.1 GB    1.5 GB      3.1 GB      100        yes         no    MIT" in lines
    assert "turbo     1.6 GB    809 MB      1.6 GB      100        no          no    MIT" in lines
    assert any(
        re.fullmatch(r"On this machine, with \d+ CPU cores?, auto chooses \w+ to transcribe and .*", one)
        for one in lines
    )
    list_commits()
    assert "small     Systran/faster-whisper-small                  536b0662742c" in capsys.readouterr().out
    list_languages()
    assert "de    German" in capsys.readouterr().out


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
