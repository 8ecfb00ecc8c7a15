"""Runs `surtitle bench viewers`: measures what a room's audience costs and whether each viewer gets every final once.

The server and the viewers run in separate processes on this machine, which must run Linux.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path

from app.bench import child_process, proc_stats
from app.bench.child_process import ChildProcess
from app.bench.histogram import Histogram
from app.bench.report_files import ReportFiles
from app.bench.viewer_transport import Transport
from app.bench.viewers_report import MemorySample, ViewersReport
from app.bench.viewers_swarm import SwarmCount
from app.errors import SettingsError

PER_PROCESS = 10_000
"""Viewers of one process and one source address; an address has 28,000 ports, a process about 20,000 files."""

SETTLE_S = 2.0
"""Pause between the last viewer's arrival and the first memory sample."""

PATIENCE_S = 30.0
"""How long readers may take to be up to date after the last event; finals that they lack then are missing."""

SAMPLE_S = 0.5
"""Pause between two memory samples."""

OnProgress = Callable[[str], object]
"""Gets a sentence at each step."""


@dataclass(frozen=True, slots=True)
class ViewersPlan:
    """The settings of one run."""

    viewers: int
    seconds: float
    rate_hz: float = 4.0
    """Events published a second, of which one in four is final; 0 for a silent room."""
    non_reader_share: float = 0.0
    """Share of viewers who never read after their hello."""
    churn_hz: float = 0.0
    """Viewers a second who disconnect and return."""
    storm_spread_s: float | None = None
    """At half time all disconnect and return within this many seconds; None for no storm."""
    transport: Transport = "ws"

    @property
    def shares(self) -> list[int]:
        """Viewers in each process."""
        n_processes = -(-self.viewers // PER_PROCESS)
        return [len(range(number, self.viewers, n_processes)) for number in range(n_processes)]


def parse_share(text: str) -> float:
    """Parse a share such as `5%`.

    Raises:
        SettingsError: The text is not a share from 0% to 100%.
    """
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        percent = -1.0
    if not text.endswith("%") or not 0 <= percent <= 100:
        raise SettingsError(f"Expected a share such as 5%, but got {text!r}.")
    return percent / 100


def parse_transport(text: str) -> Transport:
    """Return the transport of that name.

    Raises:
        SettingsError: There is no such transport.
    """
    known: tuple[Transport, ...] = ("ws", "sse")
    found = next((one for one in known if one == text), None)
    if found is None:
        raise SettingsError(f"Expected the transport ws or sse, but got {text!r}.")
    return found


def run(plan: ViewersPlan, *, json_path: Path | None = None, on_progress: OnProgress = print) -> ViewersReport:
    """Measure one run, write the report, and return it.

    Raises:
        SettingsError: Not all viewers could connect, or the path to write to is invalid.
    """
    files = ReportFiles("viewers", json_path)
    report = asyncio.run(_measure(plan, on_progress))
    files.write(report.as_json())
    return report


async def _measure(plan: ViewersPlan, on_progress: OnProgress) -> ViewersReport:
    async with AsyncExitStack() as stack:
        host = await stack.enter_async_context(child_process.running("app.bench.viewers_host"))
        swarms = [
            await stack.enter_async_context(child_process.running("app.bench.viewers_swarm")) for _ in plan.shares
        ]
        address = await host.call("open")
        empty_bytes = proc_stats.read_memory_bytes(host.pid)
        on_progress(f"{plan.viewers} viewers connect ...")
        began = time.monotonic()
        n_non_readers = [round(n_viewers * plan.non_reader_share) for n_viewers in plan.shares]
        await asyncio.gather(
            *(
                swarm.call(
                    "connect",
                    **address,
                    address=f"127.0.0.{2 + number}",
                    transport=plan.transport,
                    n_viewers=n_viewers,
                    n_non_readers=n_non_readers[number],
                )
                for number, (swarm, n_viewers) in enumerate(zip(swarms, plan.shares, strict=True))
            )
        )
        connect_s = time.monotonic() - began
        await asyncio.sleep(SETTLE_S)
        on_progress(f"All are connected after {connect_s:.1f} s; the run of {plan.seconds:.0f} s starts ...")
        began = time.monotonic()
        cpu_before = [proc_stats.read_cpu_s(one.pid) for one in (host, *swarms)]
        samples, storm_s = await _play(plan, host, swarms)
        cores = [
            (proc_stats.read_cpu_s(one.pid) - before) / (time.monotonic() - began)
            for one, before in zip((host, *swarms), cpu_before, strict=True)
        ]
        spoken = await host.call("stop")
        results = await asyncio.gather(
            *(swarm.call("count", finals=spoken["finals"], patience_s=PATIENCE_S) for swarm in swarms)
        )
    counts = [SwarmCount(**result) for result in results]
    return ViewersReport(
        viewers=plan.viewers,
        seconds=plan.seconds,
        transport=plan.transport,
        rate_hz=plan.rate_hz,
        n_published=spoken["n_published"],
        n_logged=len(spoken["finals"]),
        late=Histogram(spoken["late"]),
        fanout=reduce(add, (Histogram(count.latency) for count in counts)),
        n_missing=sum(count.n_missing for count in counts),
        n_duplicated=sum(count.n_duplicated for count in counts),
        n_altered=sum(count.n_altered for count in counts),
        n_non_readers=sum(n_non_readers),
        n_alive=sum(count.n_alive for count in counts),
        n_pings=sum(count.n_pings for count in counts),
        n_non_readers_closed=sum(count.n_non_readers_closed for count in counts),
        n_dropped=sum(count.n_dropped for count in counts),
        n_returns=sum(count.n_returns for count in counts),
        connect_s=connect_s,
        settle_s=max(count.settle_s for count in counts),
        storm_s=storm_s,
        empty_bytes=empty_bytes,
        memory_samples=tuple(samples),
        host_cpu=cores[0],
        swarm_cpu=max(cores[1:]),
        host_lag=Histogram(spoken["lag"]),
        swarm_lag=reduce(add, (Histogram(count.lag) for count in counts)),
    )


async def _play(
    plan: ViewersPlan, host: ChildProcess, swarms: list[ChildProcess]
) -> tuple[list[MemorySample], float | None]:
    """Publish captions and let viewers come and go for the length of the run."""
    began = time.monotonic()
    samples: list[MemorySample] = []

    async def sample_until(end_s: float) -> None:
        while (now_s := time.monotonic() - began) < end_s:
            samples.append((now_s, proc_stats.read_memory_bytes(host.pid)))
            await asyncio.sleep(min(SAMPLE_S, end_s - now_s))

    samples.append((0.0, proc_stats.read_memory_bytes(host.pid)))
    if plan.rate_hz:
        await host.call("start", rate_hz=plan.rate_hz)
    if plan.churn_hz:
        await asyncio.gather(*(swarm.call("churn", rate_hz=plan.churn_hz / len(swarms)) for swarm in swarms))
    if plan.storm_spread_s is None:
        await sample_until(plan.seconds)
        return samples, None
    await sample_until(plan.seconds / 2)
    storms = await asyncio.gather(*(swarm.call("storm", spread_s=plan.storm_spread_s) for swarm in swarms))
    await sample_until(plan.seconds)
    return samples, max(float(storm["storm_s"]) for storm in storms)
