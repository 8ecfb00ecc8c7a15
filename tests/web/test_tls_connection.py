"""The TLS layer of one connection."""

import asyncio
import ssl
from contextlib import suppress
from typing import cast

from app.web.tls import OwnCertificate
from app.web.tls_connection import EMPTY_BYTES, FED_BYTES, TlsConnection
from tests.support.waiting import wait_until

N_RECORDS = 2_000


class Received(asyncio.Protocol):
    """Keeps what it gets; it pauses reading once."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.pieces: list[bytes] = []
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Keep it, and pause for a moment after the first piece."""
        self.pieces.append(data)
        if len(self.pieces) == 1:
            self.transport.pause_reading()
            asyncio.get_running_loop().call_later(0.01, self.transport.resume_reading)


async def test_tiny_records_do_not_hold_the_event_loop() -> None:
    """Records of one byte are passed on whole and in order, some in each turn of the event loop."""
    own = OwnCertificate(None, lambda: ["192.0.2.7"])
    assert own.authority is not None
    trust = ssl.create_default_context(cadata=own.authority.decode())
    received: list[Received] = []

    def open_inner(transport: asyncio.Transport) -> Received:
        received.append(Received(transport))
        return received[0]

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: TlsConnection(own.context, open_inner), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trust.wrap_bio(incoming, outgoing, server_hostname="192.0.2.7")
    while True:
        try:
            client.do_handshake()
            break
        except ssl.SSLWantReadError:
            writer.write(outgoing.read())
            incoming.write(await reader.read(1 << 16))
    for number in range(N_RECORDS):
        client.write(bytes([number % 256]))
    writer.write(outgoing.read())
    await wait_until(lambda: received and sum(map(len, received[0].pieces)) == N_RECORDS)
    assert b"".join(received[0].pieces) == bytes(number % 256 for number in range(N_RECORDS))
    assert max(map(len, received[0].pieces)) <= FED_BYTES / 20
    writer.close()
    server.close()


class EmptyRecords:
    """A TLS library whose client sends only records without content, such as changes of keys."""

    def __init__(self) -> None:
        self.turns: list[int] = []

    def wrap_bio(self, incoming: ssl.MemoryBIO, _outgoing: ssl.MemoryBIO, *, server_side: bool) -> "EmptyRecords":
        """Begin a connection."""
        assert server_side
        self._incoming = incoming
        return self

    def do_handshake(self) -> None:
        """The handshake is complete at once."""

    def read(self, _n_bytes: int) -> bytes:
        """Take everything, and return nothing."""
        self.turns.append(len(self._incoming.read()))
        raise ssl.SSLWantReadError


async def test_a_client_that_sends_no_content_is_disconnected() -> None:
    """Changes of keys cost much and say nothing: few are handled in a turn of the event loop, and few altogether."""
    records = EmptyRecords()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: TlsConnection(cast(ssl.SSLContext, records), Received), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(bytes(256 << 10))
    with suppress(ConnectionResetError):
        assert await reader.read() == b""
    assert max(records.turns) <= FED_BYTES
    assert sum(records.turns) <= EMPTY_BYTES + FED_BYTES
    writer.close()
    server.close()
