"""One hosted room: its watchdog, its outputs, and changes of its settings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from app.captions.caption_log import MemoryLog
from app.captions.room import Room
from app.captions.room_state import Visibility
from app.captions.session_settings import SessionSettings
from app.outputs.settings import FileOutput
from app.service.hosted_room import HostedRoom
from app.store.clock import Clock
from app.store.database import Database
from app.store.rooms import RoomSettings, RoomStore
from tests.fakes.scripted_engine import ScriptedEngine
from tests.fakes.tone import Tone
from tests.support.waiting import wait_until


@asynccontextmanager
async def hosting(folder: Path | None = None) -> AsyncIterator[HostedRoom]:
    """Host a room while the block lasts."""
    database = Database(None)
    store = RoomStore(database, Clock())
    stored = await store.add("hall", RoomSettings())
    room = Room("hall", engine=ScriptedEngine(), settings=SessionSettings(), log=MemoryLog("e1"), model="none")
    async with asyncio.TaskGroup() as group:
        hosted = HostedRoom(
            room,
            store.log(stored),
            stored.settings,
            group,
            folder=folder,
            private=False,
            counter=partial(store.counter, "hall"),
        )
        await hosted.start()
        yield hosted
        await hosted.close()
    database.close()


async def test_digital_silence_raises_an_alarm() -> None:
    """The watchdog adds the alarm to the room's state, and removes it when the source is stopped."""
    async with hosting() as hosted:
        task = asyncio.ensure_future(hosted.sources.run(Tone(0.0)))
        await wait_until(lambda: bool(hosted.room.state.alarms))
        (alarm,) = hosted.room.state.alarms
        assert (alarm.kind, alarm.subject) == ("no_sound", "desk")
        hosted.sources.switch("desk", is_on=False)
        await wait_until(lambda: not hosted.room.state.alarms)
        task.cancel()


async def test_outputs_follow_the_settings_of_the_room(tmp_path: Path) -> None:
    """An open room runs its outputs, a closed one none."""
    async with hosting(tmp_path) as hosted:
        settings = replace(hosted.settings, outputs=(FileOutput("srt"),), showing=Visibility(notice="Lunch at noon"))
        await hosted.apply_settings(settings)
        assert [output.id for output in hosted.room.state.outputs] == ["live.srt"]
        assert hosted.room.visibility.notice == "Lunch at noon"
        await hosted.apply_settings(replace(settings, is_open=False))
        assert not hosted.room.is_open
        assert hosted.room.state.outputs == ()


async def test_erasing_removes_the_files_and_writes_new_ones(tmp_path: Path) -> None:
    """The subtitle files of the room are removed, those of other rooms stay, and the outputs go on."""
    async with hosting(tmp_path) as hosted:
        await hosted.apply_settings(replace(hosted.settings, outputs=(FileOutput("txt"),)))
        folder = tmp_path / "transcripts"
        (folder / "hall.live-2.txt").write_text("an older file")
        (folder / "other.live.txt").write_text("another room")
        erasure = await hosted.erase_captions()
        assert erasure.files == ("hall.live-2.txt", "hall.live.txt")
        assert sorted(path.name for path in folder.iterdir()) == ["hall.live.txt", "other.live.txt"]
        assert [output.health.status for output in hosted.room.state.outputs] in (["starting"], ["working"])
        assert hosted.room.n_erasures == 1
