"""Child process of `bench viewers` that simulates many viewers, and counts at the end what each received."""

import asyncio
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from app import log as logs
from app.bench.child_process import measure_loop_lag, run_child, serve_calls
from app.bench.delivery_ledger import Final, LoggedFinals
from app.bench.histogram import Histogram
from app.bench.viewer_transport import Transport
from app.bench.viewers_client import ViewerClient, ViewerContext
from app.errors import AccessError, SourceError
from app.web.file_limit import raise_file_limit

ATTEMPTS_MAX = 64
"""Viewers that connect at the same time before the run starts."""

BACKOFF_S = (0.25, 10.0)
"""The first and the longest pause after a failure, as the pages' WebSocket client has them."""

AWAY_MAX_S = 2.0
"""How long a viewer that disconnected stays away at most."""

POLL_S = 0.05
"""Pause between two checks whether all readers are up to date."""


@dataclass(frozen=True, slots=True)
class SwarmCount:
    """What the viewers of one process received and counted."""

    latency: list[int]
    """Counts of a histogram: from publication to arrival, of every caption of every reader."""
    lag: list[int]
    """Counts of a histogram: the lag of this process's event loop."""
    n_missing: int
    n_duplicated: int
    n_altered: int
    """Viewers with the right number of finals, but other texts."""
    n_dropped: int
    """Connections of readers that the server ended."""
    n_alive: int
    """Viewers that are connected at the end."""
    n_pings: int
    """Pings that were answered."""
    n_non_readers_closed: int
    """Connections of viewers who never read that the server closed."""
    n_returns: int
    """Reconnections after a disconnect."""
    settle_s: float
    """From the last event to the moment when every reader was up to date."""


def find_open_ends(port: int) -> set[str]:
    """Return the clients' ends of the connections that the local server on a port has not closed.

    They are read on the server's side, because a client that does not read never sees the close.
    """
    rows = [row.split() for row in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return {row[2] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "01"}  # TCP_ESTABLISHED


class Swarm:
    """All viewers of this process, and the calls that it serves."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        """Start without viewers."""
        self._context = ViewerContext(0, "", "", "ws", self._handle_loss)
        self._lag = Histogram()
        self._group = group
        self._viewers: list[ViewerClient] = []
        self._churning: asyncio.Task[None] | None = None
        self._n_dropped = 0
        self._n_returns = 0

    async def connect(
        self, port: int, room: str, address: str, transport: Transport, n_viewers: int, n_non_readers: int
    ) -> dict[str, object]:
        """Connect all viewers from one source address; the last `n_non_readers` do not read.

        Raises:
            SourceError: One of them could not connect.
        """
        self._context = ViewerContext(port, room, address, transport, self._handle_loss)
        self._viewers = [
            ViewerClient(self._context, reads=number < n_viewers - n_non_readers) for number in range(n_viewers)
        ]
        attempts = asyncio.Semaphore(ATTEMPTS_MAX)

        async def connect(viewer: ViewerClient) -> None:
            async with attempts:
                await viewer.connect()

        try:
            await asyncio.gather(*(connect(viewer) for viewer in self._viewers))
        except (OSError, TimeoutError) as exc:
            n_connected = sum(viewer.is_connected for viewer in self._viewers)
            raise SourceError(f"Expected {n_viewers} viewers to connect, but after {n_connected}: {exc!r}.") from exc
        self._group.create_task(measure_loop_lag(self._lag))
        return {}

    async def churn(self, rate_hz: float) -> dict[str, object]:
        """Let `rate_hz` viewers a second disconnect and return a little later, until `count`."""
        self._churning = self._group.create_task(self._churn(rate_hz))
        return {}

    async def storm(self, spread_s: float) -> dict[str, object]:
        """Disconnect all readers at once; each returns within `spread_s`. Returns the time until the last is back."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for viewer in self._readers():
                viewer.disconnect()
                group.create_task(self._reconnect(viewer, random.uniform(0, spread_s)))
        return {"storm_s": time.monotonic() - began}

    async def count(self, finals: list[dict[str, int]], patience_s: float) -> dict[str, object]:
        """Wait until every reader is back and up to date, at most `patience_s`, and compare all with the log."""
        began = time.monotonic()
        if self._churning is not None:
            self._churning.cancel()
        log = LoggedFinals([Final(**final) for final in finals])
        readers = [viewer for viewer in self._viewers if viewer.reads]
        # polling costs less than an event for every caption
        while (  # noqa: ASYNC110 - an event per caption would cost what is measured
            any(not viewer.is_connected or viewer.received.last < log.last for viewer in readers)
            and time.monotonic() < began + patience_s
        ):
            await asyncio.sleep(POLL_S)
        open_ends = find_open_ends(self._context.port)
        return asdict(
            SwarmCount(
                latency=self._context.latency.counts,
                lag=self._lag.counts,
                n_missing=sum(viewer.received.n_missing(log) for viewer in readers),
                n_duplicated=sum(viewer.received.n_duplicated for viewer in readers),
                n_altered=sum(viewer.received.is_altered(log) for viewer in readers),
                n_dropped=self._n_dropped,
                n_alive=sum(viewer.address in open_ends for viewer in self._viewers),
                n_pings=self._context.n_pings,
                n_non_readers_closed=sum(
                    viewer.address not in open_ends for viewer in self._viewers if not viewer.reads
                ),
                n_returns=self._n_returns,
                settle_s=time.monotonic() - began,
            )
        )

    def _handle_loss(self, viewer: ViewerClient) -> None:
        """Count a connection that the server ended; a reader reconnects."""
        if viewer.reads:
            self._n_dropped += 1
            self._group.create_task(self._reconnect(viewer, BACKOFF_S[0]))

    def _readers(self) -> list[ViewerClient]:
        return [viewer for viewer in self._viewers if viewer.reads and viewer.is_connected]

    async def _churn(self, rate_hz: float) -> None:
        began = time.monotonic()
        n_dropped = 0
        while True:
            n_dropped += 1
            await asyncio.sleep(began + n_dropped / rate_hz - time.monotonic())
            if readers := self._readers():
                viewer = random.choice(readers)
                viewer.disconnect()
                self._group.create_task(self._reconnect(viewer, random.uniform(0, AWAY_MAX_S)))

    async def _reconnect(self, viewer: ViewerClient, pause_s: float) -> None:
        """Reconnect as a page does: with a longer pause after every failure."""
        longest_s, most_s = BACKOFF_S
        while True:
            await asyncio.sleep(pause_s)
            try:
                await viewer.connect()
            except (OSError, AccessError, TimeoutError):
                pause_s = random.uniform(longest_s / 2, longest_s)
                longest_s = min(most_s, longest_s * 2)
            else:
                self._n_returns += 1
                return


async def main() -> None:
    """Serve the parent's calls until the parent ends."""
    logs.setup()
    raise_file_limit()
    async with asyncio.TaskGroup() as group:
        swarm = Swarm(group)
        await serve_calls({"connect": swarm.connect, "churn": swarm.churn, "storm": swarm.storm, "count": swarm.count})


if __name__ == "__main__":
    run_child(main)
