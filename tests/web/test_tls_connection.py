"""The TLS layer of one connection."""

import asyncio
import ssl

from app.web.tls import OwnCertificate
from app.web.tls_connection import RECORDS_MAX, TlsConnection
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
    assert max(map(len, received[0].pieces)) <= RECORDS_MAX
    writer.close()
    server.close()
