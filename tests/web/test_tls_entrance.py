"""Connections to a service with HTTPS: TLS, plain HTTP, and clients that do neither."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from app.web.addresses import PageAddresses
from app.web.limits import LimitSettings
from app.web.tls import OwnCertificate
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.waiting import wait_until
from tests.support.websocket_client import hello, receive


@asynccontextmanager
async def secured(rooms: HostedRooms) -> AsyncIterator[tuple[int, ssl.SSLContext]]:
    """Serve rooms over HTTPS, and yield the port and what a phone that trusts the service knows."""
    own = OwnCertificate(None, lambda: ["192.0.2.7"])
    object.__setattr__(rooms.context, "certificate", own)
    object.__setattr__(rooms.context, "addresses", PageAddresses("0.0.0.0", is_https=True))
    assert own.authority is not None
    trust = ssl.create_default_context(cadata=own.authority.decode())
    async with serve_rooms(rooms) as port:
        yield port, trust


async def test_pages_and_sockets_work_over_tls(root: Path) -> None:
    """A large file, a socket with captions and its close code arrive; plain HTTP from this machine is answered too."""
    rooms = HostedRooms()
    async with secured(rooms) as (port, trust), httpx.AsyncClient(verify=trust) as client:
        plain = await client.get(f"http://127.0.0.1:{port}/static/console/console.css")
        over_tls = await client.get(f"https://127.0.0.1:{port}/static/console/console.css")
        assert over_tls.content == plain.content == (root / "static/console/console.css").read_bytes()
        at = f"wss://127.0.0.1:{port}/ws/main"
        async with connect(at, ssl=trust, origin=f"https://127.0.0.1:{port}") as viewer:  # type: ignore[arg-type]
            await hello(viewer)
            await receive(viewer, "snapshot")
            rooms.say("1-1", "Over TLS.", rev=1)
            assert "Over TLS." in json.dumps(await receive(viewer, "caption"))
            await viewer.send("no JSON")
            with suppress(ConnectionClosed):
                while await viewer.recv():
                    pass
            assert viewer.close_code == 1008
    assert len(rooms.limits.connections) == 0


async def test_a_handshake_has_a_place_and_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that begins a handshake and sends no more is counted, makes way for others, and is disconnected."""
    monkeypatch.setattr("app.web.tls_entrance.REQUEST_S", 0.5)
    rooms = HostedRooms(limits=LimitSettings(sockets=2, spare=1, address=2))
    async with secured(rooms) as (port, trust), httpx.AsyncClient(verify=trust) as client:
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
        slow[0].sendall(b"\x16\x03\x01\x02\x00")
        slow[1].sendall(b"\x16")
        await wait_until(lambda: len(rooms.limits.connections) == 3)
        assert (await client.get(f"https://127.0.0.1:{port}/healthz")).text == "ok"
        await wait_until(lambda: len(rooms.limits.connections) == 1)  # the client's, which stays for more requests
        for one in slow:
            one.close()


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x00\x05hello", b"\x00\x01\x02", b"\x16" + b"\xff" * 70_000])
async def test_garbage_ends_the_connection(sent: bytes) -> None:
    """Bytes that are neither TLS nor HTTP end the connection, and its place is free again."""
    rooms = HostedRooms()
    async with secured(rooms) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        async with asyncio.timeout(5):
            await reader.read()
        writer.close()
        await wait_until(lambda: len(rooms.limits.connections) == 0)


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_a_client_that_reads_nothing_is_dropped_over_tls_too(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """What it does not read is limited as without TLS, and after a while it is disconnected."""
    monkeypatch.setattr("app.web.http_protocol.STALL_S", 0.3)
    monkeypatch.setattr("app.web.websocket.SEND_S", 0.3)
    rooms = HostedRooms()
    async with secured(rooms) as (port, trust):
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        await asyncio.to_thread(raw.connect, ("127.0.0.1", port))
        peer = await asyncio.to_thread(trust.wrap_socket, raw, server_hostname="127.0.0.1")
        asked = b"GET /api/openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 40
        if kind == "http":
            peer.sendall(asked)
        else:
            key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            peer.sendall(
                b"GET /ws/main HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n" + key + b"\r\n"
            )
            hello = json.dumps({"type": "hello", "role": "viewer"}).encode()
            peer.sendall(bytes([0x81, 0x80 | len(hello)]) + b"\0\0\0\0" + hello)
            for number in range(400):
                rooms.say(f"1-{number}", "x" * 2000, rev=1, final=True)
                await asyncio.sleep(0)
        await wait_until(lambda: len(rooms.limits.connections) == 0)
        peer.close()
