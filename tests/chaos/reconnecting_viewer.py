"""A viewer that always comes back with what it holds, by WebSocket or server-sent events, as pages do."""

import asyncio
import json
import random
from contextlib import suppress

from app.bench.delivery_check import ViewerRecord
from app.bench.viewer_transport import Transport, wire
from app.errors import AccessError

PAUSE_S = (0.01, 0.06)
"""The shortest and the longest wait before it knocks again; pages wait longer, a bench has no time."""

COME_S = 5.0
"""How long it waits for a connection."""

PIECE_BYTES = 1 << 16


class ReconnectingViewer:
    """One viewer over all its connections."""

    def __init__(self, transport: Transport, room: str, dice: random.Random) -> None:
        """Begin away."""
        self.shown = ViewerRecord()
        self.port = 0
        """Where it knocks; 0 keeps it waiting."""
        self.n_arrivals = 0
        """Snapshots it was given."""
        self.n_refusals = 0
        """How often the server said no, or goodbye."""
        self.problems: list[str] = []
        """What the room said last is wrong with it."""
        self._transport = transport
        self._room = room
        self._dice = dice
        self._writer: asyncio.StreamWriter | None = None
        self._away_s = 0.0
        self._is_greeted = False
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Read for ever, whatever happens to the server."""
        while True:
            await asyncio.sleep(self._away_s or self._dice.uniform(*PAUSE_S))
            self._away_s = 0.0
            if not self.port:
                continue
            try:
                await self._read()
            except AccessError:
                self.n_refusals += 1
            except (OSError, TimeoutError):
                pass
            finally:
                self.drop()

    def drop(self, away_s: float = 0.0) -> None:
        """Break the connection, and stay away for so long."""
        self._away_s = self._away_s or away_s
        if self._writer is not None:
            self._writer.transport.abort()
            self._writer = None

    @property
    def is_here(self) -> bool:
        """Whether it has its snapshot and reads."""
        return self._is_greeted and self._writer is not None

    async def until(self, n_arrivals: int) -> None:
        """Wait until it was given so many snapshots."""
        while self.n_arrivals < n_arrivals:
            self._news.clear()
            await self._news.wait()

    async def until_told(self, *, is_well: bool) -> None:
        """Wait until the room says that nothing is wrong with it, or that something is."""
        while is_well is bool(self.problems):
            self._news.clear()
            await self._news.wait()

    async def _read(self) -> None:
        talk = wire(self._transport)
        self._is_greeted = False
        async with asyncio.timeout(COME_S):
            reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writer.write(talk.open(self._room, self.shown.since))
        while piece := await reader.read(PIECE_BYTES):
            messages, reply = talk.feed(piece)
            if self._writer is None:  # dropped meanwhile: a page that is gone reads nothing
                return
            if reply:
                self._writer.write(reply)
            for message in messages:
                self._hear(message)

    def _hear(self, message: bytes) -> None:
        told = json.loads(message)
        if told["type"] == "caption":
            self.shown.take(told["caption"])
        elif told["type"] == "snapshot":
            self.shown.snapshot(told["epoch"], told["captions"], is_fresh=told["is_fresh"])
            self.n_arrivals += 1
            self._is_greeted = True
            self._news.set()
        elif told["type"] in ("welcome", "state"):
            self.problems = told["state"]["problems"]
            self._news.set()


async def all_arrive(viewers: list[ReconnectingViewer], wanted: list[int], patience_s: float) -> bool:
    """Wait until each of them was given so many snapshots, but not for ever, and return whether they were."""
    with suppress(TimeoutError):
        async with asyncio.timeout(patience_s):
            await asyncio.gather(*(viewer.until(n) for viewer, n in zip(viewers, wanted, strict=True)))
            return True
    return False
