"""The REST API, end to end, on the program as users start it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.meeting_sender import send_meeting
from tests.support.program import running_surtitle
from tests.support.websocket_client import frame, receive

KEY = "a-key-to-the-whole-service"
KINDS = ("srt", "vtt", "txt", "json", "csv")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Run the program for this module, and return its address."""
    words = ("serve", "--model", "demo", "--language", "de", "--require-keys", "--port", "0")
    with running_surtitle(*words, SURTITLE_KEY=KEY) as service:
        yield service.wait_for(r"All links: +(http://127\.0\.0\.1:\d+)/")


@asynccontextmanager
async def client_of(address: str, key: str = KEY) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client with a key, or without."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=20) as client:
        yield client


async def made(client: httpx.AsyncClient, name: str, **settings: object) -> dict[str, str]:
    """Create a room and return its keys by role."""
    answer = await client.post("/api/rooms", json={"name": name, **settings})
    assert answer.status_code == 201, answer.text
    return {key["role"]: key["key"] for key in answer.json()["keys"]}


async def reading(stack: AsyncExitStack, address: str, room: str, key: str) -> ClientConnection:
    """Return a viewer's socket after its welcome."""
    socket = await stack.enter_async_context(connect(f"ws{address.removeprefix('http')}/ws/{room}"))
    await socket.send(json.dumps({"type": "hello", "role": "viewer", "key": key}))
    await receive(socket, "snapshot")
    return socket


async def finals(client: httpx.AsyncClient, room: str) -> list[dict[str, Any]]:
    """Return the final captions of a room, once there are some and no source runs."""
    async with asyncio.timeout(30):
        while True:
            held = (await client.get(f"/api/rooms/{room}/export")).json()
            if held["captions"] and not held["room"]["state"]["sources"]:
                return list(held["captions"])
            await asyncio.sleep(0.2)


async def test_a_room_is_created_changed_and_removed(address: str) -> None:
    """A room is created with three keys, listed, changed, closed, opened and removed; each step shows in its state."""
    async with client_of(address) as client:
        keys = await made(client, "life", languages=["de"], glossary="Surtitle", retention_h=2)
        assert sorted(keys) == ["operator", "source", "viewer"]
        assert "life" in [room["name"] for room in (await client.get("/api/rooms")).json()]
        again = await client.post("/api/rooms", json={"name": "life"})
        assert (again.status_code, again.json()["code"]) == (422, "settings")
        async with client_of(address, keys["operator"]) as operator:
            changed = (await operator.patch("/api/rooms/life", json={"is_public": True, "retention_h": 1})).json()
            assert (changed["is_public"], len(changed["code"]), changed["retention_h"]) == (True, 6, 1)
            assert (changed["languages"], changed["glossary"]) == (["de"], "Surtitle")
            assert (await client.get(f"/c/{changed['code'].lower()}")).headers["location"] == "/v/life"
            hidden = (await operator.patch("/api/rooms/life", json={"is_public": False})).json()
            assert hidden["code"] is None
            source = await operator.patch("/api/rooms/life", json={"source": "http://127.0.0.1:9/"})
            assert source.status_code == 422
            assert (await operator.get("/api/rooms/life")).json() | {"n_disconnected": 0} == hidden
            removed = await operator.delete("/api/rooms/life", params={"export": True})
            assert removed.json()["room"]["name"] == "life"
            assert (await operator.get("/api/rooms/life")).status_code == 401
        assert (await client.get("/api/rooms/life")).status_code == 404


async def test_a_glossary_of_five_thousand_terms_is_stored(address: str) -> None:
    """Five thousand rules are kept; one more, or a longer text, is refused with a sentence that names the limit."""
    async with client_of(address) as client:
        await made(client, "terms")
        many = "\n".join(f"{i} Müller-Lüdenscheid => Dampfschiff {i}" for i in range(5000))
        changed = await client.patch("/api/rooms/terms", json={"glossary": many})
        assert (changed.status_code, changed.json()["glossary"]) == (200, many)
        for glossary, limit in ((many + "\none", "5,000 terms and rules"), ("漢" * 80_500, "240,000 bytes")):
            refused = await client.patch("/api/rooms/terms", json={"glossary": glossary})
            assert (refused.status_code, limit in refused.text) == (422, True)


async def test_captions_are_corrected_withdrawn_erased_and_exported(address: str) -> None:
    """Corrections reach sockets, streams and files at once; erasing leaves nothing; removal can return an export."""
    async with client_of(address) as client, AsyncExitStack() as stack:
        keys = await made(client, "said", languages=["de"])
        socket = await reading(stack, address, "said", keys["viewer"])
        await send_meeting(address, "said", keys["source"])
        spoken = await finals(client, "said")
        first, second = [caption["phrase"] for caption in spoken if caption["state"] == "final"][:2]
        assert all(caption["state"] == "final" for caption in spoken)
        path = "/api/rooms/said/phrases"
        assert (await client.patch(f"{path}/{first}", json={"text": "quokka <b>one</b>"})).status_code == 204
        assert (await client.patch(f"{path}/{second}", json={"text": None})).status_code == 204
        told: dict[str, dict[str, Any]] = {}
        async with asyncio.timeout(5):
            while told.get(second, {}).get("state") != "withdrawn":
                caption = (await receive(socket, "caption"))["caption"]
                told[caption["phrase"]] = caption
        assert (told[first]["state"], told[first]["committed"]) == ("corrected", "quokka <b>one</b>")
        for kind in KINDS:
            text = (await client.get(f"/transcript/said.{kind}")).text
            assert text.count("quokka") == 1, kind
            assert spoken[0]["committed"] not in text, kind
            assert spoken[1]["committed"] not in text, kind
        gone = await client.patch(f"{path}/9-9", json={"text": "x"})
        assert gone.status_code == 422

        held = (await client.get("/api/rooms/said/export")).json()["captions"]
        assert {caption["state"] for caption in held} >= {"corrected", "withdrawn"}
        receipt = (await client.delete("/api/rooms/said/captions")).json()
        assert (receipt["action"], receipt["n_captions"]) == ("captions erased", len(held))
        assert "What readers saved" in receipt["text"]
        assert (await receive(socket, "snapshot"))["captions"] == []
        assert (await client.get("/api/rooms/said/export")).json()["captions"] == []
        removed = (await client.delete("/api/rooms/said", params={"export": True})).json()
        assert removed["captions"] == []
        assert (removed["receipt"]["action"], removed["receipt"]["n_keys"]) == ("room removed", 3)
        with pytest.raises(ConnectionClosed):
            await receive(socket, "never")


async def test_a_closed_room_disconnects_readers_and_refuses_new_ones(address: str) -> None:
    """Its readers get the reason and no more captions, at once; operators still read the transcript."""
    place = f"ws{address.removeprefix('http')}/ws/shut"
    async with client_of(address) as client:
        keys = await made(client, "shut", languages=["de"])
        greeting = json.dumps({"type": "hello", "role": "viewer", "key": keys["viewer"]})
        async with connect(place) as reader, connect(place) as late:
            await reader.send(greeting)
            await receive(reader, "snapshot")
            closed = (await client.patch("/api/rooms/shut", json={"is_open": False})).json()
            assert (closed["is_open"], closed["n_disconnected"]) == (False, 1)
            assert (await receive(reader, "error"))["message"].startswith("This room is closed.")
            await late.send(greeting)
            assert (await receive(late))["message"].startswith("This room is closed.")
        async with client_of(address, keys["operator"]) as operator:
            assert (await operator.get("/transcript/shut.srt")).status_code == 200
        await client.delete("/api/rooms/shut")


async def test_a_room_made_private_disconnects_readers_without_a_key(address: str) -> None:
    """They get the reason within a second and no more captions; readers with a key stay."""
    place = f"ws{address.removeprefix('http')}/ws/hall"
    async with client_of(address) as client:
        keys = await made(client, "hall", languages=["de"], is_public=True)
        async with connect(place) as stranger, connect(place) as guest, client_of(address, "") as reader:
            await stranger.send(json.dumps({"type": "hello", "role": "viewer"}))
            await guest.send(json.dumps({"type": "hello", "role": "viewer", "key": keys["viewer"]}))
            for socket in (stranger, guest):
                await receive(socket, "snapshot")
            async with reader.stream("GET", "/api/rooms/hall/events") as events:
                changed = (await client.patch("/api/rooms/hall", json={"is_public": False})).json()
                since_s = time.monotonic()
                assert changed["n_disconnected"] == 2
                assert (await receive(stranger, "error"))["code"] == "access"
                assert await until_ended(events) - since_s < 1
            assert (await reader.get("/api/rooms/hall/events")).status_code == 401
            await client.patch("/api/rooms/hall", json={"notice": "Still here"})
            async with asyncio.timeout(5):
                while (await receive(guest, "state"))["state"]["showing"]["notice"] != "Still here":
                    pass
        await client.delete("/api/rooms/hall")


async def until_closed(socket: ClientConnection) -> tuple[float, int]:
    """Return when a socket was closed, and with which code."""
    with pytest.raises(ConnectionClosed) as closed:
        await receive(socket, "never")
    return time.monotonic(), closed.value.rcvd.code if closed.value.rcvd else 0


async def until_ended(stream: httpx.Response) -> float:
    """Return when a stream of events ended."""
    async for _ in stream.aiter_lines():
        pass
    return time.monotonic()


async def test_a_revoked_or_expired_key_closes_its_connections(address: str) -> None:
    """Sockets and streams of the key end within 2 s of revoking and 10 s of expiry, those of other keys stay."""
    async with client_of(address) as client, AsyncExitStack() as stack:
        stay = (await made(client, "doors"))["viewer"]
        path = "/api/rooms/doors/keys"
        minted = (await client.post(path, json={"role": "viewer", "label": "Anna"})).json()
        brief = (await client.post(path, json={"role": "viewer", "lasts_s": 1.5})).json()
        began = time.monotonic()
        assert minted["id"] in [key["id"] for key in (await client.get(path)).json()]
        assert "key" not in (await client.get(path)).json()[0]
        stays = await reading(stack, address, "doors", stay)
        doors = {}
        for name, key in (("revoked", minted), ("over", brief)):
            headers = {"Authorization": f"Bearer {key['key']}"}
            stream = await stack.enter_async_context(
                client.stream("GET", "/api/rooms/doors/events", headers=headers, timeout=30)
            )
            assert stream.status_code == 200
            doors[name] = [await reading(stack, address, "doors", key["key"]) for _ in range(3)], stream
        assert (await client.delete(f"{path}/{minted['id']}")).status_code == 204
        revoked = time.monotonic()
        for name, since, within_s in (("revoked", revoked, 2.0), ("over", began + 1.5, 10.0)):
            sockets, stream = doors[name]
            ended = [await until_closed(socket) for socket in sockets]
            assert {code for _, code in ended} == {1008}
            assert max([moment for moment, _ in ended] + [await until_ended(stream)]) - since < within_s, name
        for key in (minted, brief):
            async with client_of(address, key["key"]) as late:
                assert (await late.get("/transcript/doors.srt")).status_code == 401
        assert (await client.delete(f"{path}/{minted['id']}")).status_code == 404
        pong = await stays.ping()
        await asyncio.wait_for(pong, 2)


async def test_keys_of_a_room_are_of_that_room(address: str) -> None:
    """An operator cannot create admin keys or see keys of other rooms; keys end with their room."""
    async with client_of(address) as client:
        mine, other = await made(client, "mine"), await made(client, "other")
        foreign = (await client.get("/api/rooms/other/keys")).json()[0]["id"]
        async with client_of(address, mine["operator"]) as operator:
            assert (await operator.post("/api/rooms/mine/keys", json={"role": "admin"})).status_code == 422
            assert (await operator.post("/api/rooms/other/keys", json={"role": "viewer"})).status_code == 401
            assert (await operator.delete(f"/api/rooms/mine/keys/{foreign}")).status_code == 404
        assert (await client.delete("/api/rooms/mine")).status_code == 200
        await made(client, "mine")
        async with client_of(address, mine["viewer"]) as viewer:
            assert (await viewer.get("/api/rooms/mine/captions?before=9")).status_code == 401
        async with client_of(address, other["viewer"]) as viewer:
            assert (await viewer.get("/api/rooms/other/captions?before=9")).status_code == 200


async def test_rooms_changed_at_once_end_in_one_state(address: str) -> None:
    """Of ten requests to create one room one succeeds and the others get an error; of ten changes the last stays."""
    async with client_of(address) as client:
        answers = await asyncio.gather(*(client.post("/api/rooms", json={"name": "race"}) for _ in range(10)))
        assert sorted(answer.status_code for answer in answers) == [201] + [422] * 9
        changes = [
            client.patch("/api/rooms/race", json={"is_open": bool(i % 2), "glossary": str(i)}) for i in range(10)
        ]
        assert {answer.status_code for answer in await asyncio.gather(*changes)} == {200}
        shown = (await client.get("/api/rooms/race")).json()
        assert shown["is_open"] is bool(int(shown["glossary"]) % 2)
        apart: dict[str, object] = {"glossary": "apart", "retention_h": 7, "languages": ["de"], "is_open": True}
        await asyncio.gather(*(client.patch("/api/rooms/race", json={name: apart[name]}) for name in apart))
        shown = (await client.get("/api/rooms/race")).json()
        assert {name: shown[name] for name in apart} == apart
        gone = await asyncio.gather(*(client.delete("/api/rooms/race") for _ in range(5)))
        assert {answer.status_code for answer in gone} <= {200, 404}
        assert (await client.get("/api/rooms/race")).status_code == 404


async def test_every_operation_documents_its_errors(address: str) -> None:
    """The description is OpenAPI 3.1 with the authorization header, and all errors have one form."""
    async with client_of(address, "") as client:
        described = (await client.get("/api/openapi.json")).json()
    assert described["openapi"].startswith("3.1")
    assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    problem = {"$ref": "#/components/schemas/Problem"}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert operation["security"] == [{"key": []}], (method, path)
            assert operation["summary"]
            for status in ("400", "401", "404", "422", "429", "503"):
                content = operation["responses"][status]["content"]["application/json"]
                assert content["schema"] == problem, (method, path, status)


async def test_a_source_begins_a_new_session_after_its_room_was_closed(address: str) -> None:
    """The page learns that its session has ended, then that the room is closed, and later gets a new session."""
    hello = json.dumps({"type": "hello", "role": "source", "key": KEY, "session": "abcdef012345"})
    place = f"ws{address.removeprefix('http')}/ws/hush"
    async with client_of(address) as client:
        await made(client, "hush", languages=["de"])
        async with connect(place) as socket:
            await socket.send(hello)
            await receive(socket, "welcome")
            await socket.send(frame(0, 1600))
            assert (await receive(socket, "ack"))["next_sample"] == 1600
            assert (await client.patch("/api/rooms/hush", json={"is_open": False})).status_code == 200
            assert (await receive(socket, "error"))["message"].startswith("This room is closed.")
        async with connect(place) as socket:
            await socket.send(hello)
            assert (await receive(socket))["message"].startswith("This room is closed.")
        assert (await client.patch("/api/rooms/hush", json={"is_open": True})).status_code == 200
        async with connect(place) as socket:
            await socket.send(hello)
            assert (await receive(socket, "welcome"))["next_sample"] == 0
