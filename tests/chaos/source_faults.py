"""A speaking page loses its connection at random moments: every sample that the page kept arrives once, in order.

Server and page share this process and talk over a real socket; the page's sound goes through the real `outbox.js`. The
page sends ten times as fast as people speak, and its pauses are ten times as short. The server's only clock here is its
rate limit of sound, which is full again after each reconnect.
"""

import asyncio
import json
import random
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np

from app.audio.browser import BrowserSource
from app.audio.chunk import SAMPLE_RATE, Chunk, to_pcm16
from app.bench.one_room_service import ROOM, OneRoomService
from app.bench.viewer_transport import WebSocketTransport
from app.bench.websocket_frames import BINARY, TEXT, mask_frame
from app.errors import AccessError
from app.web.server import Server, bind
from tests.chaos.delivery_check import DeliveryErrors
from tests.chaos.outbox_process import OutboxProcess
from tests.chaos.report import FaultReport
from tests.support.raw_peer import KEY

FASTER = 10.0
"""Seconds of sound that the page sends in one second."""

MESSAGE_S = 0.1
"""Seconds of sound in one message, as pages send it."""

CONNECTED_S, AWAY_S = (0.0, 3.0), (0.05, 3.0)
"""Shortest and longest time the page is connected and away, in seconds of its sound."""

ACKNOWLEDGED_S = 20.0
"""The last sound must be acknowledged within this time."""


def pcm(start: int, n_samples: int) -> bytes:
    """Return sound in which neighbouring samples always differ, so that a shift is noticed."""
    index = np.arange(start, start + n_samples, dtype=np.int64)
    return ((index * 40_503) & 0xFFFF).astype("<u2").tobytes()


class HeardSamples:
    """The samples that the room received."""

    def __init__(self) -> None:
        """Start empty."""
        self.next = 0
        """Index after the last sample."""
        self._lost = self._doubled = self._altered = 0

    def take(self, chunk: Chunk) -> None:
        """Add a chunk of the source."""
        start, n_samples = round(chunk.start_s * SAMPLE_RATE), len(chunk.samples)
        self._lost += max(0, start - self.next)
        self._doubled += min(n_samples, max(0, self.next - start))
        wrong = np.frombuffer(to_pcm16(chunk.samples), "<i2") != np.frombuffer(pcm(start, n_samples), "<i2")
        self._altered += int(wrong.sum())
        self.next = max(self.next, start + n_samples)

    def errors(self, n_sent: int) -> DeliveryErrors:
        """Compare the samples received with the number of samples sent."""
        return DeliveryErrors(self._lost + max(0, n_sent - self.next), self._doubled, 0, self._altered)


class SourceHost(OneRoomService):
    """A one-room service that pages may speak to."""

    def __init__(self, folder: Path) -> None:
        """Start without a source."""
        super().__init__(folder)
        self.keyring.add_master_key(KEY)
        self.sources: dict[str, BrowserSource] = {}

    def open_page(self, room: str, key: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the source of a session, over all its connections."""
        return self.sources.setdefault(session, BrowserSource(session, label))


class SpeakingPage(asyncio.Protocol):
    """A page that sends sound over one connection after the other."""

    def __init__(self, port: int, session: str) -> None:
        """Start disconnected."""
        self._port = port
        self._hello = {"type": "hello", "role": "source", "session": session, "label": "bench", "key": KEY}
        self._transport: asyncio.Transport | None = None
        self._changed = asyncio.Event()
        self.outbox = OutboxProcess(self._send)
        self.n_welcomes = 0
        self._last_message = b""

    async def connect(self) -> None:
        """Open a connection; the welcome arrives later."""
        self._talk = WebSocketTransport(self._hello)
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    def drop(self, dice: random.Random) -> None:
        """Lose the connection: inside a frame or between two, with a TCP close or a reset."""
        transport, self._transport = self._transport, None
        self.outbox.pause()
        if transport is None or transport.is_closing():
            return
        if self.outbox.n_kept and dice.random() < 0.5:
            frame = mask_frame(BINARY, self._last_message)
            transport.write(frame[: dice.randrange(len(frame))])
        if dice.random() < 0.5:
            transport.close()
        else:
            transport.abort()

    async def speak(self) -> None:
        """Send sound until cancelled."""
        n_samples = round(MESSAGE_S * SAMPLE_RATE)
        began, first = time.monotonic(), self.outbox.next
        while True:
            due_s = began + (self.outbox.next - first) / SAMPLE_RATE / FASTER
            await asyncio.sleep(due_s - time.monotonic())
            self.outbox.add(pcm(self.outbox.next, n_samples))

    async def wait_for_acknowledgement(self) -> None:
        """Wait until the service has acknowledged everything."""
        while self.outbox.n_kept or not self.outbox.is_welcome:
            self._changed.clear()
            await self._changed.wait()

    def end(self) -> None:
        """End the session."""
        if self._transport is not None:
            self._transport.write(mask_frame(TEXT, b'{"type":"end"}'))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the handshake."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._talk.open(ROOM, None))

    def data_received(self, data: bytes) -> None:
        """Pass the service's answers to the outbox."""
        if self._transport is None:
            return
        messages, reply = self._talk.feed(data)
        if reply:
            self._transport.write(reply)
        for message in messages:
            answer = json.loads(message)
            if answer["type"] == "welcome":
                self.n_welcomes += 1
                self.outbox.resume(answer["next_sample"])
            elif answer["type"] == "ack":
                self.outbox.acknowledge(answer["next_sample"])
            elif answer["type"] == "error":
                raise AccessError(answer["message"])
        self._changed.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Pause the outbox."""
        if self._transport is not None:
            self._transport = None
            self.outbox.pause()

    def _send(self, message: bytes) -> None:
        self._last_message = message
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(mask_frame(BINARY, message))


async def inject_drops(n_rounds: int, dice: random.Random) -> FaultReport:
    """Let a speaking page lose its connection `n_rounds` times; compare what the room received with what it sent."""
    session = secrets.token_hex(8)
    heard, complaints = HeardSamples(), []
    with TemporaryDirectory(prefix="surtitle-chaos-") as folder, ExitStack() as processes:
        host = SourceHost(Path(folder))
        async with _serving(host) as port, asyncio.TaskGroup() as group:
            source = host.open_page(ROOM, "", session, "bench", None)
            receiving = group.create_task(_receive(source, heard))
            page = SpeakingPage(port, session)
            processes.enter_context(page.outbox)
            speaking = group.create_task(page.speak())
            for _ in range(n_rounds):
                await page.connect()
                await asyncio.sleep(dice.uniform(*CONNECTED_S) / FASTER)
                page.drop(dice)
                await asyncio.sleep(dice.uniform(*AWAY_S) / FASTER)
            speaking.cancel()
            await page.connect()
            try:
                async with asyncio.timeout(ACKNOWLEDGED_S):
                    await page.wait_for_acknowledgement()
            except TimeoutError:
                complaints.append("The last sound was not acknowledged.")
            page.end()
            with suppress(TimeoutError):
                async with asyncio.timeout(ACKNOWLEDGED_S):
                    await asyncio.shield(receiving)
            receiving.cancel()
    if page.outbox.lost_s:
        complaints.append(f"The page dropped {page.outbox.lost_s} s of sound.")
    return FaultReport(
        "source",
        n_rounds,
        heard.errors(page.outbox.next),
        page.outbox.next,
        figures={"welcomes": page.n_welcomes, "sound_s": round(page.outbox.next / SAMPLE_RATE, 1)},
        complaints=complaints,
    )


async def _receive(source: BrowserSource, heard: HeardSamples) -> None:
    async for chunk in source.chunks():
        heard.take(chunk)


@asynccontextmanager
async def _serving(host: OneRoomService) -> AsyncIterator[int]:
    bound = bind("127.0.0.1", 0)
    try:
        async with Server(await host.open(), bound).running():
            yield bound.getsockname()[1]
    finally:
        host.close()
