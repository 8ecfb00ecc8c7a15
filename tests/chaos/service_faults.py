"""Faults of the service as a whole: it is killed or stopped, its disk is full, its viewers drop."""

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
from app.bench.delivery_check import judge
from app.bench.delivery_ledger import Final, digest
from app.bench.viewers_host import ROOM
from app.store.database import Database
from tests.chaos.reconnecting_viewer import ReconnectingViewer, all_arrive
from tests.chaos.report import FaultReport

RATE_HZ = 200.0
"""Events published a second, of which one in four is final."""

VIEWERS = 8
"""Every other one reads server-sent events."""

LIFE_S = 0.5
"""How long a server that is to be killed speaks at most."""

STOP_S = (0.5, 5.0)
"""How long a stopped process stands still."""

AWAY_S = 2.0
"""How long a viewer that dropped stays away at most."""

SAY_S = 1.5
"""Within this a room tells what is wrong with it; it does so once a second at most."""

SETTLE_S = 0.2
"""Within this viewers have read what a killed server had sent."""

PATIENCE_S = 20.0
"""How long anything may take that must happen."""


@dataclass(slots=True)
class ChaosRun:
    """The room, who watches it, and what was counted meanwhile."""

    host: ChildProcess
    folder: Path
    viewers: list[ReconnectingViewer]
    dice: random.Random
    complaints: list[str]
    figures: dict[str, float]
    port: int = 0
    pid: int = 0

    async def start(self, rate_hz: float = RATE_HZ) -> float:
        """Begin a life of the server and return how long it took to open."""
        life = await self.host.ask("start", folder=str(self.folder), port=self.port, rate_hz=rate_hz)
        self.port, self.pid = life["port"], life["pid"]
        for viewer in self.viewers:
            viewer.port = self.port
        return float(life["start_s"])

    async def kill(self) -> None:
        """End a life."""
        await self.host.ask("kill")


async def suffer(fault: str, n_rounds: int, dice: random.Random) -> FaultReport:
    """Do a fault so often to a room that speaks and is read, and hold all against each other at the end."""
    inflict = {"kill": _kill, "viewer": _drop, "disk": _fill, "suspend": _stop}[fault]
    with TemporaryDirectory(prefix="surtitle-chaos-") as folder:
        async with running("tests.chaos.host") as host, asyncio.TaskGroup() as group:
            viewers = [
                ReconnectingViewer("ws" if number % 2 else "sse", ROOM, random.Random(dice.random()))
                for number in range(VIEWERS)
            ]
            scene = ChaosRun(host, Path(folder), viewers, dice, [], {})
            tasks = [group.create_task(viewer.run()) for viewer in viewers]
            await inflict(scene, n_rounds)
            await scene.kill()
            await asyncio.sleep(SETTLE_S)
            wanted = [viewer.n_arrivals + 1 for viewer in viewers]
            await scene.start(rate_hz=0.0)
            if not await all_arrive(viewers, wanted, PATIENCE_S):
                scene.complaints.append("Not every viewer came back at the end.")
            await scene.kill()
            for task in tasks:
                task.cancel()
        log, integrity = read(Path(folder))
    scene.figures["snapshots"] = sum(viewer.n_arrivals for viewer in viewers)
    scene.figures["begun_afresh"] = sum(len(viewer.shown.parts) - 1 for viewer in viewers)
    return FaultReport(
        fault,
        n_rounds,
        judge([viewer.shown for viewer in viewers], log),
        len(log),
        integrity,
        figures=scene.figures,
        complaints=scene.complaints,
    )


def read(folder: Path) -> tuple[list[Final], str]:
    """Return the log that a server has left behind, and what SQLite says of its file."""
    database = Database(folder / "surtitle.db")
    try:
        integrity = database.read(_integrity)
        rows = database.read(_rows)
    finally:
        database.close()
    events = [(seq, json.loads(body)) for seq, body in rows]
    return [Final(seq, digest(event["phrase"], event["committed"])) for seq, event in events], integrity


def _integrity(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def _rows(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    return connection.execute("SELECT seq, body FROM event ORDER BY seq").fetchall()


async def _kill(scene: ChaosRun, n_rounds: int) -> None:
    """Kill the server at a random moment while it writes."""
    starts_s = []
    for _ in range(n_rounds):
        starts_s.append(await scene.start())
        await asyncio.sleep(scene.dice.uniform(0, LIFE_S))
        await scene.kill()
    await scene.start()
    starts_s.sort()
    scene.figures["restart_p50_s"] = round(starts_s[len(starts_s) // 2], 3)
    scene.figures["restart_max_s"] = round(starts_s[-1], 3)


async def _drop(scene: ChaosRun, n_rounds: int) -> None:
    """Break the connection of one viewer after the other, who come back later or at once."""
    await scene.start()
    n_dropped = 0
    while n_dropped < n_rounds:
        await asyncio.sleep(scene.dice.uniform(0, 0.1))
        if here := [viewer for viewer in scene.viewers if viewer.is_here]:
            n_dropped += 1
            scene.dice.choice(here).drop(scene.dice.choice((0.0, scene.dice.uniform(0, AWAY_S))))
    await asyncio.sleep(AWAY_S)


async def _stop(scene: ChaosRun, n_rounds: int) -> None:
    """Let the server's process stand still, as when a laptop lid is closed."""
    await scene.start()
    for _ in range(n_rounds):
        await asyncio.sleep(scene.dice.uniform(0.05, 0.5))
        os.kill(scene.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(scene.dice.uniform(*STOP_S))
            if scene.dice.random() < 0.5:
                scene.dice.choice(scene.viewers).drop()
        finally:
            os.kill(scene.pid, signal.SIGCONT)
    await _wait_for_saved(scene)


async def _fill(scene: ChaosRun, n_rounds: int) -> None:
    """Let every write to a file fail from some size on, as on a full disk, and work again later."""
    import resource

    await scene.start()
    if not await all_arrive(scene.viewers, [1] * VIEWERS, PATIENCE_S):
        scene.complaints.append("Not every viewer came in.")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    noticed_s, healed_s = [], []
    for number in range(n_rounds):
        await asyncio.sleep(scene.dice.uniform(0.05, 0.5))
        away, there = scene.dice.sample(scene.viewers, 2)
        away.drop(scene.dice.uniform(0, AWAY_S))
        file_bytes = (scene.folder / "surtitle.db-wal").stat().st_size
        # a write-ahead log is written again from its beginning, so a bound below its size is met within seconds
        full = scene.dice.choice((0, scene.dice.randrange(file_bytes + 1)))
        resource.prlimit(scene.pid, resource.RLIMIT_FSIZE, (full, most))
        began = time.monotonic()
        if not await _is_told(scene, is_well=False):
            scene.complaints.append(f"Round {number}: the room never said that captions are not saved.")
        noticed_s.append(time.monotonic() - began)
        there.drop()
        await asyncio.sleep(scene.dice.uniform(0, 1.0))
        resource.prlimit(scene.pid, resource.RLIMIT_FSIZE, (most, most))
        began = time.monotonic()
        if not await _is_told(scene, is_well=True):
            scene.complaints.append(f"Round {number}: saving did not resume by itself.")
        healed_s.append(time.monotonic() - began)
    await _wait_for_saved(scene)
    scene.figures["noticed_max_s"] = round(max(noticed_s), 2)
    scene.figures["healed_max_s"] = round(max(healed_s), 2)


async def _wait_for_saved(scene: ChaosRun) -> None:
    await asyncio.sleep(SAY_S)  # what is wrong now is told by then
    if not await _is_told(scene, is_well=True):
        scene.complaints.append("At the end not all was saved.")


async def _is_told(scene: ChaosRun, *, is_well: bool) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(viewer.until_told(is_well=is_well) for viewer in scene.viewers))
            return True
    return False
