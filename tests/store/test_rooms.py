"""Tests for app.store.rooms."""

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
    """Settings come back as they were saved, and fields of other versions are ignored."""
    assert RoomSettings.from_json(SETTINGS.to_json()) == SETTINGS
    assert RoomSettings.from_json('{"task": "translate", "later": 1}') == RoomSettings(task="translate")


async def test_rooms_live_over_a_restart(tmp_path: Path) -> None:
    """Rooms, their settings, epochs and ages are the same after a restart; deleted ones do not exist."""
    store = StoreRun(tmp_path)
    first = await store.rooms.add("first", RoomSettings())
    await store.rooms.add("second", RoomSettings())
    await store.rooms.change("first", SETTINGS)
    await store.rooms.remove("second")
    store.close()
    store.time.pass_s(60)
    again = StoreRun(tmp_path, store.time)
    (kept,) = again.rooms.all()
    assert (kept.name, kept.epoch, kept.settings) == ("first", first.epoch, SETTINGS)
    assert again.rooms.age_s(kept) == pytest.approx(60)
    again.close()


async def test_a_removed_room_leaves_nothing(tmp_path: Path) -> None:
    """Neither captions nor settings of a deleted room are in any file, while the service still runs."""
    store = StoreRun(tmp_path)
    log = await store.log()
    await store.rooms.change("main", RoomSettings(glossary="canary glossary"))
    store.say(log, *(f"canary {number}" for number in range(100)))
    await store.settle()
    assert count_text(tmp_path, "canary") > 100
    await store.rooms.remove("main")
    assert count_text(tmp_path, "canary") == 0
    store.close()


async def test_a_room_made_anew_is_another(tmp_path: Path) -> None:
    """A new room with the name of a deleted one begins at 1 under another epoch, so that old viewers start over."""
    store = StoreRun(tmp_path)
    old = await store.log()
    store.say(old, "one", "two")
    await store.settle()
    await store.rooms.remove("main")
    new = await store.log()
    assert new.epoch != old.epoch
    assert new.last_seq == 0
    store.close()


async def test_a_room_that_is_not_saved_is_none(tmp_path: Path) -> None:
    """When the disk fails, the room is not created, and can be created later."""
    store = StoreRun(tmp_path)
    refusing = store.fail()
    with pytest.raises(StoreError, match="cannot be saved"):
        await store.rooms.add("main", RoomSettings())
    refusing.is_failing = False
    assert store.rooms.all() == []
    await store.rooms.add("main", RoomSettings())
    store.close()


def test_codes_can_be_read_aloud() -> None:
    """Short codes contain no letters that people confuse."""
    assert not set("".join(new_code() for _ in range(500))) & set("01OIL")
