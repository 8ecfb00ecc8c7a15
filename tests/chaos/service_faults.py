"""Faults of the service: it is killed or suspended, its disk is full, its viewers lose their connections."""

import asyncio
import json
import os
import random
import signal
import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.bench.child_process import ChildProcess, running
from app.bench.delivery_ledger import Final, compute_digest
from app.bench.one_room_service import ROOM
from app.store.database import Database
from tests.chaos.delivery_check import judge
from tests.chaos.reconnecting_viewer import ReconnectingViewer, all_have_snapshots
from tests.chaos.report import FaultReport

RATE_HZ = 200.0
"""Events published a second, of which one in four is final."""

VIEWERS = 8
"""Every other viewer reads server-sent events."""

RUN_S = 0.5
"""Longest run of a server before it is killed."""

SUSPENDED_S = (0.5, 5.0)
"""Shortest and longest time that a process is suspended."""

AWAY_S = 2.0
"""Longest time that a viewer stays away."""

REPORT_S = 1.5
"""A room reports a problem within this time; it reports at most once a second."""

SETTLE_S = 0.2
"""Viewers have read what a killed server had sent within this time."""

TIMEOUT_S = 20.0
"""Everything that must happen happens within this time."""


@dataclass(slots=True)
class ChaosRun:
    """The server process, its viewers and the figures of one fault."""

    host: ChildProcess
    folder: Path
    viewers: list[ReconnectingViewer]
    dice: random.Random
    complaints: list[str]
    figures: dict[str, float]
    port: int = 0
    pid: int = 0

    async def start(self, rate_hz: float = RATE_HZ) -> float:
        """Start the server and return how many seconds it took."""
        started = await self.host.call("start", folder=str(self.folder), port=self.port, rate_hz=rate_hz)
        self.port, self.pid = started["port"], started["pid"]
        for viewer in self.viewers:
            viewer.port = self.port
        return float(started["start_s"])

    async def kill(self) -> None:
        """Kill the server."""
        await self.host.call("kill")


async def inject_fault(fault: str, n_rounds: int, dice: random.Random) -> FaultReport:
    """Inject a fault `n_rounds` times while captions are published and read; compare viewers and log at the end."""
    inject = {"kill": _kill, "viewer": _drop, "disk": _fill, "suspend": _suspend}[fault]
    with TemporaryDirectory(prefix="surtitle-chaos-") as folder:
        async with running("tests.chaos.host") as host, asyncio.TaskGroup() as group:
            viewers = [
                ReconnectingViewer("ws" if number % 2 else "sse", ROOM, random.Random(dice.random()))
                for number in range(VIEWERS)
            ]
            chaos = ChaosRun(host, Path(folder), viewers, dice, [], {})
            tasks = [group.create_task(viewer.run()) for viewer in viewers]
            await inject(chaos, n_rounds)
            await chaos.kill()
            await asyncio.sleep(SETTLE_S)
            wanted = [viewer.n_snapshots + 1 for viewer in viewers]
            await chaos.start(rate_hz=0.0)
            if not await all_have_snapshots(viewers, wanted, TIMEOUT_S):
                chaos.complaints.append("Not every viewer reconnected at the end.")
            await chaos.kill()
            for task in tasks:
                task.cancel()
        log, integrity = read(Path(folder))
    chaos.figures["snapshots"] = sum(viewer.n_snapshots for viewer in viewers)
    chaos.figures["begun_afresh"] = sum(len(viewer.shown.parts) - 1 for viewer in viewers)
    return FaultReport(
        fault,
        n_rounds,
        judge([viewer.shown for viewer in viewers], log),
        len(log),
        integrity,
        figures=chaos.figures,
        complaints=chaos.complaints,
    )


def read(folder: Path) -> tuple[list[Final], str]:
    """Return the log that a server has left, and the result of SQLite's integrity check."""
    database = Database(folder / "surtitle.db")
    try:
        integrity = database.read(_integrity)
        rows = database.read(_rows)
    finally:
        database.close()
    events = [(seq, json.loads(body)) for seq, body in rows]
    return [Final(seq, compute_digest(event["phrase"], event["committed"])) for seq, event in events], integrity


def _integrity(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def _rows(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    return connection.execute("SELECT seq, body FROM event ORDER BY seq").fetchall()


async def _kill(chaos: ChaosRun, n_rounds: int) -> None:
    """Kill the server at a random moment while it writes."""
    starts_s = []
    for _ in range(n_rounds):
        starts_s.append(await chaos.start())
        await asyncio.sleep(chaos.dice.uniform(0, RUN_S))
        await chaos.kill()
    await chaos.start()
    starts_s.sort()
    chaos.figures["restart_p50_s"] = round(starts_s[len(starts_s) // 2], 3)
    chaos.figures["restart_max_s"] = round(starts_s[-1], 3)


async def _drop(chaos: ChaosRun, n_rounds: int) -> None:
    """Break the connection of one viewer after the other; they reconnect at once or later."""
    await chaos.start()
    n_dropped = 0
    while n_dropped < n_rounds:
        await asyncio.sleep(chaos.dice.uniform(0, 0.1))
        if connected := [viewer for viewer in chaos.viewers if viewer.is_connected]:
            n_dropped += 1
            chaos.dice.choice(connected).drop(chaos.dice.choice((0.0, chaos.dice.uniform(0, AWAY_S))))
    await asyncio.sleep(AWAY_S)


async def _suspend(chaos: ChaosRun, n_rounds: int) -> None:
    """Suspend the server's process, as when a laptop lid is closed."""
    await chaos.start()
    for _ in range(n_rounds):
        await asyncio.sleep(chaos.dice.uniform(0.05, 0.5))
        os.kill(chaos.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(chaos.dice.uniform(*SUSPENDED_S))
            if chaos.dice.random() < 0.5:
                chaos.dice.choice(chaos.viewers).drop()
        finally:
            os.kill(chaos.pid, signal.SIGCONT)
    await _wait_for_saved(chaos)


async def _fill(chaos: ChaosRun, n_rounds: int) -> None:
    """Let every write beyond a file size fail, as on a full disk, and allow writes again later."""
    import resource

    await chaos.start()
    if not await all_have_snapshots(chaos.viewers, [1] * VIEWERS, TIMEOUT_S):
        chaos.complaints.append("Not every viewer connected.")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    noticed_s, healed_s = [], []
    for number in range(n_rounds):
        await asyncio.sleep(chaos.dice.uniform(0.05, 0.5))
        away, there = chaos.dice.sample(chaos.viewers, 2)
        away.drop(chaos.dice.uniform(0, AWAY_S))
        file_bytes = (chaos.folder / "surtitle.db-wal").stat().st_size
        # SQLite overwrites its write-ahead log from the start, so a limit below its size is reached within seconds
        full = chaos.dice.choice((0, chaos.dice.randrange(file_bytes + 1)))
        resource.prlimit(chaos.pid, resource.RLIMIT_FSIZE, (full, most))
        began = time.monotonic()
        if not await _is_reported(chaos, is_well=False):
            chaos.complaints.append(f"Round {number}: the room did not report that captions are not saved.")
        noticed_s.append(time.monotonic() - began)
        there.drop()
        await asyncio.sleep(chaos.dice.uniform(0, 1.0))
        resource.prlimit(chaos.pid, resource.RLIMIT_FSIZE, (most, most))
        began = time.monotonic()
        if not await _is_reported(chaos, is_well=True):
            chaos.complaints.append(f"Round {number}: saving did not resume by itself.")
        healed_s.append(time.monotonic() - began)
    await _wait_for_saved(chaos)
    chaos.figures["noticed_max_s"] = round(max(noticed_s), 2)
    chaos.figures["healed_max_s"] = round(max(healed_s), 2)


async def _wait_for_saved(chaos: ChaosRun) -> None:
    await asyncio.sleep(REPORT_S)  # the room has reported its problems by then
    if not await _is_reported(chaos, is_well=True):
        chaos.complaints.append("At the end some captions were not saved.")


async def _is_reported(chaos: ChaosRun, *, is_well: bool) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(TIMEOUT_S):
            await asyncio.gather(*(viewer.wait_for_problems(is_well=is_well) for viewer in chaos.viewers))
            return True
    return False
