"""Choosing the translation model of a service."""

from pathlib import Path

import pytest

from app import config
from app.decode import demo_files
from app.errors import ModelError, SettingsError
from app.service.translators import choose_translation_model, open_chat, open_translators
from app.translate.request import TranslationRequest
from tests.support.toy_translator import write_toy_model

DEMO = str(demo_files.MODEL)


async def test_the_demo_translates_in_a_process_of_its_own() -> None:
    """With the demo's speech model, auto is the demo's translation; it passes its self-test."""
    async with open_translators(config.read(), DEMO).running() as pool:
        translation = await pool.translate(TranslationRequest("Guten Morgen zusammen.", "de", "en"))
        assert pool.name == "demo"
    assert translation.fault is None
    assert translation.text.startswith("Good morning")


def test_auto_takes_what_is_here_and_says_how_to_get_one(tmp_path: Path) -> None:
    """Nothing is downloaded for a room that asks later; the folder of a model works by its path."""
    settings = config.read(model_cache=tmp_path / "cache", device="cpu")
    pool = open_translators(settings, "some/model")
    assert "surtitle models --fetch m2m100-418m" in pool.find_problem(["de"], ["fr"])
    folder = write_toy_model(tmp_path / "toy")
    choice = choose_translation_model(
        config.read(translation_model=str(folder), translation_threads=3, translation_context=False, device="cpu"),
        "some/model",
        downloads=False,
    )
    assert (choice.name, choice.threads, choice.device, choice.uses_context) == ("toy", 3, "cpu", False)


def test_a_service_that_shall_translate_needs_a_model(tmp_path: Path) -> None:
    """It is looked for before the service starts."""
    with pytest.raises(ModelError, match=r"nothing may be downloaded.*ct2-transformers-converter"):
        open_translators(config.read(model_cache=tmp_path, offline=True, device="cpu"), "some/model", is_wanted=True)
    with pytest.raises(ModelError, match="switched off"):
        open_translators(config.read(translation_model="none"), DEMO, is_wanted=True)


def test_a_service_is_used_only_if_the_settings_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its key is from the environment and in no text of the settings."""
    assert open_chat(config.read(), open_translators(config.read(), "speech")) is None
    monkeypatch.setenv("SURTITLE_TRANSLATION_URL", "https://api.example.org/v1")
    with pytest.raises(SettingsError, match="name of the service's model"):
        open_chat(config.read(), open_translators(config.read(), "speech"))
    monkeypatch.setenv("SURTITLE_TRANSLATION_SERVICE_MODEL", "some-model")
    monkeypatch.setenv("SURTITLE_TRANSLATION_KEY", "key-that-nobody-may-see")
    settings = config.read()
    chat = open_chat(settings, open_translators(settings, "speech"))
    assert chat is not None
    assert chat.leaves_machine == "api.example.org"
    assert "key-that-nobody-may-see" not in f"{settings!r}{settings}{chat!r}"
