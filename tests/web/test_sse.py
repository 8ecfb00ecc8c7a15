"""Captions as server-sent events."""

import asyncio
import json
import socket
from contextlib import suppress

import httpx
import pytest
from starlette.requests import Request

from app.store.rooms import RoomSettings
from app.web.messages import Since
from app.web.sse import parse_last_event_id
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.waiting import wait_until

END = b"\r\n0\r\n\r\n"
"""The end of a response in chunks."""


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("e1.7", Since(epoch="e1", seq=7)),
        ("e.1.7", Since(epoch="e.1", seq=7)),
        ("e1.", None),
        ("7", None),
        ("e1.-7", None),
        ("e1.\u0667", None),
        ("e" * 65 + ".7", None),
        ("e1." + "9" * 19, None),
    ],
)
def test_the_last_event_id_is_parsed(header: str, expected: Since | None) -> None:
    """A valid id is split into epoch and number; an invalid one is ignored."""
    request = Request({"type": "http", "headers": [(b"last-event-id", header.encode("utf-8"))]})
    assert parse_last_event_id(request) == expected


async def test_a_stream_resumes_after_its_last_event() -> None:
    """A client that reconnects with its last id gets a snapshot of what it missed."""
    rooms = HostedRooms()
    rooms.say("1-1", "first", rev=1, final=True)
    rooms.say("1-2", "second", rev=1, final=True)
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        request = client.stream("GET", "/api/rooms/main/events", headers={"Last-Event-ID": "e1.1"})
        async with request as answer:
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            lines = answer.aiter_lines()
            assert await anext(lines) == "retry: 2000"
            async for line in lines:
                if line.startswith("data: ") and (message := json.loads(line[6:]))["type"] == "snapshot":
                    break
    assert [caption["committed"] for caption in message["captions"]] == ["second"]
    assert not message["is_fresh"]


@pytest.mark.parametrize("reads_on", [True, False])
async def test_a_stalled_stream_of_a_private_room_gets_nothing_more(reads_on: bool) -> None:
    """A reader that stalls until the room is private is disconnected within 1 s, and reads nothing said after that."""
    rooms = HostedRooms(key="right")
    for n in range(600):
        rooms.say(f"1-{n}", "said in public " * 100, rev=1, final=True)
    await rooms.context.change_room("main", RoomSettings(is_public=True))
    async with serve_rooms(rooms) as port:
        with socket.socket() as peer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(peer, ("127.0.0.1", port))
            await loop.sock_sendall(
                peer, b"GET /api/rooms/main/events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: e1.1\r\n\r\n"
            )
            data = await loop.sock_recv(peer, 1000)
            await asyncio.sleep(0.1)  # the stream fills all buffers
            assert await rooms.context.change_room("main", RoomSettings()) == 1
            rooms.say("2-1", "confidential", rev=1, final=True)
            with suppress(ConnectionError):
                async with asyncio.timeout(1.0):
                    if reads_on:
                        while not data.endswith(END) and (received := await loop.sock_recv(peer, 65536)):
                            data += received
                    else:
                        await wait_until(lambda: not rooms.context.limits.connections)
    assert (b"said in public" in data) == reads_on
    assert b"confidential" not in data
