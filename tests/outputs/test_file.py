"""A subtitle file is up to date with the talk, also after a failed write."""

import asyncio
import os
import re
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from app.captions.caption_log import MemoryLog
from app.captions.event import Event, State
from app.captions.room import Room
from app.captions.room_state import OutputHealth
from app.captions.session_settings import SessionSettings
from app.decode.request import Task
from app.errors import SettingsError
from app.outputs import file
from app.outputs.file import SubtitleFile
from app.outputs.subtitles import Format, write
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.waiting import wait_until


def open_room(task: Task = "transcribe") -> Room:
    """Open a room without speakers."""
    return Room("main", engine=ScriptedEngine(), settings=SessionSettings(task=task), log=MemoryLog("e"), model="none")


def phrase(text: str, start_s: float, state: State = "final", track: str = "original") -> Event:
    """Make an event as a session does."""
    name = f"1-{start_s:.0f}"
    return Event("main", "", None, name, 1, "clip", track, state, "en", start_s, start_s + 1, text)


@asynccontextmanager
async def following(subtitles: SubtitleFile, room: Room) -> AsyncIterator[None]:
    """Keep the file up to date while the block lasts."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(subtitles.follow(room))
        await asyncio.sleep(0)
        yield
        task.cancel()


async def test_each_final_phrase_is_on_disk_at_once(tmp_path: Path) -> None:
    """A phrase is in the file while the talk goes on; an open one is not."""
    room, subtitles = open_room(), SubtitleFile(tmp_path / "talk.txt")
    async with following(subtitles, room):
        room.publish(phrase("Good morning.", 0))
        await wait_until(lambda: subtitles.path.read_text() == "Good morning.\n")
        room.publish(phrase("Wel", 2, "open"))
        room.publish(phrase("Welcome.", 2))
        await wait_until(lambda: subtitles.path.read_text() == "Good morning.\nWelcome.\n")


async def test_a_new_name_is_written_back_to_the_start(tmp_path: Path) -> None:
    """Without another phrase; a switch removes the names, and the end of the talk keeps the newest."""
    room, subtitles = open_room(), SubtitleFile(tmp_path / "talk.txt")
    async with following(subtitles, room):
        room.publish(replace(phrase("One.", 0), speaker="Speaker 1"))
        room.publish(replace(phrase("Two.", 2), speaker="Speaker 1"))
        await wait_until(lambda: subtitles.path.read_text() == "Speaker 1: One.\nTwo.\n")
        room.set_speakers({"Speaker 1": "Ada"}, shows_names=True)
        room.set_speakers({"Speaker 1": "Ada King"}, shows_names=True)
        await wait_until(lambda: subtitles.path.read_text() == "Ada King: One.\nTwo.\n")
        room.set_speakers({}, shows_names=False)
        await wait_until(lambda: subtitles.path.read_text() == "One.\nTwo.\n")
        room.set_speakers({"Speaker 1": "Grace"}, shows_names=True)
    assert subtitles.path.read_text() == "Grace: One.\nTwo.\n"


async def test_what_was_said_before_is_written_too(tmp_path: Path) -> None:
    """Phrases logged before the file was opened are in it, and cancelling writes the last one."""
    room, subtitles = open_room(), SubtitleFile(tmp_path / "talk.srt")
    room.publish(phrase("Good morning.", 0))
    async with following(subtitles, room):
        room.publish(phrase("Welcome.", 2))
    assert subtitles.path.read_text() == (
        "1\n00:00:00,000 --> 00:00:01,000\nGood morning.\n\n2\n00:00:02,000 --> 00:00:03,000\nWelcome.\n\n"
    )


async def test_a_correction_rewrites_its_phrase(tmp_path: Path) -> None:
    """A phrase that was corrected or withdrawn changes in its place; the text behind it stays."""
    room, subtitles = open_room(), SubtitleFile(tmp_path / "talk.txt")
    async with following(subtitles, room):
        for start_s, text in enumerate(("One.", "Too many words.", "Three.", "Four.")):
            room.publish(phrase(text, start_s))
        await wait_until(lambda: len(subtitles.path.read_text().splitlines()) == 4)
        room.publish(phrase("Two.", 1, "corrected"))
        room.publish(phrase("Three.", 2, "withdrawn"))
        await wait_until(lambda: subtitles.path.read_text() == "One.\nTwo.\nFour.\n")


async def test_a_phrase_is_written_once_after_the_task_changed(tmp_path: Path) -> None:
    """A file that follows the room's last track replaces a translated phrase whose original is corrected later."""
    room, subtitles = open_room("translate"), SubtitleFile(tmp_path / "talk.txt")
    async with following(subtitles, room):
        room.publish(phrase("Guten Tag.", 0))
        room.publish(phrase("Good day.", 0, track="en"))
        await wait_until(lambda: subtitles.path.read_text() == "Good day.\n")
        room.configure(SessionSettings(task="transcribe"))
        room.correct("1-0", "original", "Guten Morgen.")
        await wait_until(lambda: subtitles.path.read_text() == "Guten Morgen.\n")


@pytest.mark.parametrize("suffix", get_args(Format))
async def test_every_format_grows(tmp_path: Path, suffix: Format) -> None:
    """In each format the file is whole after each phrase, whatever was said, and after a correction."""
    room, subtitles = open_room(), SubtitleFile(tmp_path / f"talk.{suffix}")
    async with following(subtitles, room):
        for start_s, text in enumerate(("=1+1", "“A”\n\n--> <b>", "\ud800, you say?")):
            room.publish(phrase(text, start_s))
            await wait_until(lambda: subtitles.path.read_bytes() == write(suffix, room.since(0)).encode())
        phrases = room.since(0)
        room.publish(phrase("B", 1, "corrected"))
        phrases[1] = room.since(0)[-1]
        await wait_until(lambda: subtitles.path.read_bytes() == write(suffix, phrases).encode())
    assert subtitles.health.status == "working"


@pytest.mark.parametrize(("track", "text"), [(None, "Good morning.\n"), ("original", "Guten Morgen.\n")])
async def test_one_track_is_written(tmp_path: Path, track: str | None, text: str) -> None:
    """The chosen track is written, by default the translation."""
    room, subtitles = open_room("translate"), SubtitleFile(tmp_path / "talk.txt", track)
    async with following(subtitles, room):
        room.publish(phrase("Guten Morgen.", 0))
        room.publish(phrase("Good morning.", 0, track="en"))
    assert subtitles.path.read_text() == text


async def test_a_late_translation_is_written_in_its_place(tmp_path: Path) -> None:
    """Phrases are in the order in which they were said, not in which they became final."""
    room, subtitles = open_room(), SubtitleFile(tmp_path / "talk.txt")
    async with following(subtitles, room):
        room.publish(phrase("Second.", 2))
        room.publish(phrase("First.", 0))
    assert subtitles.path.read_text() == "First.\nSecond.\n"


async def test_a_flood_loses_nothing(tmp_path: Path) -> None:
    """More phrases at once than fit the subscription are all written, from the log."""
    room, subtitles = open_room(), SubtitleFile(tmp_path / "talk.txt")
    async with following(subtitles, room):
        for number in range(1200):
            room.publish(phrase(f"{number}", number))
        await wait_until(lambda: subtitles.path.read_text().splitlines() == [str(number) for number in range(1200)])


async def test_a_failed_write_is_reported_and_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed write sets the health, is repeated without a further phrase, and loses nothing."""
    monkeypatch.setattr(file, "RETRY_S", 0.05)
    room, subtitles = open_room(), SubtitleFile(tmp_path / "talk.txt")
    async with following(subtitles, room):
        room.publish(phrase("First.", 0))
        await wait_until(lambda: subtitles.path.read_text() == "First.\n")
        subtitles.path.unlink()
        subtitles.path.mkdir()
        room.publish(phrase("Second.", 2))
        await wait_until(lambda: subtitles.health.status == "retrying")
        assert subtitles.health.message.startswith("The subtitles cannot be written to talk.txt: ")
        room.publish(phrase("Third.", 4))
        await asyncio.sleep(0.15)  # several tries fail
        assert subtitles.health.status == "retrying"
        subtitles.path.rmdir()
        await wait_until(lambda: subtitles.health == OutputHealth("working", n_sent=3))
        assert subtitles.path.read_text() == "First.\nSecond.\nThird.\n"


async def test_a_file_that_others_changed_is_written_whole(tmp_path: Path) -> None:
    """After the file was cut or removed, the next phrase writes all of it."""
    room, subtitles = open_room(), SubtitleFile(tmp_path / "talk.txt")
    async with following(subtitles, room):
        room.publish(phrase("First.", 0))
        await wait_until(lambda: subtitles.path.read_text() == "First.\n")
        subtitles.path.write_text("cut")
        room.publish(phrase("Second.", 2))
        await wait_until(lambda: subtitles.path.read_text() == "First.\nSecond.\n")


async def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    """Whatever the umask is, also if the file is made again because another program removed it."""
    before = os.umask(0o022)
    try:
        room, subtitles = open_room(), SubtitleFile(tmp_path / "talk.txt")
        async with following(subtitles, room):
            assert stat.S_IMODE(subtitles.path.stat().st_mode) == 0o600
            subtitles.path.unlink()
            room.publish(phrase("First.", 0))
            await wait_until(lambda: subtitles.path.exists() and subtitles.path.read_text() == "First.\n")
            assert stat.S_IMODE(subtitles.path.stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_a_file_with_content_is_not_changed(tmp_path: Path) -> None:
    """The next free name is used instead; an empty file is used as it is."""
    (tmp_path / "talk.srt").write_text("before")
    (tmp_path / "talk-2.srt").write_text("before, too")
    assert SubtitleFile(tmp_path / "talk.srt").path == tmp_path / "talk-3.srt"
    assert SubtitleFile(tmp_path / "talk.srt").path == tmp_path / "talk-3.srt"
    assert (tmp_path / "talk.srt").read_text() == "before"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("talk.doc", "Expected a subtitle file that ends in .srt, .vtt, .txt, .json or .csv, but got talk.doc."),
        ("talk", "Expected a subtitle file that ends in .srt, .vtt, .txt, .json or .csv, but got talk."),
        ("nowhere/talk.srt", "No such file or directory. Check the folder"),
        ("folder.vtt", "Expected a file name for the subtitles, but"),
    ],
)
def test_a_bad_name_gets_a_sentence(tmp_path: Path, name: str, sentence: str) -> None:
    """A name that cannot be written is refused before the talk begins."""
    (tmp_path / "folder.vtt").mkdir()
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        SubtitleFile(tmp_path / name)
