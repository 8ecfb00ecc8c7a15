"""A viewer that always reconnects with the position it has, by WebSocket or server-sent events, as pages do."""

import asyncio
import json
import random
from contextlib import suppress

from app.bench.viewer_transport import Transport, build_transport
from app.errors import AccessError
from tests.chaos.delivery_check import ViewerRecord

PAUSE_S = (0.01, 0.06)
"""Shortest and longest wait before it reconnects; pages wait longer."""

CONNECT_S = 5.0
"""How long it waits for a connection."""

PIECE_BYTES = 1 << 16


class ReconnectingViewer:
    """One viewer with one connection after the other."""

    def __init__(self, transport: Transport, room: str, dice: random.Random) -> None:
        """Start disconnected."""
        self.shown = ViewerRecord()
        self.port = 0
        """The port it connects to; with 0 it waits."""
        self.n_snapshots = 0
        """Snapshots it received."""
        self.n_refusals = 0
        """How often the server rejected or closed the connection."""
        self.problems: list[str] = []
        """The problems in the room's latest state."""
        self._transport = transport
        self._room = room
        self._dice = dice
        self._writer: asyncio.StreamWriter | None = None
        self._away_s = 0.0
        self._has_snapshot = False
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Read until cancelled, whatever happens to the server."""
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
        """Break the connection, and stay away for this time."""
        self._away_s = self._away_s or away_s
        if self._writer is not None:
            self._writer.transport.abort()
            self._writer = None

    @property
    def is_connected(self) -> bool:
        """Whether it has received its snapshot and reads on."""
        return self._has_snapshot and self._writer is not None

    async def wait_for_snapshots(self, n_snapshots: int) -> None:
        """Wait until it has received this many snapshots."""
        while self.n_snapshots < n_snapshots:
            self._changed.clear()
            await self._changed.wait()

    async def wait_for_problems(self, *, is_well: bool) -> None:
        """Wait until the room reports no problem (`is_well`), or reports one."""
        while is_well is bool(self.problems):
            self._changed.clear()
            await self._changed.wait()

    async def _read(self) -> None:
        talk = build_transport(self._transport)
        self._has_snapshot = False
        async with asyncio.timeout(CONNECT_S):
            reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writer.write(talk.open(self._room, self.shown.since))
        while piece := await reader.read(PIECE_BYTES):
            messages, reply = talk.feed(piece)
            if self._writer is None:  # dropped meanwhile: a closed page reads nothing
                return
            if reply:
                self._writer.write(reply)
            for message in messages:
                self._take(message)

    def _take(self, message: bytes) -> None:
        event = json.loads(message)
        if event["type"] == "caption":
            self.shown.take(event["caption"])
        elif event["type"] == "snapshot":
            self.shown.snapshot(event["epoch"], event["captions"], is_fresh=event["is_fresh"])
            self.n_snapshots += 1
            self._has_snapshot = True
            self._changed.set()
        elif event["type"] in ("welcome", "state"):
            self.problems = event["state"]["problems"]
            self._changed.set()


async def all_have_snapshots(viewers: list[ReconnectingViewer], wanted: list[int], within_s: float) -> bool:
    """Wait until each viewer has received its number of snapshots; returns False if it takes too long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await asyncio.gather(*(viewer.wait_for_snapshots(n) for viewer, n in zip(viewers, wanted, strict=True)))
            return True
    return False
