"""Rooms on the disk."""

from pathlib import Path

import pytest

from app.errors import StoreError
from app.outputs.settings import FileOutput, MeetingOutput, ObsOutput
from app.store.rooms import RoomSettings, new_code
from tests.support.store_run import StoreRun, count_text

SETTINGS = RoomSettings(
    languages=("de", "en"),
    task="translate",
    glossary="Ærøskøbing\nwrong => right",
    retention_h=0.5,
    is_public=True,
    code="ABC234",
    is_open=False,
    source="https://example.org/live",
    outputs=(
        FileOutput("srt", "en"),
        FileOutput("vtt"),
        MeetingOutput("zoom", "0a1b2c3d", "https://wmcapi.zoom.us/closedcaption?id=1", "en", "en-US"),
        ObsOutput("1b2c3d4e", "127.0.0.1", 4455, "secret", "Subtitles", virtual_camera=True),
    ),
)


def test_settings_survive_json() -> None:
    """Settings read back are those that were written, and fields of other versions are left out."""
    assert RoomSettings.from_json(SETTINGS.to_json()) == SETTINGS
    assert RoomSettings.from_json('{"task": "translate", "later": 1}') == RoomSettings(task="translate")


async def test_rooms_live_over_a_restart(tmp_path: Path) -> None:
    """Rooms, their settings, epochs and ages are the same after a restart; removed ones are gone."""
    shelf = StoreRun(tmp_path)
    first = await shelf.rooms.add("first", RoomSettings())
    await shelf.rooms.add("second", RoomSettings())
    await shelf.rooms.change("first", SETTINGS)
    await shelf.rooms.remove("second")
    shelf.close()
    shelf.time.pass_s(60)
    again = StoreRun(tmp_path, shelf.time)
    (kept,) = again.rooms.all()
    assert (kept.name, kept.epoch, kept.settings) == ("first", first.epoch, SETTINGS)
    assert again.rooms.age_s(kept) == pytest.approx(60)
    again.close()


async def test_a_removed_room_leaves_nothing(tmp_path: Path) -> None:
    """Neither captions nor settings of a removed room are in any file, while the service still runs."""
    shelf = StoreRun(tmp_path)
    log = await shelf.log()
    await shelf.rooms.change("main", RoomSettings(glossary="canary glossary"))
    shelf.say(log, *(f"canary {number}" for number in range(100)))
    await shelf.settle()
    assert count_text(tmp_path, "canary") > 100
    await shelf.rooms.remove("main")
    assert count_text(tmp_path, "canary") == 0
    shelf.close()


async def test_a_room_made_anew_is_another(tmp_path: Path) -> None:
    """A room of a name that was removed begins at 1, under another epoch, so that old readers start afresh."""
    shelf = StoreRun(tmp_path)
    old = await shelf.log()
    shelf.say(old, "one", "two")
    await shelf.settle()
    await shelf.rooms.remove("main")
    new = await shelf.log()
    assert new.epoch != old.epoch
    assert new.last_seq == 0
    shelf.close()


async def test_a_room_that_is_not_saved_is_none(tmp_path: Path) -> None:
    """When the disk refuses a room, there is none, and it can be made later."""
    shelf = StoreRun(tmp_path)
    refusing = shelf.fail()
    with pytest.raises(StoreError, match="cannot be saved"):
        await shelf.rooms.add("main", RoomSettings())
    refusing.is_failing = False
    assert shelf.rooms.all() == []
    await shelf.rooms.add("main", RoomSettings())
    shelf.close()


def test_codes_can_be_read_aloud() -> None:
    """Short codes hold no letter that is taken for another."""
    assert not set("".join(new_code() for _ in range(500))) & set("01OIL")
