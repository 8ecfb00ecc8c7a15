"""The settings of a room: what is checked, and what the command line changes."""

from dataclasses import replace

import pytest

from app import config
from app.decode.capabilities import Capabilities
from app.errors import SettingsError
from app.outputs.settings import FileOutput, MeetingOutput
from app.service.room_settings import check_settings, command_line_settings, session_settings
from app.store.rooms import RoomSettings

DEMO = Capabilities("demo", frozenset({"de", "en"}), ("transcribe",))


def test_a_public_room_gets_a_short_code() -> None:
    """A public room keeps its code or gets one; a room that is not public has none."""
    made = check_settings(RoomSettings(is_public=True), None, check_supports=DEMO.check, writes_files=True)
    assert len(made.code) == 6
    assert check_settings(made, made, check_supports=DEMO.check, writes_files=True).code == made.code
    assert check_settings(replace(made, is_public=False), made, check_supports=DEMO.check, writes_files=True).code == ""


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (RoomSettings(languages=("xx",)), "knows only de, en"),
        (RoomSettings(task="translate"), "cannot translate"),
        (RoomSettings(glossary="=> right"), "Glossary line 1"),
        (RoomSettings(outputs=(MeetingOutput("zoom", "1", "https://example.org"),)), "Zoom"),
        (RoomSettings(outputs=(FileOutput("srt"),)), "see --memory"),
    ],
)
def test_invalid_settings_get_a_sentence(settings: RoomSettings, message: str) -> None:
    """Languages, glossary and outputs are checked before a room is changed."""
    with pytest.raises(SettingsError, match=message):
        check_settings(settings, None, check_supports=DEMO.check, writes_files=False)


def test_only_given_options_change_the_stored_room() -> None:
    """An option that is not on the command line keeps its stored value, and the room is opened."""
    stored = RoomSettings(languages=("de",), glossary="Surtitle", retention_h=3.0, is_open=False)
    after = command_line_settings(config.read(language="en,fr"), "", stored)
    assert after == replace(stored, languages=("en", "fr"), is_open=True)
    new = command_line_settings(config.read(retention_h=5.0, task="translate"), "", None)
    assert (new.retention_h, new.task) == (5.0, "translate")


def test_one_language_is_fixed_and_several_are_detected() -> None:
    """A room with one language decodes in it; with several, each utterance is detected."""
    assert session_settings(RoomSettings(languages=("de",)), has_drafts=False).language == "de"
    assert session_settings(RoomSettings(languages=("de", "en")), has_drafts=True).language is None
