"""The models of a service, and what rooms can ask of them."""

import pytest

from app import config
from app.decode.capabilities import Capabilities
from app.errors import ModelError, SettingsError
from app.service.room_models import RoomModels
from app.store.rooms import RoomSettings


@pytest.fixture
def models() -> RoomModels:
    """Return the demo models; nothing runs."""
    return RoomModels(config.read(model="demo", device="cpu"), None)


def set_tasks(models: RoomModels, *, translates: bool) -> None:
    """Let the speech model translate or not, as turbo."""
    models.engines.engines[0].capabilities = Capabilities(
        "turbo", frozenset({"de", "en"}), ("transcribe", "translate") if translates else ("transcribe",)
    )


def test_a_speech_model_that_cannot_translate_serves_rooms_that_do(models: RoomModels) -> None:
    """One decode for each window, and the text model writes the English track."""
    set_tasks(models, translates=False)
    room = RoomSettings(languages=("de",), task="translate", targets=("fr",))
    models.check(room, None, writes_files=False)
    routed = models.route(room)
    assert (routed.task, routed.targets) == ("transcribe", ("fr", "en"))
    assert models.session_settings(room).task == "transcribe"


def test_a_room_that_no_model_can_serve_is_refused() -> None:
    """Without a text model the task is the speech model's, which says that it cannot do it."""
    models = RoomModels(config.read(model="demo", device="cpu", translation_model="none"), None)
    set_tasks(models, translates=False)
    with pytest.raises(ModelError, match="turbo cannot translate"):
        models.check(RoomSettings(languages=("de",), task="translate"), None, writes_files=False)
    with pytest.raises(ModelError, match="switched off"):
        models.check(RoomSettings(languages=("de",), targets=("fr",)), None, writes_files=False)


def test_english_needs_no_text_model_if_whisper_translates() -> None:
    """It then comes from the sound."""
    models = RoomModels(config.read(model="demo", device="cpu", translation_model="none"), None)
    set_tasks(models, translates=True)
    room = RoomSettings(languages=("de",), targets=("en",))
    models.check(room, None, writes_files=False)
    assert models.session_settings(room).task == "translate"


def test_a_room_without_translation_looks_for_no_model(models: RoomModels) -> None:
    """It pays nothing, not even the look at the disk."""
    models.check(RoomSettings(languages=("de",)), None, writes_files=False)
    assert models.translators.name == ""


def test_a_room_with_a_language_that_does_not_exist_is_refused() -> None:
    """A chat service says of no language that it does not know it."""
    service = {"translation_url": "http://127.0.0.1:9/v1", "translation_service_model": "m"}
    models = RoomModels(config.read(model="demo", device="cpu", **service), None)
    models.check(RoomSettings(languages=("de",), targets=("uk",)), None, writes_files=False)
    with pytest.raises(SettingsError, match="xx"):
        models.check(RoomSettings(languages=("de",), targets=("xx",)), None, writes_files=False)
