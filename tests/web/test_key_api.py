"""The REST routes for keys: who may manage which, and what ends when a key does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.store.access_key import KEY_LASTS_S
from app.store.rooms import RoomSettings
from app.web import key_api
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.websocket_client import SESSION, receive

ADMIN = "the-admin-key-of-these-tests-0123"


class Api:
    """Sends requests with a key."""

    def __init__(self, http: httpx.AsyncClient, port: int) -> None:
        self.http, self.port = http, port

    async def ask(self, method: str, path: str, secret: str = ADMIN, **body: object) -> httpx.Response:
        """Send one request."""
        headers = {"Authorization": f"Bearer {secret}"}
        return await self.http.request(method, path, headers=headers, json=body or None)

    async def get(self, path: str, secret: str = ADMIN) -> Any:
        """Return the answer to a GET request that succeeds."""
        answer = await self.ask("GET", path, secret)
        assert answer.status_code == 200
        return answer.json()

    @asynccontextmanager
    async def socket(self, role: str, secret: str) -> AsyncIterator[ClientConnection]:
        """Connect to the main room as a role."""
        hello = SESSION if role == "source" else {"role": role}
        async with connect(f"ws://127.0.0.1:{self.port}/ws/main") as socket:
            await socket.send(json.dumps({"type": "hello", **hello, "key": secret}))
            await receive(socket, "welcome")
            yield socket


@asynccontextmanager
async def api(rooms: HostedRooms) -> AsyncIterator[Api]:
    """Serve rooms and yield what sends requests to them."""
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        yield Api(http, port)


async def closed_by(socket: ClientConnection) -> str:
    """Return the code of the error after which a socket is closed."""
    async with asyncio.timeout(5):
        error = await receive(socket, "error")
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    return str(error["code"])


async def test_every_list_shows_last_use_and_connections() -> None:
    """A key shows when it was used last and who is connected with it now; each client finds its own key marked."""
    rooms = HostedRooms(key=ADMIN)
    (desk, operators), (press, viewers) = [
        await rooms.keyring.create_key("main", role) for role in ("operator", "viewer")
    ]
    async with api(rooms) as client:
        before = {one["id"]: one for one in await client.get("/api/keys")}
        assert set(before) == {"setting", desk.id, press.id}
        assert before["setting"]["is_own"]
        assert (before[press.id]["used_ms"], before[press.id]["n_connections"]) == (None, 0)
        async with client.socket("viewer", viewers), client.socket("viewer", viewers):
            listed = {one["id"]: one for one in await client.get("/api/rooms/main/keys", operators)}
        assert set(listed) == {desk.id, press.id}
        assert [listed[one]["is_own"] for one in (desk.id, press.id)] == [True, False]
        assert [listed[one]["n_connections"] for one in (desk.id, press.id)] == [0, 2]
        assert listed[press.id]["used_ms"] >= press.created_ms
        assert not any(secret in str(listed) for secret in (operators, viewers, ADMIN))


async def test_keys_end_by_default_and_with_their_parent() -> None:
    """A key lasts 90 days, at most 366, and never longer than the key that made it."""
    rooms = HostedRooms(key=ADMIN)
    short, operators = await rooms.keyring.create_key("main", "operator", lasts_s=3600)
    async with api(rooms) as client:
        made = (await client.ask("POST", "/api/keys", role="viewer", room="main")).json()
        assert (made["expires_ms"] - made["created_ms"]) / 1000 == KEY_LASTS_S
        assert (made["parent"], made["is_own"]) == ("setting", False)
        for lasts_s in (367 * 86400, 0, -1, None):
            refused = await client.ask("POST", "/api/keys", role="viewer", room="main", lasts_s=lasts_s)
            assert refused.status_code == 422
        child = (await client.ask("POST", "/api/rooms/main/keys", operators, role="viewer", lasts_s=86400)).json()
        assert (child["expires_ms"], child["parent"]) == (short.expires_ms, short.id)
        room = (await client.ask("POST", "/api/rooms", name="hall")).json()
        assert {one["parent"] for one in room["keys"]} == {"setting"}


async def test_a_room_has_a_limited_number_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than the most is refused in a sentence; other rooms are not affected."""
    monkeypatch.setattr(key_api, "KEYS_MAX", 2)
    rooms = HostedRooms(key=ADMIN)
    await rooms.create_room("hall", RoomSettings())
    async with api(rooms) as client:
        answers = [await client.ask("POST", "/api/rooms/main/keys", role="viewer") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 422]
        assert "at most 2 keys" in answers[2].text
        assert (await client.ask("POST", "/api/rooms/hall/keys", role="viewer")).status_code == 201


async def test_revoking_disconnects_the_key_and_its_descendants() -> None:
    """Viewer, source, operator and a reader of events: all are closed, also with keys made with keys made with it."""
    rooms = HostedRooms(key=ADMIN)
    async with api(rooms) as client:
        parent = (await client.ask("POST", "/api/keys", role="operator", room="main")).json()
        child = (await client.ask("POST", "/api/rooms/main/keys", parent["key"], role="operator")).json()
        grandchild = (await client.ask("POST", "/api/rooms/main/keys", child["key"], role="viewer")).json()
        other = (await client.ask("POST", "/api/keys", role="viewer", room="main")).json()
        stream = {"Authorization": f"Bearer {grandchild['key']}"}
        async with (
            client.socket("operator", parent["key"]) as operator,
            client.socket("source", child["key"]) as source,
            client.socket("viewer", grandchild["key"]) as viewer,
            client.socket("viewer", other["key"]) as bystander,
            client.http.stream("GET", "/api/rooms/main/events", headers=stream) as events,
        ):
            assert (await client.ask("DELETE", f"/api/keys/{parent['id']}")).status_code == 204
            assert [await closed_by(socket) for socket in (operator, source, viewer)] == ["access"] * 3
            async with asyncio.timeout(5):
                async for _ in events.aiter_bytes():
                    pass
            assert {one["id"] for one in await client.get("/api/keys")} == {"setting", other["id"]}
            rooms.say("1-0", "still here", rev=1, final=True)
            assert (await receive(bystander, "caption"))["caption"]["committed"] == "still here"


async def test_a_rotated_key_keeps_its_id_and_loses_its_children() -> None:
    """The new secret works, the old one and the keys made with it do not; label, role and end stay."""
    rooms = HostedRooms(key=ADMIN)
    async with api(rooms) as client:
        old = (await client.ask("POST", "/api/keys", role="operator", room="main", label="desk")).json()
        child = (await client.ask("POST", "/api/rooms/main/keys", old["key"], role="viewer")).json()
        async with client.socket("viewer", old["key"]) as socket:
            new = (await client.ask("POST", f"/api/rooms/main/keys/{old['id']}/rotate", old["key"])).json()
            assert await closed_by(socket) == "access"
        same = ("id", "room", "role", "label", "created_ms", "expires_ms")
        assert [new[name] for name in same] == [old[name] for name in same]
        assert new["is_own"]
        (listed,) = await client.get("/api/rooms/main/keys", new["key"])
        assert listed["id"] == old["id"] != child["id"]
        for secret in (old["key"], child["key"]):
            assert (await client.ask("GET", "/api/rooms/main/captions?before=9", secret)).status_code == 401


async def test_one_request_renews_all_links_of_a_room() -> None:
    """Every key of the room gets a new secret, that of the request too; other rooms keep theirs."""
    rooms = HostedRooms(key=ADMIN)
    async with api(rooms) as client:
        hall, attic = [(await client.ask("POST", "/api/rooms", name=name)).json() for name in ("hall", "attic")]
        old = {one["role"]: one for one in hall["keys"]}
        answer = await client.ask("POST", "/api/rooms/hall/renew", old["operator"]["key"])
        assert answer.status_code == 200
        new = {one["role"]: one for one in answer.json()}
        assert {one["id"] for one in new.values()} == {one["id"] for one in old.values()}
        assert [role for role, one in new.items() if one["is_own"]] == ["operator"]
        for role in ("viewer", "source", "operator"):
            path = "/api/rooms/hall/captions?before=9"
            assert (await client.ask("GET", path, old[role]["key"])).status_code == 401
            assert (await client.ask("GET", path, new[role]["key"])).status_code == 200
        assert (await client.ask("POST", "/api/rooms/hall/renew", new["source"]["key"])).status_code == 401
        assert (await client.ask("POST", "/api/rooms/hall/renew", attic["keys"][2]["key"])).status_code == 401
        attic_path = "/api/rooms/attic/captions?before=9"
        assert (await client.ask("GET", attic_path, attic["keys"][0]["key"])).status_code == 200


async def test_an_operator_manages_the_keys_of_its_room_only() -> None:
    """Keys of other rooms and of the service cannot be seen, made, renewed or revoked with an operator's key."""
    rooms = HostedRooms(key=ADMIN)
    await rooms.create_room("hall", RoomSettings())
    _, operators = await rooms.keyring.create_key("main", "operator")
    foreign, _ = await rooms.keyring.create_key("hall", "viewer")
    admin, _ = await rooms.keyring.create_key(None, "admin")
    async with api(rooms) as client:
        for role in ("admin", "metrics"):
            refused = await client.ask("POST", "/api/rooms/main/keys", operators, role=role)
            assert (refused.status_code, "viewer, source or operator" in refused.text) == (422, True)
        for key_id in (foreign.id, admin.id, "setting", "local", "0" * 12):
            for method, path in (("DELETE", ""), ("POST", "/rotate")):
                refused = await client.ask(method, f"/api/rooms/main/keys/{key_id}{path}", operators)
                assert (refused.status_code, f"there is no {key_id}" in refused.text) == (404, True)
                assert (await client.ask(method, f"/api/keys/{key_id}{path}", operators)).status_code == 401
        assert (await client.ask("GET", "/api/keys", operators)).status_code == 401
        assert (await client.ask("POST", "/api/keys", operators, role="viewer", room="main")).status_code == 401
        assert rooms.keyring.get(foreign.id)


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"role": "viewer"}, 422, "Expected a room for the role viewer"),
        ({"role": "admin", "room": "main"}, 422, "Expected no room for the role admin"),
        ({"role": "metrics", "room": "main"}, 422, "Expected no room for the role metrics"),
        ({"role": "viewer", "room": "nowhere"}, 404, "There is no room called nowhere"),
        ({"role": "owner", "room": "main"}, 422, "Invalid value in body.role"),
    ],
)
async def test_a_wrong_request_for_a_key_is_refused_in_a_sentence(
    body: dict[str, str], status: int, sentence: str
) -> None:
    """Room and role must fit, and the room must exist."""
    async with api(HostedRooms(key=ADMIN)) as client:
        answer = await client.ask("POST", "/api/keys", **body)
        assert (answer.status_code, answer.json()["message"].startswith(sentence)) == (status, True)


async def test_the_key_of_the_settings_says_how_it_ends() -> None:
    """It is in the list, and the answer to revoking it says what to do instead."""
    async with api(HostedRooms(key=ADMIN)) as client:
        for method, path in (("DELETE", ""), ("POST", "/rotate")):
            answer = await client.ask(method, f"/api/keys/setting{path}")
            assert (answer.status_code, "change SURTITLE_KEY" in answer.text) == (422, True)


async def test_an_admin_key_that_was_created_is_listed_and_ends() -> None:
    """A second admin key is listed, makes keys, and is invalid once revoked, with all that it made."""
    async with api(HostedRooms(key=ADMIN)) as client:
        second = (await client.ask("POST", "/api/keys", role="admin", label="Ada")).json()
        made = (await client.ask("POST", "/api/rooms", second["key"], name="hall")).json()
        assert second["id"] in [one["id"] for one in await client.get("/api/keys")]
        assert (await client.ask("DELETE", f"/api/keys/{second['id']}")).status_code == 204
        assert (await client.ask("GET", "/api/rooms", second["key"])).status_code == 401
        for key in made["keys"]:
            assert (await client.ask("GET", "/api/rooms/hall/captions?before=9", key["key"])).status_code == 401


async def test_a_scrapers_key_reads_the_metrics_only() -> None:
    """A key with the role metrics gets /metrics and nothing else, no socket either."""
    async with api(HostedRooms(key=ADMIN)) as client:
        scraper = (await client.ask("POST", "/api/keys", role="metrics", label="prometheus")).json()["key"]
        answer = await client.ask("GET", "/metrics", scraper)
        assert (answer.status_code, "surtitle" in answer.text) == (200, True)
        for path in ("/api/rooms", "/api/keys", "/api/rooms/main", "/api/rooms/main/captions?before=9"):
            assert (await client.ask("GET", path, scraper)).status_code == 401
        async with connect(f"ws://127.0.0.1:{client.port}/ws/main") as socket:
            await socket.send(json.dumps({"type": "hello", "role": "viewer", "key": scraper}))
            assert await closed_by(socket) == "access"
