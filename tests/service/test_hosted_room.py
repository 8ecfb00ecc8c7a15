"""One hosted room: its sources are switched, and somebody watches over it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.captions.log import MemoryLog
from app.captions.room import Room
from app.captions.session import SessionSettings
from app.errors import SettingsError, SourceError
from app.service.hosted_room import HostedRoom
from app.store.clock import Clock
from app.store.database import Database
from app.store.rooms import RoomSettings, RoomStore
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.waiting import wait_until


class Tone:
    """A source that never ends; it is loud, or digitally silent."""

    name = "desk"

    def __init__(self, loudness: float) -> None:
        self._loudness = loudness
        self.n_opened = 0

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Yield a tenth of a second after the other, ten times as fast as life."""
        self.n_opened += 1
        piece = np.full(SAMPLE_RATE // 10, self._loudness, np.float32)
        at = 0
        while True:
            yield Chunk(piece, at / SAMPLE_RATE)
            at += len(piece)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def hosted() -> AsyncIterator[HostedRoom]:
    """Host a room while the block lasts."""
    database = Database(None)
    shelf = RoomStore(database, Clock())
    kept = await shelf.add("hall", RoomSettings())
    room = Room("hall", engine=ScriptedEngine(), settings=SessionSettings(), log=MemoryLog("e1"), model="none")
    async with asyncio.TaskGroup() as group:
        host = HostedRoom(
            room,
            shelf.log(kept),
            kept.settings,
            group,
            folder=None,
            private=False,
            counter=partial(shelf.counter, "hall"),
        )
        await host.start()
        yield host
        await host.stop()
    database.close()


async def status(host: HostedRoom, wanted: str) -> None:
    """Wait until the only source is so."""
    await wait_until(lambda: [source.status for source in host.room.state.sources] == [wanted])


async def test_a_source_is_stopped_and_goes_on() -> None:
    """Stopped, it is let go of and says so; switched on again, it is opened anew."""
    tone = Tone(0.0)
    async with hosted() as host:
        task = asyncio.ensure_future(host.supervise(tone))
        await status(host, "listening")
        host.switch("desk", is_on=False)
        await status(host, "stopped")
        host.switch("desk", is_on=False)
        await asyncio.sleep(0.05)
        assert tone.n_opened == 1
        host.switch("desk", is_on=True)
        await status(host, "listening")
        assert tone.n_opened == 2
        task.cancel()


async def test_a_source_may_be_stopped_and_started_in_one_breath() -> None:
    """Before it has let go it is wanted again, and goes on."""
    tone = Tone(0.0)
    async with hosted() as host:
        task = asyncio.ensure_future(host.supervise(tone))
        await status(host, "listening")
        host.switch("desk", is_on=False)
        host.switch("desk", is_on=True)
        await wait_until(lambda: tone.n_opened == 2)
        await status(host, "listening")
        task.cancel()


async def test_a_source_that_broke_off_stays_stopped() -> None:
    """Stopped while it waits to be opened again, it is not."""

    class Loose(Tone):
        async def chunks(self) -> AsyncGenerator[Chunk, None]:
            """Break off after a tenth of a second."""
            self.n_opened += 1
            yield Chunk(np.zeros(SAMPLE_RATE // 10, np.float32), 0.0)
            raise SourceError("It was unplugged.")

    loose = Loose(0.0)
    async with hosted() as host:
        task = asyncio.ensure_future(host.supervise(loose))
        await status(host, "retrying")
        host.switch("desk", is_on=False)
        await status(host, "stopped")
        assert loose.n_opened == 1
        task.cancel()


async def test_a_source_that_has_ended_cannot_go_on() -> None:
    """Whoever starts it is told so."""

    class Short(Tone):
        async def chunks(self) -> AsyncGenerator[Chunk, None]:
            """Yield a tenth of a second."""
            yield Chunk(np.zeros(SAMPLE_RATE // 10, np.float32), 0.0)

    async with hosted() as host:
        await host.supervise(Short(0.0))
        await status(host, "ended")
        with pytest.raises(SettingsError, match="desk has come to its end"):
            host.switch("desk", is_on=True)


async def test_only_sources_of_the_room_are_switched() -> None:
    """Another name is refused, and a page can be stopped but not started from afar."""
    async with hosted() as host:
        with pytest.raises(SettingsError, match="it has none of that name"):
            host.switch("nothing", is_on=True)
        page = host.browser("0123456789ab", "browser 0123", None)
        await status(host, "starting")
        with pytest.raises(SettingsError, match="started by whoever speaks there"):
            host.switch(page.name, is_on=True)
        host.switch(page.name, is_on=False)
        assert page.is_closed


async def test_dead_silence_is_an_alarm_within_five_seconds_of_sound() -> None:
    """The watchdog tells it in the room's state, and takes it back when the source is stopped."""
    async with hosted() as host:
        task = asyncio.ensure_future(host.supervise(Tone(0.0)))
        await wait_until(lambda: bool(host.room.state.alarms))
        (alarm,) = host.room.state.alarms
        assert (alarm.kind, alarm.subject) == ("no_sound", "desk")
        host.switch("desk", is_on=False)
        await wait_until(lambda: not host.room.state.alarms)
        task.cancel()
