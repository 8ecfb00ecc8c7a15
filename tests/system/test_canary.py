"""Secret words, sent to the program in every way and then searched for in everything it writes."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.meeting_sender import send_meeting
from tests.support.program import run_surtitle, running_surtitle

KEY = "canary-Kq7xZp2mVw9tBn4s"
"""The admin key."""
KEPT, UNKEPT = "kingfisher-Hd8wQe3r", "nightingale-Yt5uJi6o"
"""Captions of a room that stores them, and of one that does not."""
ADDRESSES = (
    "/", "/overlay/main", "/microphone/main", "/c/ABCDEF", "/healthz", "/readyz", "/metrics", "/nothing",
    "/static/overlay/overlay.js", "/static/nothing", "/api/openapi.json", "/api/rooms", "/api/rooms/main",
    "/api/rooms/nothing",
    "/api/rooms/main/export", "/api/rooms/main/keys", "/transcript/main.srt", "/transcript/main.exe", "/ws/main",
)  # fmt: skip


async def say(client: httpx.AsyncClient, address: str, room: str, text: str) -> None:
    """Speak in a room, and correct a phrase to a text of this test."""
    await send_meeting(address, room, KEY)
    async with asyncio.timeout(30):
        while not (found := (await client.get(f"/api/rooms/{room}/export")).json()["captions"]):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    changed = await client.patch(f"/api/rooms/{room}/phrases/{found[0]['phrase']}", json={"text": text})
    assert changed.status_code == 204
    async with asyncio.timeout(5):
        while text not in (await client.get(f"/transcript/{room}.srt")).text:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def misuse(client: httpx.AsyncClient, address: str) -> None:
    """Send the key where it does not belong: in queries, paths, referers, cookies, bodies and first messages."""
    headers = {"Referer": f"{address}/#{KEY}", "Cookie": f"key={KEY}", "X-Key": KEY, "User-Agent": KEY}
    for path in ADDRESSES:
        for given in (
            {},
            {"Authorization": f"Bearer {KEY}"},
            {"Authorization": KEY},
            {"Authorization": f"Basic {KEY}"},
        ):
            answer = await client.get(path, params={"key": KEY}, headers=headers | given)
            assert answer.status_code < 500
            assert KEY not in answer.text
    for path in (f"/overlay/{KEY}", f"/transcript/{KEY}.srt", f"/api/rooms/{KEY}", f"/c/{KEY}", f"/static/{KEY}"):
        assert (await client.get(path)).status_code < 500
    for body in ({"name": KEY, "key": KEY}, {KEY: KEY}, KEY, [KEY]):
        assert (await client.post("/api/rooms", json=body)).status_code == 422
    assert (await client.post("/api/rooms", content=f"{{{KEY}")).status_code == 422
    hello = {"type": "hello", "role": "viewer", "key": KEY}
    firsts = [hello | {KEY: KEY}, hello | {"role": KEY}, hello | {"key": KEY * 20}, {"key": KEY}, KEY, hello]
    for first in [json.dumps(first) for first in firsts] + [KEY, "{" + KEY]:
        async with connect(f"ws{address.removeprefix('http')}/ws/main?key={KEY}") as socket:
            await socket.send(first)
            await socket.recv()
            with suppress(ConnectionClosed):
                await socket.send(KEY)
    for wrong in (f"/ws/{KEY}/{KEY}?key={KEY}", f"/{KEY}"):
        with pytest.raises(InvalidStatus):
            async with connect(f"ws{address.removeprefix('http')}{wrong}"):
                pass
    with pytest.raises(InvalidStatus):
        async with connect(f"ws{address.removeprefix('http')}/ws/main", origin=f"http://{KEY}.example"):  # type: ignore[arg-type]
            pass
    reader, writer = await asyncio.open_connection(*address.removeprefix("http://").split(":"))
    writer.write(f"GET /{KEY} HTTP/9.9\r\n{KEY}\r\n\r\n".encode())
    await reader.read()
    writer.close()


async def listen(client: httpx.AsyncClient, room: str, text: str) -> None:
    """Read the room's events until this text arrives."""
    async with client.stream("GET", f"/api/rooms/{room}/events", params={"key": KEY}) as answer:
        async for line in answer.aiter_lines():
            if text in line:
                return


def files_with(folder: Path, word: str) -> list[str]:
    """Return the names of all files that contain a word."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes())


@pytest.mark.parametrize("words", [(), ("--memory",)], ids=["disk", "memory"])
async def test_keys_and_captions_stay_where_they_belong(words: tuple[str, ...], tmp_path: Path) -> None:
    """The key is in no file; captions are only in the database, and those of rooms without storage in no file."""
    given = {"SURTITLE_KEY": KEY, "SURTITLE_DATA": str(tmp_path), "SURTITLE_LOG_LEVEL": "info"}
    options = ("--model", "demo", "--language", "de", "--require-keys", "--port", "0", *words)
    with running_surtitle("serve", *options, **given) as service:
        address = service.wait_for(r"All links: +(http://127\.0\.0\.1:\d+)/")
        headers = {"Authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=20) as client:
            brief = await client.post("/api/rooms", json={"name": "brief", "retention_h": 0})
            assert brief.status_code == 201
            secrets = [KEY, *(key["key"] for key in brief.json()["keys"])]
            await say(client, address, "main", KEPT)
            await say(client, address, "brief", UNKEPT)
            await asyncio.wait_for(listen(client, "main", KEPT), 5)
            await misuse(client, address)
            figures = (await client.get("/metrics")).text
        while_running = [files_with(tmp_path, word) for word in (*secrets, UNKEPT)]
        kept = files_with(tmp_path, KEPT)
    printed = "\n".join(service.said)
    assert [word for word in (*secrets, KEPT, UNKEPT) if word in figures] == []
    assert [word for word in (*secrets, KEPT, UNKEPT) if word in printed] == []
    assert while_running == [[] for _ in (*secrets, UNKEPT)]
    assert [files_with(tmp_path, word) for word in (*secrets, UNKEPT)] == while_running
    assert kept == ([] if words else ["surtitle.db-wal"])
    assert files_with(tmp_path, KEPT) == ([] if words else ["surtitle.db"])


@pytest.mark.parametrize("key", ["short-Kq7xZp2m", "long-Kq7xZp2m" * 30])
def test_a_key_that_cannot_be_is_not_repeated(key: str) -> None:
    """A key that is too short or too long is rejected with a sentence that does not contain it."""
    ended = run_surtitle("serve", "--model", "demo", "--port", "0", SURTITLE_KEY=key)
    assert ended.returncode == 2
    assert "SURTITLE_KEY" in ended.stderr
    assert "Kq7xZp2m" not in ended.stdout + ended.stderr
