"""One device whose channels are sources of their own."""

import asyncio
from collections.abc import AsyncGenerator

import numpy as np
import pytest

from app.audio.chunk import Chunk
from app.audio.split_source import SplitLane, SplitSource
from app.errors import SourceError


class Mixer:
    """A device with two channels, which breaks off the first time."""

    def __init__(self) -> None:
        """Start closed."""
        self.n_opened = 0

    async def channel_chunks(self) -> AsyncGenerator[list[Chunk], None]:
        """Yield three chunks of each channel."""
        self.n_opened += 1
        for number in range(3):
            await asyncio.sleep(0)
            yield [Chunk(np.full(1600, value, np.float32), number / 10) for value in (0.25, 0.5)]
        if self.n_opened == 1:
            raise SourceError("It was unplugged.")


async def listen(lane: SplitLane) -> list[tuple[float, float]]:
    """Return start and value of each chunk."""
    return [(chunk.start_s, float(chunk.samples[0])) async for chunk in lane.chunks()]


async def test_channels_have_their_own_sound_and_one_clock() -> None:
    """All end or fail with the device, and can be opened again."""
    mixer = Mixer()
    split = SplitSource(mixer, ["desk 1", "desk 2"])
    assert (split.begin(5.0), split.begin(7.0)) == (5.0, 5.0)
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(split.run())
        failed = await asyncio.gather(*map(listen, split.lanes), return_exceptions=True)
        assert [str(one) for one in failed] == ["It was unplugged."] * 2
        assert split.begin(9.0) == 9.0
        first, second = await asyncio.gather(*map(listen, split.lanes))
        assert first == [(0.0, 0.25), (0.1, 0.25), (0.2, 0.25)]
        assert second == [(0.0, 0.5), (0.1, 0.5), (0.2, 0.5)]
        reading.cancel()
    assert mixer.n_opened == 2


async def test_a_channel_that_nobody_hears_is_dropped() -> None:
    """The others go on; the sound that waits is bounded."""
    split = SplitSource(Mixer(), ["desk 1", "desk 2"])
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(split.run())
        with pytest.raises(SourceError):
            await listen(split.lanes[1])
        reading.cancel()
    assert not split.lanes[0].is_open
