"""A child process of viewers, each with its own socket, that notes when captions came and what is held at the end.

It shares two cores with the server it measures, so an open caption costs a search for its mark, not a parse.
"""

import asyncio
import json
import random
import re
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from app import log
from app.bench.child_process import answer, run, watch_loop
from app.bench.delivery_ledger import Final, HeldFinals, LoggedFinals, digest
from app.bench.histogram import Histogram
from app.bench.viewer_transport import Transport, wire
from app.errors import AccessError, SourceError
from app.web.limits import raise_file_limit

MARK = re.compile(rb"#\d+@(\d+)")
"""Number and moment of publication in an event's text."""

OPEN, SNAPSHOT = b'"seq":null', b'"snapshot"'
"""A message with the first and without the second is an open caption; whatever else it may be is parsed."""

PIECE_BYTES = 1 << 16
"""Taken from a socket at once."""

DEAF_BYTES = 4096
"""Receive buffer of who never reads, so that the server is left with what is unread."""

AT_ONCE = 64
"""Viewers that knock at the same moment before the run begins."""

COME_S = 30.0
"""How long a viewer waits for its snapshot; then it tries again."""

TRIES_S = (0.25, 10.0)
"""The first and the longest pause after a failure, as static/room/socket.js has them."""

AWAY_S = 2.0
"""How long a viewer that dropped stays away at most."""

LOOK_S = 0.05
"""Pause between two looks at whether all are up to date."""


@dataclass(frozen=True, slots=True)
class SwarmCount:
    """What the viewers of one process had and held."""

    latency: list[int]
    """Counts of a histogram: from publication to arrival, of every caption of every reader."""
    lag: list[int]
    """Counts of a histogram: how late this process's own event loop was."""
    n_missing: int
    n_duplicated: int
    n_altered: int
    """Viewers whose finals are as many as they should be, but not the same."""
    n_dropped: int
    """Connections of readers that the server ended."""
    n_alive: int
    """Viewers whose connection stands at the end."""
    n_pings: int
    """Pings that were answered."""
    n_deaf_closed: int
    """Of those who never read, how many the server has closed."""
    n_returns: int
    """Viewers that went away and came back."""
    settle_s: float
    """From the last event to the moment when every reader was up to date."""


class SwarmViewer(asyncio.BufferedProtocol):
    """One viewer over all its connections."""

    def __init__(self, swarm: "Swarm", *, reads: bool) -> None:
        """Begin away; `reads` says whether it reads on after its hello."""
        self.held = HeldFinals()
        self.reads = reads
        self._swarm = swarm
        self._transport: asyncio.Transport | None = None
        self._arrived: asyncio.Future[None] | None = None

    @property
    def is_here(self) -> bool:
        """Whether it is connected and has its snapshot."""
        return self._transport is not None and self._arrived is None

    async def come(self) -> None:
        """Connect, and return when the snapshot is there.

        Raises:
            OSError: The connection could not be made or kept.
            AccessError: The server said no.
            TimeoutError: It took too long.
        """
        loop = asyncio.get_running_loop()
        self._wire = wire(self._swarm.transport)
        self._arrived = loop.create_future()
        connection = socket.socket()
        connection.setblocking(False)
        try:
            if not self.reads:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, DEAF_BYTES)
            connection.bind((self._swarm.address, 0))
            async with asyncio.timeout(COME_S):
                await loop.sock_connect(connection, ("127.0.0.1", self._swarm.port))
                await loop.create_connection(lambda: self, sock=connection)
                await self._arrived
        except BaseException:
            self.drop()
            connection.close()
            raise
        finally:
            self._arrived = None

    def drop(self) -> None:
        """Break the connection, as a page does that is closed."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    @property
    def address(self) -> str:
        """Its end of the connection, as /proc/net/tcp writes it; empty while it is away."""
        if self._transport is None:
            return ""
        host, port = self._transport.get_extra_info("sockname")
        return f"{int.from_bytes(socket.inet_aton(host), sys.byteorder):08X}:{port:04X}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Knock."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._wire.open(self._swarm.room, self.held.since))

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return the one buffer of all viewers; it is emptied before the next is filled."""
        return self._swarm.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what came."""
        now_ns = time.monotonic_ns()
        if self._transport is None:
            return
        was_open = self._wire.is_open
        try:
            messages, reply = self._wire.feed(bytes(self._swarm.buffer[:nbytes]))
        except AccessError as exc:
            self._end(exc)
            return
        if reply:
            self._transport.write(reply)
            self._swarm.n_pings += was_open  # the first reply is the hello
        if self.reads:
            for message in messages:
                self._hear(message, now_ns)
        elif self._wire.is_open:
            self._transport.pause_reading()
            self._arrive()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the server hung up; who left by himself has no transport by now."""
        if self._transport is not None:
            self._end(exc or ConnectionResetError("The server hung up."))

    def _end(self, why: Exception) -> None:
        self.drop()
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_exception(why)
        else:
            self._swarm.lose(self)

    def _arrive(self) -> None:
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def _hear(self, message: bytes, now_ns: int) -> None:
        if OPEN in message and SNAPSHOT not in message:
            self._note(message, now_ns)
            return
        told = json.loads(message)
        if told["type"] == "caption":
            self._note(message, now_ns)
            for final in finals([told["caption"]]):
                self.held.take(final)
        elif told["type"] == "snapshot":
            held = finals(told["captions"])
            if told["is_fresh"]:
                self.held.forget(told["epoch"], held[0].seq if held else None)
            for final in held:
                self.held.take(final)
            self._arrive()

    def _note(self, message: bytes, now_ns: int) -> None:
        mark = MARK.search(message)
        if mark is not None:
            self._swarm.latency.add((now_ns - int(mark[1])) / 1e9)


def kept(port: int) -> set[str]:
    """Return the far ends of the connections that the local server on a port has not closed.

    A close that waits behind what nobody reads is not seen at the far end, but the server's process is rid of it.
    """
    rows = [row.split() for row in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return {row[2] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "01"}  # TCP_ESTABLISHED


def finals(captions: Sequence[dict[str, object]]) -> list[Final]:
    """Return the logged ones among captions as the protocol has them."""
    return [
        Final(cast(int, caption["seq"]), digest(str(caption["phrase"]), str(caption["committed"])))
        for caption in captions
        if caption["seq"] is not None
    ]


class Swarm:
    """All viewers of this process, and what the bench can ask of them."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        """Begin with nobody."""
        self.port, self.room, self.address = 0, "", ""
        self.transport: Transport = "ws"
        self.buffer = memoryview(bytearray(PIECE_BYTES))
        self.latency = Histogram()
        self.n_pings = 0
        self._lag = Histogram()
        self._group = group
        self._viewers: list[SwarmViewer] = []
        self._churning: asyncio.Task[None] | None = None
        self._n_dropped = 0
        self._n_returns = 0

    async def connect(
        self, port: int, room: str, address: str, transport: Transport, n_viewers: int, n_deaf: int
    ) -> dict[str, object]:
        """Bring all viewers in from one source address, the last `n_deaf` of whom do not read.

        Raises:
            SourceError: One of them could not come in.
        """
        self.port, self.room, self.address, self.transport = port, room, address, transport
        self._viewers = [SwarmViewer(self, reads=number < n_viewers - n_deaf) for number in range(n_viewers)]
        room_at_door = asyncio.Semaphore(AT_ONCE)

        async def come(viewer: SwarmViewer) -> None:
            async with room_at_door:
                await viewer.come()

        try:
            await asyncio.gather(*(come(viewer) for viewer in self._viewers))
        except (OSError, TimeoutError) as exc:
            n_here = sum(viewer.is_here for viewer in self._viewers)
            raise SourceError(f"Expected {n_viewers} viewers to come in, but after {n_here}: {exc!r}.") from exc
        self._group.create_task(watch_loop(self._lag))
        return {}

    async def churn(self, rate_hz: float) -> dict[str, object]:
        """Let so many viewers a second drop and come back a little later, until `count`."""
        self._churning = self._group.create_task(self._churn(rate_hz))
        return {}

    async def storm(self, spread_s: float) -> dict[str, object]:
        """Drop all readers at once and let each come back within `spread_s`; returns how long it took to the last."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for viewer in self._readers():
                viewer.drop()
                group.create_task(self._return(viewer, random.uniform(0, spread_s)))
        return {"storm_s": time.monotonic() - began}

    async def count(self, finals: list[dict[str, int]], patience_s: float) -> dict[str, object]:
        """Wait until every reader is back and up to date, but not for ever, and hold all against what was told."""
        began = time.monotonic()
        if self._churning is not None:
            self._churning.cancel()
        told = LoggedFinals([Final(**final) for final in finals])
        readers = [viewer for viewer in self._viewers if viewer.reads]
        # a look now and then costs less than an event for every caption
        while (  # noqa: ASYNC110
            any(not viewer.is_here or viewer.held.last < told.last for viewer in readers)
            and time.monotonic() < began + patience_s
        ):
            await asyncio.sleep(LOOK_S)
        standing = kept(self.port)
        return asdict(
            SwarmCount(
                latency=self.latency.counts,
                lag=self._lag.counts,
                n_missing=sum(viewer.held.n_missing(told) for viewer in readers),
                n_duplicated=sum(viewer.held.n_duplicated for viewer in readers),
                n_altered=sum(viewer.held.is_altered(told) for viewer in readers),
                n_dropped=self._n_dropped,
                n_alive=sum(viewer.address in standing for viewer in self._viewers),
                n_pings=self.n_pings,
                n_deaf_closed=sum(viewer.address not in standing for viewer in self._viewers if not viewer.reads),
                n_returns=self._n_returns,
                settle_s=time.monotonic() - began,
            )
        )

    def lose(self, viewer: SwarmViewer) -> None:
        """Note that the server ended a connection; a reader comes back."""
        if viewer.reads:
            self._n_dropped += 1
            self._group.create_task(self._return(viewer, TRIES_S[0]))

    def _readers(self) -> list[SwarmViewer]:
        return [viewer for viewer in self._viewers if viewer.reads and viewer.is_here]

    async def _churn(self, rate_hz: float) -> None:
        began = time.monotonic()
        n_dropped = 0
        while True:
            n_dropped += 1
            await asyncio.sleep(began + n_dropped / rate_hz - time.monotonic())
            if readers := self._readers():
                viewer = random.choice(readers)
                viewer.drop()
                self._group.create_task(self._return(viewer, random.uniform(0, AWAY_S)))

    async def _return(self, viewer: SwarmViewer, pause_s: float) -> None:
        """Come back as a page does, which waits longer after every failure."""
        longest_s, most_s = TRIES_S
        while True:
            await asyncio.sleep(pause_s)
            try:
                await viewer.come()
            except (OSError, AccessError, TimeoutError):
                pause_s = random.uniform(longest_s / 2, longest_s)
                longest_s = min(most_s, longest_s * 2)
            else:
                self._n_returns += 1
                return


async def main() -> None:
    """Be the viewers until the parent is gone."""
    log.setup()
    raise_file_limit()
    async with asyncio.TaskGroup() as group:
        swarm = Swarm(group)
        await answer({"connect": swarm.connect, "churn": swarm.churn, "storm": swarm.storm, "count": swarm.count})


if __name__ == "__main__":
    run(main)
