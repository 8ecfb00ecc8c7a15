"""Secret words, sent to the program in every way and then searched for in everything it writes."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.cli import main
from tests.fakes.signed_streams import CANARY, serve_signed_streams, signed_url
from tests.support.media_children import list_children
from tests.support.meeting_sender import send_meeting
from tests.support.program import run_surtitle, running_surtitle
from tests.support.sound_files import write_sound

KEY = "canary-Kq7xZp2mVw9tBn4s"
"""The admin key."""
STREAMS = ("gone", "moved-away", "playlist-with-key", "cut", "segments")
"""Rooms with streams of these kinds; each runs a process."""
GLOSSARY, LABEL, MEETING = "quetzal-Bn6vXs2a", "turnstone-Lp0oKm9j", "bowerbird-Gf5tRd4e"
"""A term of a glossary, the label of a key, and the secret of a meeting's address and of OBS."""
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


def command_lines(process: int) -> str:
    """Return the command lines of a process and its children, as every user of the machine can read them."""
    found = []
    for one in (process, *list_children(process)):
        with suppress(FileNotFoundError):  # it has just ended
            found.append(Path(f"/proc/{one}/cmdline").read_text())
    return "\n".join(found)


def files_with(folder: Path, word: str) -> list[str]:
    """Return the names of all files that contain a word."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes())


@pytest.mark.parametrize("words", [(), ("--memory",)], ids=["disk", "memory"])
async def test_keys_and_captions_stay_where_they_belong(words: tuple[str, ...], tmp_path: Path) -> None:
    """The key is in no file; captions are only in the database until they are erased, and unstored ones in no file."""
    given = {"SURTITLE_KEY": KEY, "SURTITLE_DATA": str(tmp_path), "SURTITLE_LOG_LEVEL": "debug"}
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
            erased = await client.delete("/api/rooms/main/captions")
            assert (erased.status_code, KEPT in erased.text) == (200, False)
    printed = "\n".join(service.said)
    assert [word for word in (*secrets, KEPT, UNKEPT) if word in figures] == []
    assert [word for word in (*secrets, KEPT, UNKEPT) if word in printed] == []
    assert while_running == [[] for _ in (*secrets, UNKEPT)]
    assert [files_with(tmp_path, word) for word in (*secrets, UNKEPT)] == while_running
    assert kept == ([] if words else ["surtitle.db-wal"])
    assert files_with(tmp_path, KEPT) == []


async def open_rooms(client: httpx.AsyncClient, port: int) -> list[str]:
    """Create a room for each kind of stream, with secrets in every setting, and wait for its source; return keys."""
    keys = []
    for kind in STREAMS:
        source = signed_url(port, kind)
        new = {"name": kind, "source": source, "glossary": f"{GLOSSARY}\nwrong {GLOSSARY} => right", "retention_h": 1}
        made = await client.post("/api/rooms", json=new)
        assert (made.status_code, made.json()["source"]) == (201, f"http://127.0.0.1:{port}")
        keys += [key["key"] for key in made.json()["keys"]]
        assert (await client.patch(f"/api/rooms/{kind}", json={"notice": "Hello", "source": source})).status_code == 200
    path = "/api/rooms/gone"
    outputs = (
        {
            "kind": "zoom",
            "url": f"https://wmcc.zoom.us/closedcaption?id=1&ns={MEETING}&expire=1&sparams=id&signature=s",
        },
        {"kind": "obs", "port": 1, "password": MEETING, "overlay": f"http://127.0.0.1/overlay/gone#{MEETING}"},
    )
    for output in outputs:
        assert (await client.post(f"{path}/outputs", json=output)).status_code == 201
    assert (await client.post(f"{path}/keys", json={"role": "viewer", "label": LABEL})).status_code == 201
    wrong = (
        ("PATCH", path, {"source": f"ftp://me:{CANARY}@127.0.0.1/{CANARY}"}),
        ("PATCH", path, {"source": f"https://{'x' * 2000}?{CANARY}"}),
        ("PATCH", path, {"glossary": f"{GLOSSARY} " * 20_000}),
        ("PATCH", path, {"glossary": f"{GLOSSARY}{'x' * 300} => x"}),
        ("POST", f"{path}/outputs", {"kind": "zoom", "url": f"https://example.org/{MEETING}?token={MEETING}"}),
        ("POST", f"{path}/outputs", {"kind": "obs", "password": MEETING, "overlay": f"ftp://{MEETING}"}),
        ("POST", f"{path}/keys", {"role": "viewer", "label": LABEL * 9}),
    )
    for method, address, body in wrong:
        refused = await client.request(method, address, json=body)
        assert refused.status_code in (413, 422)
        assert secrets_in(refused.text) == []
    async with asyncio.timeout(30):
        while not all(source_message(room) for room in (await client.get("/api/rooms")).json()):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return keys


async def remove_secrets(client: httpx.AsyncClient) -> None:
    """Remove sources, glossaries, outputs and the key with the label; the rooms stay."""
    for kind in STREAMS:
        changed = await client.patch(f"/api/rooms/{kind}", json={"source": None, "glossary": ""})
        assert (changed.status_code, changed.json()["source"]) == (200, None)
    for output in (await client.get("/api/rooms/gone")).json()["outputs"]:
        assert (await client.delete(f"/api/rooms/gone/outputs/{output['id']}")).status_code == 204
    for key in (await client.get("/api/rooms/gone/keys")).json():
        if key["label"] == LABEL:
            assert (await client.delete(f"/api/rooms/gone/keys/{key['id']}")).status_code == 204


def source_message(room: dict[str, Any]) -> bool:
    """Return whether the source of a room has failed or ended."""
    return any(source["status"] in ("failed", "retrying", "ended") for source in room["state"]["sources"])


def secrets_in(text: str) -> list[str]:
    """Return the secrets of streams, meetings, keys and glossaries in a text."""
    return [word for word in (CANARY, MEETING, LABEL, GLOSSARY) if word in text]


async def read_everything(client: httpx.AsyncClient, address: str, keys: list[str]) -> str:
    """Return what the service says about the rooms to readers, operators and scrapers, without what was given it."""
    said = [(await client.get("/api/openapi.json")).text, (await client.get("/metrics")).text]
    rooms = [room["name"] for room in (await client.get("/api/rooms")).json()]
    for room in rooms:
        for path in (f"/api/rooms/{room}/privacy", f"/transcript/{room}.json", f"/qr/{room}.svg"):
            answer = await client.get(path)
            said += [answer.text, str(answer.headers)]
        for path in (f"/api/rooms/{room}", f"/api/rooms/{room}/export"):
            found = (await client.get(path)).json()
            (found.get("room") or found).pop("glossary")  # the operator's own, for the editor
            said.append(json.dumps(found))
    for role, key in zip(("viewer", "operator"), (keys[0], keys[2]), strict=True):
        async with connect(f"ws{address.removeprefix('http')}/ws/{STREAMS[0]}") as socket:
            await socket.send(json.dumps({"type": "hello", "role": role, "key": key}))
            said += [str(await socket.recv()) for _ in range(2)]
    at = {"SURTITLE_AT": address, "SURTITLE_KEY": KEY}
    for words in (("list",), *(("show", room) for room in rooms), ("output", "list", "gone")):
        shown = await asyncio.to_thread(CliRunner().invoke, main.app, ["room", *words], env=at)
        assert shown.exit_code == 0
        said.append(shown.output)
    return "\n".join(said)


async def test_secrets_of_streams_and_meetings_stay_where_they_belong(tmp_path: Path) -> None:
    """Addresses, passwords, labels and terms are in no log, metric, answer or command line, and removed at once."""
    sound = write_sound(tmp_path / "a.mp3", "libmp3lame", rate_hz=16_000, layout="mono").read_bytes()
    folder = tmp_path / "data"
    with serve_signed_streams(sound) as port:
        given = {"SURTITLE_KEY": KEY, "SURTITLE_DATA": str(folder), "SURTITLE_LOG_LEVEL": "debug"}
        given["SURTITLE_SOURCE"] = signed_url(port, "sound")
        options = ("--model", "demo", "--language", "de", "--private-sources", "--port", "0")
        with running_surtitle("serve", *options, **given) as service:
            address = service.wait_for(r"All links: +(http://127\.0\.0\.1:\d+)/")
            headers = {"Authorization": f"Bearer {KEY}"}
            async with httpx.AsyncClient(base_url=address, headers=headers, timeout=20) as client:
                keys = await open_rooms(client, port)
                lines = command_lines(service.process.pid)
                said = await read_everything(client, address, keys)
                stored = files_with(folder, CANARY)
                await remove_secrets(client)
                left = [files_with(folder, word) for word in (CANARY, MEETING, LABEL, GLOSSARY)]
                for kind in STREAMS:
                    receipt = await client.delete(f"/api/rooms/{kind}")
                    assert (receipt.status_code, secrets_in(receipt.text)) == (200, [])
    printed = "\n".join(service.said)
    assert "app" in lines
    assert secrets_in(lines) == []
    assert secrets_in(said) == []
    assert secrets_in(printed) == []
    assert "source_failed" in printed
    assert set(stored) <= {"surtitle.db", "surtitle.db-wal"}
    assert left == [[], [], [], []]


@pytest.mark.parametrize("key", ["short-Kq7xZp2m", "long-Kq7xZp2m" * 30])
def test_a_key_that_cannot_be_is_not_repeated(key: str) -> None:
    """A key that is too short or too long is rejected with a sentence that does not contain it."""
    ended = run_surtitle("serve", "--model", "demo", "--port", "0", SURTITLE_KEY=key)
    assert ended.returncode == 2
    assert "SURTITLE_KEY" in ended.stderr
    assert "Kq7xZp2m" not in ended.stdout + ended.stderr
