"""Tests for app.web.downloads."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.captions.caption_log import MemoryLog
from app.captions.event import Event
from app.captions.room import Room
from app.captions.session_settings import SessionSettings
from app.errors import BusyError, SettingsError
from app.web import downloads as module
from app.web.downloads import Downloads
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.store_run import event


@pytest.fixture
def room() -> Room:
    """Return a room in which two phrases were said."""
    room = Room("main", engine=ScriptedEngine(), settings=SessionSettings(), log=MemoryLog("e1"), model="none")
    room.publish(event("one"))
    room.publish(event("two"))
    return room


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the kinds of the files that were made."""
    made: list[str] = []

    def write(kind: str, events: Sequence[Event], pace: object = None, naming: object = None) -> str:
        made.append(kind)
        return kind + " " + " ".join(one.committed for one in events)

    monkeypatch.setattr(module, "write", write)
    return made


async def test_a_file_is_made_once_for_all_who_ask(room: Room, made: list[str]) -> None:
    """Until the next phrase; each format and track is another file."""
    downloads = Downloads()
    asked = [downloads.transcript(room, "original", kind) for kind in ("srt", "vtt") for _ in range(20)]
    assert set(await asyncio.gather(*asked)) == {b"srt one two", b"vtt one two"}
    assert made == ["srt", "vtt"]
    room.publish(event("three"))
    assert await downloads.transcript(room, "original", "srt") == b"srt one two three"
    assert made == ["srt", "vtt", "srt"]


async def test_a_track_has_what_was_said_without_a_translation_in_the_original(room: Room) -> None:
    """Marked with its language in text, and by the field `language` in JSON; a withdrawn translation stays away."""
    room.publish(event("deux", phrase="two", track="fr", language="fr"))
    room.publish(replace(event("trois", phrase="three", track="fr", language="fr"), state="withdrawn"))
    room.publish(event("three"))
    downloads = Downloads()
    assert await downloads.transcript(room, "fr", "txt") == b"[en] one\ndeux\n"
    assert json.loads(await downloads.transcript(room, "fr", "json"))[0]["language"] == "en"


async def test_a_track_that_the_room_never_had_is_refused(room: Room, made: list[str]) -> None:
    """The log is read once for all who ask, and the sentence says which tracks there are."""
    room.set_targets(["fr"])
    downloads = Downloads()
    for track in ("xx", "yy"):
        with pytest.raises(SettingsError, match=r"Expected a track of this room \(original or fr\) for lang, but got"):
            await downloads.transcript(room, track, "srt")
    assert (len(downloads._kept), made) == (1, [])


async def test_erased_captions_are_not_in_a_later_file(room: Room, made: list[str]) -> None:
    """Nor in memory, once the room's files are forgotten."""
    downloads = Downloads()
    await downloads.transcript(room, "original", "srt")
    await downloads.captions(room)
    assert len(downloads._kept) == 2
    await room.erase()
    assert await downloads.transcript(room, "original", "srt") == b"srt "
    downloads.forget(room)
    assert downloads._kept == {}


async def test_a_file_has_the_names_of_now(room: Room, made: list[str]) -> None:
    """A file from before somebody got a name, or before names were switched off, is made again."""
    downloads = Downloads()
    await downloads.transcript(room, "original", "srt")
    room.set_speakers({"Speaker 1": "Ada"}, shows_names=True)
    await downloads.transcript(room, "original", "srt")
    await downloads.transcript(room, "original", "srt")
    assert made == ["srt", "srt"]
    room.set_speakers({"Speaker 1": "Ada"}, shows_names=False)
    await downloads.transcript(room, "original", "srt")
    assert made == ["srt", "srt", "srt"]


async def test_memory_is_bounded(room: Room, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that was made first is dropped when there are too many, and every file after a while."""
    monkeypatch.setattr(module, "KEPT_BYTES", 25)
    monkeypatch.setattr(module, "KEPT_S", 0.05)
    downloads = Downloads()
    for kind in ("srt", "vtt", "txt"):
        await downloads.transcript(room, "original", kind)
    assert [key[3] for key in downloads._kept] == ["vtt", "txt"]
    await asyncio.sleep(0.1)
    assert downloads._kept == {}


async def test_too_many_who_wait_are_refused(room: Room, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """They get an error with a retry time."""
    monkeypatch.setattr(module, "WAITING_MAX", 3)
    downloads = Downloads()
    asked = [downloads.transcript(room, "original", "srt") for _ in range(5)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [isinstance(answer, BusyError) for answer in answers] == [False, False, False, True, True]
