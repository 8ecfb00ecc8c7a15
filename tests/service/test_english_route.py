"""Where a room's English comes from."""

import pytest

from app import config
from app.service import english_route
from app.service.english_route import MeasuredWay, Way, choose_speech_task, route_english
from app.store.rooms import RoomSettings
from app.translate.model import LanguagePairs

ALL = LanguagePairs(frozenset({"de", "en", "fr"}), frozenset({"de", "en", "fr"}))
FROM_FRENCH = LanguagePairs(frozenset({"fr"}), frozenset({"en"}))


def route(
    settings: RoomSettings, way: Way = "auto", *, can_speech: bool = True, pairs: LanguagePairs | None = ALL
) -> tuple[str, tuple[str, ...]]:
    """Return the task and the targets with which a room works."""
    found = route_english(
        settings, way, speech_model="large", can_speech=can_speech, text_model="text", text_pairs=pairs
    )
    return found.task, found.targets


@pytest.mark.parametrize(
    ("way", "can_speech", "pairs", "expected"),
    [
        ("auto", True, ALL, ("transcribe", ("en", "fr"))),
        ("speech", True, ALL, ("translate", ("en", "fr"))),
        ("speech", False, ALL, ("transcribe", ("en", "fr"))),
        ("text", True, FROM_FRENCH, ("translate", ("en", "fr"))),
        ("auto", True, None, ("translate", ("en", "fr"))),
        ("auto", False, None, ("transcribe", ("en", "fr"))),
    ],
)
def test_a_target_english_takes_the_way_that_is_there(
    way: Way, can_speech: bool, pairs: LanguagePairs | None, expected: tuple[str, tuple[str, ...]]
) -> None:
    """Text unless speech was asked for; what one model cannot do, the other does."""
    settings = RoomSettings(languages=("de", "en"), targets=("en", "fr"))
    assert route(settings, way, can_speech=can_speech, pairs=pairs) == expected


def test_the_task_translate_is_whispers_own_if_it_can() -> None:
    """Turbo cannot: then the text model writes the English track."""
    settings = RoomSettings(languages=("de",), task="translate")
    assert route(settings) == ("translate", ())
    assert route(settings, can_speech=False) == ("transcribe", ("en",))
    assert route(settings, "text") == ("transcribe", ("en",))


def test_what_was_measured_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only for the same models and one of the room's languages."""
    way = MeasuredWay(speech_model="large", text_model="text", language="de", better="speech", source="a test")
    monkeypatch.setattr(english_route, "_measured", lambda: (way,))
    assert route(RoomSettings(languages=("de",), targets=("en",)))[0] == "translate"
    assert route(RoomSettings(targets=("en",)))[0] == "translate"
    assert route(RoomSettings(languages=("fr",), targets=("en",)))[0] == "transcribe"


def test_other_rooms_stay_as_they_are() -> None:
    """A room without English is not touched."""
    settings = RoomSettings(targets=("fr",))
    assert route(settings, "speech") == ("transcribe", ("fr",))


def test_turbo_stays_for_a_service_that_translates_with_a_text_model() -> None:
    """Without one, or with Whisper's way asked for, a model that translates is chosen."""
    given: dict[str, object] = {"model": "turbo", "task": "translate", "device": "cpu"}
    assert choose_speech_task(config.read(**given, translation_model="demo")) == "transcribe"
    assert choose_speech_task(config.read(**given, translation_model="none")) == "translate"
    assert choose_speech_task(config.read(**given, translation_model="demo", english="speech")) == "translate"
    assert choose_speech_task(config.read(**{**given, "model": "small"}, translation_model="demo")) == "translate"
