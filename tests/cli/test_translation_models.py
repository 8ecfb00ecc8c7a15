"""`surtitle models`: the translation models with a name, and how one is downloaded."""

from pathlib import Path

import pytest

from app import config
from app.cli.models import fetch_model
from app.cli.translation_models import list_translation_models
from app.errors import ModelError
from app.translate import catalogue
from tests.fakes.model_hub import REPOSITORY, serving_models


def test_the_list_says_what_each_model_needs_and_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each has its size, memory, pairs and licence; without one here, the last line says how to get one."""
    monkeypatch.setenv("COLUMNS", "80")
    list_translation_models(config.read(model_cache=tmp_path))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines[:9])) <= 80
    assert "m2m100-418m    488 MB    484 MB  no    MIT             all of 100" in lines
    assert "nllb-200-600m  620 MB    615 MB  no    CC-BY-NC-4.0 *  all of 200" in lines
    assert "surtitle models --fetch m2m100-418m" in lines[-1]


def test_a_licence_without_commercial_use_must_be_accepted(tmp_path: Path) -> None:
    """Nothing is downloaded before."""
    with pytest.raises(ModelError, match=r"CC-BY-NC-4.0, forbids commercial use.*--accept-licence"):
        fetch_model(model="nllb-200-600m", model_cache=tmp_path)


def test_a_fetched_model_says_where_it_is_and_its_licence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The files come from the hub, are recorded like those of speech models, and are found without it afterwards."""
    entry = catalogue.CatalogueEntry("toy", REPOSITORY, "someone/toy", "MIT", 7, 7, "de to en")
    monkeypatch.setattr(catalogue, "ENTRIES", (entry,))
    with serving_models(monkeypatch) as hub:
        vocabulary = b'["__de__", "__en__"]'
        hub.commits[hub.latest]["shared_vocabulary.json"] = vocabulary
        fetch_model(model="toy", model_cache=tmp_path)
        n_asked = len(hub.asked)
        fetch_model(model="toy", model_cache=tmp_path, offline=True)
        assert len(hub.asked) == n_asked
    lines = capsys.readouterr().out.splitlines()
    assert "Its licence: MIT." in lines[-2]
    assert lines[-1] == "Use it with --translation-model toy; --offline finds it too."
    assert (tmp_path / "surtitle-models.json").is_file()
