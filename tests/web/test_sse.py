"""Captions as server-sent events."""

import json

import httpx
import pytest
from starlette.requests import Request

from app.web.messages import Since
from app.web.sse import parse_last_event_id
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms


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
