"""The sources of a room: they are switched, restarted, and started by pages."""

import asyncio
import wave
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.captions.caption_log import MemoryLog
from app.captions.room import Room
from app.captions.session_settings import SessionSettings
from app.errors import SettingsError, SourceError
from app.media import channels
from app.media.media_source import MediaSource
from app.service import sources
from app.service.sources import STREAM, RoomSources
from tests.fakes.scripted_engine import ScriptedEngine
from tests.fakes.tone import Tone
from tests.support.waiting import wait_until


@asynccontextmanager
async def running() -> AsyncIterator[tuple[Room, RoomSources]]:
    """Give a room and its sources while the block lasts."""
    room = Room("hall", engine=ScriptedEngine(), settings=SessionSettings(), log=MemoryLog("e1"), model="none")
    async with asyncio.TaskGroup() as group:
        sources = RoomSources(room, group, private=False)
        yield room, sources
        sources.end_all()
        await sources.close_stream()
        sources.cancel_all()


async def wait_for(room: Room, status: str) -> None:
    """Wait until the only source has this status."""
    await wait_until(lambda: [source.status for source in room.state.sources] == [status])


class Failing(Tone):
    """A source that breaks off after 100 ms."""

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Yield one chunk, then fail."""
        self.n_opened += 1
        yield Chunk(np.zeros(SAMPLE_RATE // 10, np.float32), 0.0)
        raise SourceError("It was unplugged.")


async def test_a_source_can_be_stopped_and_started() -> None:
    """A stopped source is closed and shown as stopped; switched on, it is opened again."""
    tone = Tone(0.0)
    async with running() as (room, sources):
        task = asyncio.ensure_future(sources.run(tone))
        await wait_for(room, "listening")
        sources.switch("desk", is_on=False)
        await wait_for(room, "stopped")
        sources.switch("desk", is_on=False)
        await asyncio.sleep(0.05)
        assert tone.n_opened == 1
        sources.switch("desk", is_on=True)
        await wait_for(room, "listening")
        assert tone.n_opened == 2
        task.cancel()


async def test_a_source_can_be_stopped_and_started_at_once() -> None:
    """Switched off and on before it has closed, a source is opened again."""
    tone = Tone(0.0)
    async with running() as (room, sources):
        task = asyncio.ensure_future(sources.run(tone))
        await wait_for(room, "listening")
        sources.switch("desk", is_on=False)
        sources.switch("desk", is_on=True)
        await wait_until(lambda: tone.n_opened == 2)
        await wait_for(room, "listening")
        task.cancel()


async def test_a_source_that_broke_off_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that has worked is opened again after a pause."""
    monkeypatch.setattr(sources, "RETRY_S", 0.01)
    failing = Failing(0.0)
    async with running() as (_, room_sources):
        task = asyncio.ensure_future(room_sources.run(failing))
        await wait_until(lambda: failing.n_opened >= 3)
        task.cancel()


async def test_a_source_that_broke_off_stays_stopped() -> None:
    """A source that is stopped during the pause is not opened again."""
    failing = Failing(0.0)
    async with running() as (room, sources):
        task = asyncio.ensure_future(sources.run(failing))
        await wait_for(room, "retrying")
        sources.switch("desk", is_on=False)
        await wait_for(room, "stopped")
        assert failing.n_opened == 1
        task.cancel()


async def test_a_source_that_has_ended_cannot_go_on() -> None:
    """Switching on a source that has ended is refused."""

    class Short(Tone):
        async def chunks(self) -> AsyncGenerator[Chunk, None]:
            """Yield one chunk."""
            yield Chunk(np.zeros(SAMPLE_RATE // 10, np.float32), 0.0)

    async with running() as (room, sources):
        await sources.run(Short(0.0))
        await wait_for(room, "ended")
        with pytest.raises(SettingsError, match="desk has ended"):
            sources.switch("desk", is_on=True)


async def test_only_sources_of_the_room_are_switched() -> None:
    """An unknown name is refused; a microphone page can be stopped, but not started."""
    async with running() as (room, sources):
        with pytest.raises(SettingsError, match="it has none of that name"):
            sources.switch("nothing", is_on=True)
        page = sources.open_page("key", "0123456789ab", "browser", None)
        await wait_for(room, "starting")
        with pytest.raises(SettingsError, match="Start a microphone page"):
            sources.switch(page.name, is_on=True)
        sources.switch(page.name, is_on=False)
        assert page.is_closed
        await wait_until(lambda: not sources.has_page("key", "0123456789ab"))


async def test_a_page_that_reconnects_gets_its_source_back() -> None:
    """The same session of the same key continues; after its end, the page gets a new one."""
    async with running() as (room, sources):
        page = sources.open_page("key", "session-03", "Anna", None)
        assert sources.open_page("key", "session-03", "Anna", None) is page
        assert page.name == "Anna 1"
        await wait_for(room, "starting")
        sources.end_pages("other")
        assert sources.has_page("key", "session-03")
        sources.end_pages("key")
        again = sources.open_page("key", "session-03", "Anna", None)
        assert again is not page
        assert (again.name, again.next_sample) == ("Anna 2", 0)
        await wait_until(lambda: [source.name for source in room.state.sources] == ["Anna 2"])
        assert sources.open_page("key", "session-03", "Anna", None) is again


async def test_a_stream_that_cannot_be_opened_has_failed() -> None:
    """The room shows why; the stream can be switched on again until it is closed."""
    async with running() as (room, sources):
        sources.open_stream("http://127.0.0.1:9/talk.mp3")
        await wait_for(room, "failed")
        assert room.state.sources[0].message
        sources.switch(STREAM, is_on=True)
        await sources.close_stream()
        with pytest.raises(SettingsError, match="stream has ended"):
            sources.switch(STREAM, is_on=True)


async def test_channels_of_a_file_are_sources_of_their_own(tmp_path: Path) -> None:
    """Each has its name; an interpreter's language is a track while the channels run."""
    path = tmp_path / "mixer.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(bytes(4 * SAMPLE_RATE // 2))
    async with running() as (room, sources):
        used = channels.parse("1:Ada,2:interpreter fr", "--channels")
        device = MediaSource(str(path), paced=False, channels=[1, 2])
        task = asyncio.ensure_future(sources.run_channels(device, "mixer.wav", used))
        await wait_until(lambda: room.tracks == ("original", "fr"))
        await task
        assert [(state.name, state.status) for state in room.state.sources] == [
            ("mixer.wav, channel 1: Ada", "ended"),
            ("mixer.wav, channel 2: interpreter fr", "ended"),
        ]
        assert room.tracks == ("original",)
