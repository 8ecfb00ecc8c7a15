"""A page that speaks drops at random moments and comes back: the room has every sample it still held, in order, once.

Server and page are in this process, on a real socket. The page speaks ten times as fast as people do, and its pauses
are ten times as short; the server knows no clock on this way but the bucket of its sound, which is full at each return.
"""

import asyncio
import json
import random
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np

from app.audio.browser import BrowserSource
from app.audio.chunk import SAMPLE_RATE, Chunk, to_pcm16
from app.bench.delivery_check import DeliveryErrors
from app.bench.viewer_transport import WebSocketTransport
from app.bench.viewers_host import ROOM, OneRoomService
from app.bench.websocket_frames import BINARY, TEXT, masked
from app.errors import AccessError
from app.web.server import Server, bind
from tests.chaos.outbox import Outbox
from tests.chaos.report import FaultReport

FASTER = 10.0
"""Seconds that the page speaks in one."""

PIECE_S = 0.1
"""Sound in one message, as pages send it."""

STAYS_S, AWAY_S = (0.0, 3.0), (0.05, 3.0)
"""How long the page is there and how long it is away, in seconds of its sound."""

PATIENCE_S = 20.0
"""How long the last sound may take to be acknowledged."""


def pcm(start: int, n_samples: int) -> bytes:
    """Return sound in which the sample at each index is one that tells it from its neighbours."""
    index = np.arange(start, start + n_samples, dtype=np.int64)
    return ((index * 40_503) & 0xFFFF).astype("<u2").tobytes()


class HeardSamples:
    """What the room was given, sample by sample."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.next = 0
        """Index behind the last sample."""
        self._lost = self._doubled = self._altered = 0

    def take(self, chunk: Chunk) -> None:
        """Take what a source yields."""
        start, n_samples = round(chunk.start_s * SAMPLE_RATE), len(chunk.samples)
        self._lost += max(0, start - self.next)
        self._doubled += min(n_samples, max(0, self.next - start))
        wrong = np.frombuffer(to_pcm16(chunk.samples), "<i2") != np.frombuffer(pcm(start, n_samples), "<i2")
        self._altered += int(wrong.sum())
        self.next = max(self.next, start + n_samples)

    def verdict(self, said: int) -> DeliveryErrors:
        """Hold what was heard against how many samples were said."""
        return DeliveryErrors(self._lost + max(0, said - self.next), self._doubled, 0, self._altered)


class SourceHost(OneRoomService):
    """A stage on which pages speak."""

    def __init__(self, folder: Path) -> None:
        """Begin with nobody."""
        super().__init__(folder)
        self.sources: dict[str, BrowserSource] = {}

    def browser(self, room: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the source of a session, over all its connections."""
        return self.sources.setdefault(session, BrowserSource(session, label))


class SpeakingPage(asyncio.Protocol):
    """A page that speaks, over all its connections."""

    def __init__(self, port: int, session: str) -> None:
        """Begin away."""
        self._port = port
        self._hello = {"type": "hello", "role": "source", "session": session, "label": "bench", "key": ""}
        self._transport: asyncio.Transport | None = None
        self._changed = asyncio.Event()
        self.outbox = Outbox(self._send)
        self.n_welcomes = 0

    async def come(self) -> None:
        """Connect; the welcome comes later."""
        self._talk = WebSocketTransport(self._hello)
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    def drop(self, dice: random.Random) -> None:
        """Lose the connection, in the middle of a frame as well as between two, with and without a word."""
        transport, self._transport = self._transport, None
        self.outbox.pause()
        if transport is None or transport.is_closing():
            return
        if self.outbox.kept and dice.random() < 0.5:
            frame = masked(BINARY, self.outbox.kept[-1].message)
            transport.write(frame[: dice.randrange(len(frame))])
        if dice.random() < 0.5:
            transport.close()
        else:
            transport.abort()

    async def speak(self) -> None:
        """Speak for ever."""
        n_samples = round(PIECE_S * SAMPLE_RATE)
        began, first = time.monotonic(), self.outbox.next
        while True:
            due_s = began + (self.outbox.next - first) / SAMPLE_RATE / FASTER
            await asyncio.sleep(due_s - time.monotonic())
            self.outbox.add(pcm(self.outbox.next, n_samples))

    async def until_held(self) -> None:
        """Wait until the service holds all that was said."""
        while self.outbox.kept or not self.outbox.is_welcome:
            self._changed.clear()
            await self._changed.wait()

    def end(self) -> None:
        """Say that the session is over."""
        if self._transport is not None:
            self._transport.write(masked(TEXT, b'{"type":"end"}'))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Knock."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._talk.open(ROOM, None))

    def data_received(self, data: bytes) -> None:
        """Take what the service says."""
        if self._transport is None:
            return
        messages, reply = self._talk.feed(data)
        if reply:
            self._transport.write(reply)
        for message in messages:
            told = json.loads(message)
            if told["type"] == "welcome":
                self.n_welcomes += 1
                self.outbox.resume(told["next_sample"])
            elif told["type"] == "ack":
                self.outbox.acknowledge(told["next_sample"])
            elif told["type"] == "error":
                raise AccessError(told["message"])
        self._changed.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for the next connection."""
        if self._transport is not None:
            self._transport = None
            self.outbox.pause()

    def _send(self, message: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(masked(BINARY, message))


async def drop(n_rounds: int, dice: random.Random) -> FaultReport:
    """Let a page speak that drops so often, and hold what the room heard against what it said."""
    session = secrets.token_hex(8)
    heard, complaints = HeardSamples(), []
    with TemporaryDirectory(prefix="surtitle-chaos-") as folder:
        studio = SourceHost(Path(folder))
        async with _serving(studio) as port, asyncio.TaskGroup() as group:
            source = studio.browser(ROOM, session, "bench", None)
            listening = group.create_task(_listen(source, heard))
            page = SpeakingPage(port, session)
            speaking = group.create_task(page.speak())
            for _ in range(n_rounds):
                await page.come()
                await asyncio.sleep(dice.uniform(*STAYS_S) / FASTER)
                page.drop(dice)
                await asyncio.sleep(dice.uniform(*AWAY_S) / FASTER)
            speaking.cancel()
            await page.come()
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await page.until_held()
            except TimeoutError:
                complaints.append("The last sound was never acknowledged.")
            page.end()
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await asyncio.shield(listening)
            listening.cancel()
    if page.outbox.n_lost:
        complaints.append(f"The page gave up {page.outbox.n_lost} samples.")
    return FaultReport(
        "source",
        n_rounds,
        heard.verdict(page.outbox.next),
        page.outbox.next,
        figures={"welcomes": page.n_welcomes, "sound_s": round(page.outbox.next / SAMPLE_RATE, 1)},
        complaints=complaints,
    )


async def _listen(source: BrowserSource, heard: HeardSamples) -> None:
    async for chunk in source.chunks():
        heard.take(chunk)


@asynccontextmanager
async def _serving(stage: OneRoomService) -> AsyncIterator[int]:
    bound = bind("127.0.0.1", 0)
    try:
        async with Server(await stage.open(), bound).running():
            yield bound.getsockname()[1]
    finally:
        stage.close()
