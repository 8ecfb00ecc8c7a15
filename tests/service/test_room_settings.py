"""The settings of a room: what is checked, and what the command line changes."""

import asyncio
import time
from dataclasses import replace

import pytest

from app import config
from app.decode.capabilities import Capabilities
from app.decode.glossary import ENTRIES_MAX
from app.errors import SettingsError
from app.outputs.settings import FileOutput, MeetingOutput
from app.service.room_settings import check_settings, command_line_settings, prepare_glossary, session_settings
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
        (RoomSettings(outputs=(FileOutput("srt"),)), "runs with --memory"),
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


@pytest.mark.parametrize(("text", "targets"), [(None, ("fr",)), ("German,en,de", ("de", "en")), ("none", ())])
def test_the_command_line_changes_targets_by_name(text: str | None, targets: tuple[str, ...]) -> None:
    """`--translate-to` takes names and codes, each once; none removes all, and without it they stay."""
    stored = RoomSettings(targets=("fr",), translates_always=True)
    after = command_line_settings(config.read(translate_to=text), "", stored)
    assert (after.targets, after.translates_always) == (targets, True)


def test_a_target_that_is_no_language_is_refused_with_a_suggestion() -> None:
    """The sentence names the option, and what was probably meant."""
    with pytest.raises(SettingsError, match=r"^Expected a language such as de .* --translate-to, .*French") as raised:
        config.read(translate_to="en,Frensh")
    assert "spoken" not in str(raised.value)


def test_one_language_is_fixed_and_several_are_detected() -> None:
    """A room with one language decodes in it; with several, each utterance is detected."""
    assert session_settings(RoomSettings(languages=("de",)), has_drafts=False).language == "de"
    assert session_settings(RoomSettings(languages=("de", "en")), has_drafts=True).language is None


async def test_a_new_glossary_has_limits_and_a_stored_one_is_used_as_far_as_they_allow() -> None:
    """A glossary of an older version does not stop the room; a new one that is too long is rejected."""
    long = RoomSettings(glossary="\n".join(f"wrong {i} => right {i}" for i in range(ENTRIES_MAX + 1)))
    with pytest.raises(SettingsError, match="at most 5,000 terms and rules"):
        await prepare_glossary(long, None)
    await prepare_glossary(long, long)
    assert len(session_settings(long, has_drafts=False).glossary.corrections) == ENTRIES_MAX


@pytest.mark.timing
async def test_the_longest_glossary_does_not_hold_the_event_loop() -> None:
    """While 5,000 rules are checked and compiled for three rooms at once, other tasks run within 50 ms."""
    lists = ["\n".join(f"wrong {i} {room} => right {i} thing" for i in range(ENTRIES_MAX)) for room in "abc"]
    rules = RoomSettings(glossary=lists[0])
    preparing = asyncio.gather(*(prepare_glossary(RoomSettings(glossary=text), None) for text in lists))
    gaps_s, before_s = [], time.perf_counter()
    while not preparing.done():
        await asyncio.sleep(0.001)
        now_s = time.perf_counter()
        gaps_s.append(now_s - before_s)
        before_s = now_s
    await preparing
    assert max(gaps_s) < 0.05
    began_s = time.perf_counter()
    session_settings(rules, has_drafts=False)
    assert time.perf_counter() - began_s < 0.005
