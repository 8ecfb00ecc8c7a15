"""One simulated viewer of `bench viewers`, with its own socket.

It shares two cores with the server it measures, so an open caption is searched for its mark and not parsed.
"""

import asyncio
import json
import re
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

from app.bench.delivery_ledger import Final, ReceivedFinals, compute_digest
from app.bench.histogram import Histogram
from app.bench.viewer_transport import Transport, build_transport
from app.errors import AccessError

MARK = re.compile(rb"#\d+@(\d+)")
"""Number and moment of publication in an event's text."""

OPEN, SNAPSHOT = b'"seq":null', b'"snapshot"'
"""A message that contains the first but not the second is an open caption; all others are parsed."""

READ_BYTES = 1 << 16
"""Maximum number of bytes of one read."""

NON_READER_BYTES = 4096
"""Receive buffer of a viewer that never reads; it is small, so that unread bytes stay in the server."""

CONNECT_S = 30.0
"""How long a viewer waits for its snapshot; then the attempt has failed."""


@dataclass(slots=True)
class ViewerContext:
    """What all viewers of a process share."""

    port: int
    room: str
    address: str
    """Source address of the connections."""
    transport: Transport
    on_lost: Callable[["ViewerClient"], object]
    """Called when the server has ended a viewer's connection."""
    buffer: memoryview = field(default_factory=lambda: memoryview(bytearray(READ_BYTES)))
    latency: Histogram = field(default_factory=Histogram)
    """From publication to arrival, of every caption of every reader."""
    n_pings: int = 0
    """Pings that were answered."""


class ViewerClient(asyncio.BufferedProtocol):
    """One simulated viewer, over all its connections."""

    def __init__(self, context: ViewerContext, *, reads: bool) -> None:
        """Start unconnected; `reads` says whether it reads after its hello."""
        self.received = ReceivedFinals()
        self.reads = reads
        self._context = context
        self._connection: asyncio.Transport | None = None
        self._snapshot_here: asyncio.Future[None] | None = None

    @property
    def is_connected(self) -> bool:
        """Whether it is connected and has its snapshot."""
        return self._connection is not None and self._snapshot_here is None

    async def connect(self) -> None:
        """Connect, and wait for the snapshot.

        Raises:
            OSError: The connection could not be made or kept.
            AccessError: The server rejected it.
            TimeoutError: It took too long.
        """
        loop = asyncio.get_running_loop()
        self._protocol = build_transport(self._context.transport)
        self._snapshot_here = loop.create_future()
        sock = socket.socket()
        sock.setblocking(False)
        try:
            if not self.reads:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NON_READER_BYTES)
            sock.bind((self._context.address, 0))
            async with asyncio.timeout(CONNECT_S):
                await loop.sock_connect(sock, ("127.0.0.1", self._context.port))
                await loop.create_connection(lambda: self, sock=sock)
                await self._snapshot_here
        except BaseException:
            self.disconnect()
            sock.close()
            raise
        finally:
            self._snapshot_here = None

    def disconnect(self) -> None:
        """Break the connection, as a page does when it is closed."""
        if self._connection is not None:
            self._connection.abort()
            self._connection = None

    @property
    def address(self) -> str:
        """Its end of the connection in the notation of /proc/net/tcp; empty while unconnected."""
        if self._connection is None:
            return ""
        host, port = self._connection.get_extra_info("sockname")
        return f"{int.from_bytes(socket.inet_aton(host), sys.byteorder):08X}:{port:04X}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the request."""
        self._connection = cast(asyncio.Transport, transport)
        self._connection.write(self._protocol.open(self._context.room, self.received.since))

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return the buffer that all viewers share; it is read before the next viewer uses it."""
        return self._context.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Read the bytes that arrived."""
        now_ns = time.monotonic_ns()
        if self._connection is None:
            return
        was_open = self._protocol.is_open
        try:
            messages, reply = self._protocol.feed(bytes(self._context.buffer[:nbytes]))
        except AccessError as exc:
            self._fail(exc)
            return
        if reply:
            self._connection.write(reply)
            self._context.n_pings += was_open  # the first reply is the hello
        if self.reads:
            for message in messages:
                self._read_message(message, now_ns)
        elif self._protocol.is_open:
            self._connection.pause_reading()
            self._note_snapshot()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the server ended the connection; does nothing after `disconnect`."""
        if self._connection is not None:
            self._fail(exc or ConnectionResetError("The server closed the connection."))

    def _fail(self, why: Exception) -> None:
        self.disconnect()
        if self._snapshot_here is not None and not self._snapshot_here.done():
            self._snapshot_here.set_exception(why)
        else:
            self._context.on_lost(self)

    def _note_snapshot(self) -> None:
        if self._snapshot_here is not None and not self._snapshot_here.done():
            self._snapshot_here.set_result(None)

    def _read_message(self, message: bytes, now_ns: int) -> None:
        if OPEN in message and SNAPSHOT not in message:
            self._note_latency(message, now_ns)
            return
        parsed = json.loads(message)
        if parsed["type"] == "caption":
            self._note_latency(message, now_ns)
            for final in parse_finals([parsed["caption"]]):
                self.received.take(final)
        elif parsed["type"] == "snapshot":
            finals = parse_finals(parsed["captions"])
            if parsed["is_fresh"]:
                self.received.restart(parsed["epoch"], finals[0].seq if finals else None)
            for final in finals:
                self.received.take(final)
            self._note_snapshot()

    def _note_latency(self, message: bytes, now_ns: int) -> None:
        mark = MARK.search(message)
        if mark is not None:
            self._context.latency.add((now_ns - int(mark[1])) / 1e9)


def parse_finals(captions: Sequence[dict[str, object]]) -> list[Final]:
    """Return the logged captions among captions of the protocol."""
    return [
        Final(cast(int, caption["seq"]), compute_digest(str(caption["phrase"]), str(caption["committed"])))
        for caption in captions
        if caption["seq"] is not None
    ]
