"""One device or stream whose channels are sources of their own, on one clock."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Protocol

from app import metrics
from app.audio.chunk import SAMPLE_RATE, Chunk
from app.errors import SurtitleError

UNREAD_MAX_S = 30.0
"""Maximum sound that waits for one channel; beyond it the oldest is dropped."""

START_S = 0.05
"""How long the device is not opened yet, so that all channels hear its first sample."""


class ChannelSource(Protocol):
    """A device or stream with several channels."""

    def channel_chunks(self) -> AsyncGenerator[list[Chunk], None]:
        """Open it and yield its sound, one chunk for each channel that is used; see `Source.chunks`."""


class SplitLane:
    """One channel as a source."""

    def __init__(self, split: "SplitSource", name: str) -> None:
        """Set the name that people see."""
        self.name = name
        self.is_open = False
        """Whether somebody listens."""
        self._split = split
        self._unread: deque[Chunk] = deque()
        self._unread_s = 0.0
        self._arrived = asyncio.Event()
        self._has_ended = False
        self._failure: SurtitleError | None = None

    def put(self, chunk: Chunk) -> None:
        """Add sound; nobody may listen."""
        if not self.is_open:
            return
        self._unread.append(chunk)
        self._unread_s += len(chunk.samples) / SAMPLE_RATE
        while self._unread_s > UNREAD_MAX_S:
            dropped_s = len(self._unread.popleft().samples) / SAMPLE_RATE
            self._unread_s -= dropped_s
            metrics.DROPPED_AUDIO.labels("channel").inc(dropped_s)
        self._arrived.set()

    def end(self, failure: SurtitleError | None) -> None:
        """End the sound, after what waits; with a failure if there was one."""
        self._has_ended, self._failure = True, failure
        self._arrived.set()

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Yield the sound of this channel until the device ends; its clock is that of the device.

        Raises:
            SurtitleError: As the device.
        """
        self._unread.clear()
        self._unread_s = 0.0
        self._has_ended, self._failure = False, None
        self.is_open = True
        self._split.open()
        try:
            while True:
                while self._unread:
                    chunk = self._unread.popleft()
                    self._unread_s -= len(chunk.samples) / SAMPLE_RATE
                    yield chunk
                if self._has_ended:
                    break
                self._arrived.clear()
                await self._arrived.wait()
        finally:
            self.is_open = False
        if self._failure is not None:
            raise self._failure


class SplitSource:
    """Opens a device while one of its channels is listened to; `run` must run as long."""

    def __init__(self, source: ChannelSource, names: Sequence[str]) -> None:
        """Set the device and a name for each channel that is used."""
        self._source = source
        self.lanes = [SplitLane(self, name) for name in names]
        self._wanted = asyncio.Event()
        self._origin_s: float | None = None

    def begin(self, at_s: float) -> float:
        """Return where the clock of the device began on the room's; `at_s` is now."""
        if self._origin_s is None:
            self._origin_s = at_s
        return self._origin_s

    def open(self) -> None:
        """Open the device, because a channel is listened to."""
        self._wanted.set()

    async def run(self) -> None:
        """Read the device whenever a channel is listened to, until cancelled."""
        while True:
            await self._wanted.wait()
            await asyncio.sleep(START_S)
            failure: SurtitleError | None = None
            try:
                async with aclosing(self._source.channel_chunks()) as blocks:
                    async for chunks in blocks:
                        for lane, chunk in zip(self.lanes, chunks, strict=True):
                            lane.put(chunk)
                        if not any(lane.is_open for lane in self.lanes):
                            break
            except SurtitleError as exc:
                failure = exc
            self._wanted.clear()
            self._origin_s = None
            for lane in self.lanes:
                lane.end(failure)
