"""`surtitle bench viewers`: what one room's audience costs, and whether each of it has every final phrase once.

The server and the viewers are processes of their own on this machine, which must be Linux.
"""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path

from app.bench import child_process, proc_stats, report_path
from app.bench.child_process import ChildProcess
from app.bench.histogram import Histogram
from app.bench.viewer_transport import Transport
from app.bench.viewers_report import Look, ViewersReport
from app.bench.viewers_swarm import SwarmCount
from app.errors import SettingsError

PER_PROCESS = 10_000
"""Viewers of one process and one source address; an address has 28,000 ports, a process about 20,000 files."""

SETTLE_S = 2.0
"""Quiet after the last viewer has come, before memory is read."""

PATIENCE_S = 30.0
"""How long readers may take to be up to date after the last event; what they lack then is missing."""

LOOK_S = 0.5
"""Pause between two looks at memory."""

Tell = Callable[[str], object]
"""Says a line to whoever waits."""


@dataclass(frozen=True, slots=True)
class ViewersPlan:
    """What one run plays."""

    viewers: int
    seconds: float
    rate_hz: float = 4.0
    """Events published a second, of which one in four is final; 0 for a silent room."""
    deaf_share: float = 0.0
    """Viewers who never read after their hello."""
    churn_hz: float = 0.0
    """Viewers a second who drop and come back."""
    storm_spread_s: float | None = None
    """All drop at half time and come back within so many seconds; None for no storm."""
    transport: Transport = "ws"

    @property
    def shares(self) -> list[int]:
        """Viewers in each process."""
        n_processes = -(-self.viewers // PER_PROCESS)
        return [len(range(number, self.viewers, n_processes)) for number in range(n_processes)]


def share(text: str) -> float:
    """Return a share that was written as `5%`.

    Raises:
        SettingsError: It was not, or is more than all.
    """
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        percent = -1.0
    if not text.endswith("%") or not 0 <= percent <= 100:
        raise SettingsError(f"Expected a share such as 5%, but got {text!r}.")
    return percent / 100


def transport(text: str) -> Transport:
    """Return the transport of that name.

    Raises:
        SettingsError: There is none.
    """
    known: tuple[Transport, ...] = ("ws", "sse")
    found = next((one for one in known if one == text), None)
    if found is None:
        raise SettingsError(f"Expected the transport ws or sse, but got {text!r}.")
    return found


def run(plan: ViewersPlan, *, json_path: Path | None = None, tell: Tell = print) -> ViewersReport:
    """Do what the command does, and return the report it wrote.

    Raises:
        SettingsError: Not all viewers could come in, or the place to write to is not as it should be.
    """
    if json_path is not None:
        report_path.check(json_path)
    report = asyncio.run(_measure(plan, tell))
    if json_path is not None:
        json_path.write_text(json.dumps(report.as_json(), indent=1) + "\n", encoding="utf-8")
    return report


async def _measure(plan: ViewersPlan, tell: Tell) -> ViewersReport:
    async with AsyncExitStack() as stack:
        host = await stack.enter_async_context(child_process.running("app.bench.viewers_host"))
        swarms = [
            await stack.enter_async_context(child_process.running("app.bench.viewers_swarm")) for _ in plan.shares
        ]
        door = await host.ask("open")
        empty_bytes = proc_stats.memory_bytes(host.pid)
        tell(f"{plan.viewers} viewers come in ...")
        began = time.monotonic()
        n_deaf = [round(n_viewers * plan.deaf_share) for n_viewers in plan.shares]
        await asyncio.gather(
            *(
                swarm.ask(
                    "connect",
                    **door,
                    address=f"127.0.0.{2 + number}",
                    transport=plan.transport,
                    n_viewers=n_viewers,
                    n_deaf=n_deaf[number],
                )
                for number, (swarm, n_viewers) in enumerate(zip(swarms, plan.shares, strict=True))
            )
        )
        connect_s = time.monotonic() - began
        await asyncio.sleep(SETTLE_S)
        tell(f"All are there after {connect_s:.1f} s; {plan.seconds:.0f} s begin ...")
        began = time.monotonic()
        cpu_before = [proc_stats.cpu_s(one.pid) for one in (host, *swarms)]
        looks, storm_s = await _play(plan, host, swarms)
        cores = [
            (proc_stats.cpu_s(one.pid) - before) / (time.monotonic() - began)
            for one, before in zip((host, *swarms), cpu_before, strict=True)
        ]
        said = await host.ask("stop")
        answers = await asyncio.gather(
            *(swarm.ask("count", finals=said["finals"], patience_s=PATIENCE_S) for swarm in swarms)
        )
    counts = [SwarmCount(**answer) for answer in answers]
    return ViewersReport(
        viewers=plan.viewers,
        seconds=plan.seconds,
        transport=plan.transport,
        rate_hz=plan.rate_hz,
        n_published=said["n_published"],
        n_logged=len(said["finals"]),
        late=Histogram(said["late"]),
        fanout=reduce(add, (Histogram(count.latency) for count in counts)),
        n_missing=sum(count.n_missing for count in counts),
        n_duplicated=sum(count.n_duplicated for count in counts),
        n_altered=sum(count.n_altered for count in counts),
        n_deaf=sum(n_deaf),
        n_alive=sum(count.n_alive for count in counts),
        n_pings=sum(count.n_pings for count in counts),
        n_deaf_closed=sum(count.n_deaf_closed for count in counts),
        n_dropped=sum(count.n_dropped for count in counts),
        n_returns=sum(count.n_returns for count in counts),
        connect_s=connect_s,
        settle_s=max(count.settle_s for count in counts),
        storm_s=storm_s,
        empty_bytes=empty_bytes,
        looks=tuple(looks),
        host_cpu=cores[0],
        swarm_cpu=max(cores[1:]),
        host_lag=Histogram(said["lag"]),
        swarm_lag=reduce(add, (Histogram(count.lag) for count in counts)),
    )


async def _play(plan: ViewersPlan, host: ChildProcess, swarms: list[ChildProcess]) -> tuple[list[Look], float | None]:
    """Let the room speak and its audience come and go for the length of the run."""
    began = time.monotonic()
    looks: list[Look] = []

    async def look_until(end_s: float) -> None:
        while (now_s := time.monotonic() - began) < end_s:
            looks.append((now_s, proc_stats.memory_bytes(host.pid)))
            await asyncio.sleep(min(LOOK_S, end_s - now_s))

    looks.append((0.0, proc_stats.memory_bytes(host.pid)))
    if plan.rate_hz:
        await host.ask("start", rate_hz=plan.rate_hz)
    if plan.churn_hz:
        await asyncio.gather(*(swarm.ask("churn", rate_hz=plan.churn_hz / len(swarms)) for swarm in swarms))
    if plan.storm_spread_s is None:
        await look_until(plan.seconds)
        return looks, None
    await look_until(plan.seconds / 2)
    storms = await asyncio.gather(*(swarm.ask("storm", spread_s=plan.storm_spread_s) for swarm in swarms))
    await look_until(plan.seconds)
    return looks, max(float(storm["storm_s"]) for storm in storms)
