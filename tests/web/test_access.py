"""Authorization: every route and every message, for every kind of key."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from app.captions.room_state import SourceState, Visibility
from app.store.access_key import ROLES, Role
from app.store.rooms import RoomSettings
from app.web.token_bucket import TokenBuckets
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.websocket_client import SESSION, frame, receive

ACTORS = ["nobody", "viewer", "source", "operator", "operator elsewhere", "admin", "revoked", "expired", "wrong"]
NEW = {"name": "new"}


@dataclass(frozen=True, slots=True)
class Route:
    """One route and the role it needs; None is for everybody."""

    method: str
    path: str
    needs: Role | None
    status: int
    body: Mapping[str, object] | None = None


ROUTES = [
    Route("GET", "/", None, 200),
    Route("GET", "/overlay/{room}", None, 200),
    Route("GET", "/v/{room}", None, 200),
    Route("GET", "/microphone/{room}", None, 200),
    Route("GET", "/c/ABCDEF", None, 404),
    Route("GET", "/healthz", None, 200),
    Route("GET", "/readyz", None, 200),
    Route("GET", "/static/overlay/overlay.js", None, 200),
    Route("GET", "/api/openapi.json", None, 200),
    Route("GET", "/metrics", "admin", 200),
    Route("GET", "/api/rooms", "admin", 200),
    Route("POST", "/api/rooms", "admin", 201, NEW),
    Route("GET", "/api/rooms/{room}", "operator", 200),
    Route("PATCH", "/api/rooms/{room}", "operator", 200, {"glossary": "Quokka"}),
    Route("GET", "/api/rooms/{room}/export", "operator", 200),
    Route("PATCH", "/api/rooms/{room}/phrases/{phrase}", "operator", 204, {"text": "changed"}),
    Route("POST", "/api/rooms/{room}/search", "operator", 200, {"text": "first"}),
    Route(
        "POST",
        "/api/rooms/{room}/replacements",
        "operator",
        200,
        {"text": "nothing", "replacement": "", "epoch": "e1", "up_to_seq": 0},
    ),
    Route("POST", "/api/rooms/{room}/replacements/{replacement}/undo", "operator", 422),
    Route("PUT", "/api/rooms/{room}/speakers", "operator", 200, {"label": "Speaker 1", "name": "Ada"}),
    Route("GET", "/api/rooms/{room}/voices", "operator", 200),
    Route("PUT", "/api/rooms/{room}/voices", "operator", 200, {"is_on": False}),
    Route("GET", "/api/rooms/{room}/keys", "operator", 200),
    Route("POST", "/api/rooms/{room}/keys", "operator", 201, {"role": "viewer"}),
    Route("POST", "/api/rooms/{room}/keys/{key}/rotate", "operator", 200),
    Route("GET", "/api/keys", "admin", 200),
    Route("POST", "/api/keys", "admin", 201, {"role": "metrics"}),
    Route("POST", "/api/keys/{key}/rotate", "admin", 200),
    Route("DELETE", "/api/keys/{key}", "admin", 204),
    Route("DELETE", "/api/rooms/{room}/keys/{spare}", "operator", 204),
    Route("GET", "/api/rooms/{room}/privacy", "viewer", 200),
    Route("GET", "/api/rooms/{room}/invitation", "viewer", 200),
    Route("GET", "/api/rooms/{room}/events", "viewer", 200),
    Route("GET", "/api/rooms/{room}/captions?before=9", "viewer", 200),
    Route("PATCH", "/api/rooms/{room}/sources/{source}", "operator", 204, {"is_on": False}),
    Route("POST", "/api/rooms/{room}/outputs", "operator", 201, {"kind": "file", "format": "srt"}),
    Route("DELETE", "/api/rooms/{room}/outputs/{output}", "operator", 204),
    Route("GET", "/transcript/{room}.{kind}", "viewer", 200),
    Route("DELETE", "/api/rooms/{room}/captions", "operator", 200),
    Route("DELETE", "/api/rooms/{room}", "operator", 200),
    Route("POST", "/api/backup", "admin", 200),
    Route("POST", "/api/incident", "admin", 200),
]
APART = {("GET", "/qr/{name}.svg"), ("POST", "/api/rooms/{name}/renew"), ("GET", "/api/key"), ("GET", "/api/addresses")}
"""The first needs a viewer key, see test_qr.py; the second ends the key of the request, see test_key_api.py; the
others are for every key, see test_own_key.py and test_addresses_api.py."""

GUARDED = [route for route in ROUTES if route.needs]


async def key_of(rooms: HostedRooms, actor: str) -> str:
    """Return the secret of an actor."""
    if actor in ("nobody", "wrong", "admin"):
        return {"nobody": "", "wrong": "guessed", "admin": "right"}[actor]
    if actor == "operator elsewhere":
        await rooms.create_room("elsewhere", RoomSettings())
        return (await rooms.keyring.create_key("elsewhere", "operator"))[1]
    if actor == "expired":
        secret = (await rooms.keyring.create_key("main", "operator", lasts_s=0.001))[1]
        await asyncio.sleep(0.005)
        return secret
    key, secret = await rooms.keyring.create_key("main", actor if actor in ROLES else "operator")
    if actor == "revoked":
        await rooms.keyring.revoke(key.id)
    return secret


def may(actor: str, needs: Role | None) -> bool:
    """Return whether an actor has a role in the main room."""
    return needs is None or (actor in ROLES and ROLES.index(actor) >= ROLES.index(needs))


async def ask(client: httpx.AsyncClient, route: Route, secret: str, **names: str) -> tuple[int, str]:
    """Request one route and return status and body; of a stream the status only."""
    path = route.path.format(
        **{
            "room": "main",
            "kind": "srt",
            "phrase": "1-0",
            "source": "mic",
            "output": "live.srt",
            "replacement": "0" * 12,
            **names,
        }
    )
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    async with client.stream(route.method, path, headers=headers, json=route.body) as answer:
        is_endless = "event-stream" in answer.headers["content-type"] if "content-type" in answer.headers else False
        return answer.status_code, "" if is_endless else (await answer.aread()).decode()


async def test_the_table_names_every_route() -> None:
    """A new route must be added to the table of this test."""
    async with serve_rooms(HostedRooms()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        described = (await client.get("/api/openapi.json")).json()["paths"]
    paths = [(route.method, route.path.partition("?")[0]) for route in ROUTES]
    known = {
        (method, path.replace("{room}", "{name}", 1).replace("{spare}", "{key}")) for method, path in paths
    } | APART
    assert {(method.upper(), path) for path, methods in described.items() for method in methods} <= known


@pytest.mark.parametrize("actor", ACTORS)
async def test_every_route_is_open_to_its_role_only(actor: str) -> None:
    """Everyone else gets 401 with the same message, and nothing has changed."""
    rooms = HostedRooms(key="right")
    rooms.say("1-0", "first", rev=1, final=True)
    rooms.main.set_source(SourceState("mic", "listening"))
    rooms.main.set_visibility(Visibility(offers_transcript=True))
    victim, _ = await rooms.keyring.create_key("main", "viewer", "victim")
    spare, _ = await rooms.keyring.create_key("main", "viewer", "spare")
    secret = await key_of(rooms, actor)
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answers = set()
        for route in ROUTES:
            before = state_of(rooms)
            rooms.limits._attempts = TokenBuckets()  # there are more routes than wrong keys that one address may try
            status, body = await ask(client, route, secret, key=victim.id, spare=spare.id)
            if may(actor, route.needs):
                assert status == route.status, route
            else:
                assert status == 401, route
                assert state_of(rooms) == before
                answers.add(body)
    assert len(answers) <= 1


def state_of(rooms: HostedRooms) -> object:
    """Return everything that a request could change."""
    settings = {name: rooms.get_room_settings(name) for name in rooms.rooms}
    return settings, [key.id for key in rooms.keyring.list()], rooms.main.last_seq, rooms.main.epoch


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("role", ["viewer", "source"])
async def test_the_socket_opens_to_its_role_only(actor: str, role: Role) -> None:
    """A hello with a key for less gets the message of a wrong key and close code 1008."""
    rooms = HostedRooms(key="right")
    secret = await key_of(rooms, actor)
    async with serve_rooms(rooms) as port, connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
        given = SESSION if role == "source" else {"role": "viewer"}
        await socket.send(json.dumps({"type": "hello", **given, "key": secret}))
        answer = await receive(socket)
        if may(actor, role):
            assert answer["type"] == "welcome"
            return
        assert (answer["code"], answer["message"][:28]) == ("access", "This link is not valid here.")
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    assert rooms.sources == {}


END = json.dumps({"type": "end"})
SOUND = frame(0, 1600)
MESSAGES: list[str | bytes] = [
    json.dumps({"type": "hello", "role": "viewer", "key": "right"}),
    json.dumps({"type": "hello", **SESSION, "key": "right"}),
    END,
    json.dumps({"type": "caption", "caption": {"phrase": "1-0", "committed": "mine"}}),
    json.dumps({"type": "ack", "next_sample": 0}),
    json.dumps({"type": "state", "state": {}}),
    SOUND,
    "",
    b"",
]


async def close_code(address: str, hello: Mapping[str, object], message: str | bytes) -> int:
    """Send a hello and one more message, and return the close code that follows the error."""
    async with connect(address) as socket:
        await socket.send(json.dumps({"type": "hello", **hello}))
        await receive(socket, "snapshot" if hello["role"] == "viewer" else "welcome")
        await socket.send(message)
        assert "Expected" in (await receive(socket, "error"))["message"]
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    return closed.value.rcvd.code if closed.value.rcvd else 0


@pytest.mark.parametrize("actor", ["viewer", "source", "operator", "admin"])
async def test_a_viewers_socket_accepts_no_message(actor: str) -> None:
    """Whatever its key allows elsewhere, a viewer's socket that sends is closed with 1008, and nothing changes."""
    rooms = HostedRooms(key="right")
    secret = await key_of(rooms, actor)
    before = state_of(rooms)
    async with serve_rooms(rooms) as port:
        for message in MESSAGES:
            given: dict[str, object] = {"role": "viewer", "key": secret}
            assert await close_code(f"ws://127.0.0.1:{port}/ws/main", given, message) == 1008
            assert state_of(rooms) == before
            assert rooms.sources == {}


async def test_a_sources_socket_accepts_sound_and_end_only() -> None:
    """Whatever its key allows elsewhere, any other message closes a source's socket, and nothing changes."""
    rooms = HostedRooms(key="right")
    before = state_of(rooms)
    async with serve_rooms(rooms) as port:
        for message in MESSAGES:
            if message in (SOUND, END):
                continue
            assert await close_code(f"ws://127.0.0.1:{port}/ws/main", SESSION | {"key": "right"}, message) == 1008
            assert state_of(rooms) == before
            [source] = rooms.sources.values()
            assert (source.next_sample, source.is_closed) == (0, False)


@pytest.mark.parametrize("secret", ["", "guessed", "of another room"])
async def test_unknown_rooms_answer_like_known_rooms(secret: str) -> None:
    """Without a right key, status, headers and body do not show whether a room exists, over HTTP and sockets."""
    rooms = HostedRooms(key="right")
    if secret == "of another room":
        secret = await key_of(rooms, "operator elsewhere")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for route in GUARDED:
            if "{room}" not in route.path or route.needs == "admin":
                continue
            rooms.limits._attempts = TokenBuckets()
            one, other = [
                await ask(client, route, secret, room=room, key="0" * 12, spare="0" * 12)
                for room in ("main", "nowhere")
            ]
            assert one == other
            assert one[0] == 401
        answers = []
        for room in ("main", "nowhere"):
            async with connect(f"ws://127.0.0.1:{port}/ws/{room}") as socket:
                await socket.send(json.dumps({"type": "hello", "role": "viewer", "key": secret}))
                answers.append(await receive(socket))
    assert answers[0] == answers[1]


async def test_a_public_room_needs_no_key_to_read() -> None:
    """Socket, stream and transcript need no key; everything else does."""
    rooms = HostedRooms(key="right")
    showing = Visibility(offers_transcript=True)
    await rooms.change_room("main", RoomSettings(is_public=True, code="ABCDEF", showing=showing))
    rooms.say("1-0", "first", rev=1, final=True)
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for route in GUARDED:
            expected = 200 if route.needs == "viewer" else 401
            assert (await ask(client, route, "", key="0" * 12, spare="0" * 12))[0] == expected, route
        for given, first in (({"role": "viewer"}, "welcome"), (SESSION, "error")):
            async with connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
                await socket.send(json.dumps({"type": "hello", **given}))
                assert (await receive(socket))["type"] == first
    assert rooms.sources == {}


async def test_readers_leave_a_room_that_is_removed() -> None:
    """Readers with an admin key, or without a key, are disconnected with a message too."""
    rooms = HostedRooms(key="right")
    headers = {"Authorization": "Bearer right"}
    async with (
        serve_rooms(rooms) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
        connect(f"ws://127.0.0.1:{port}/ws/main") as socket,
        client.stream("GET", "/api/rooms/main/events", headers=headers) as stream,
    ):
        await socket.send(json.dumps({"type": "hello", "role": "viewer", "key": "right"}))
        await receive(socket, "snapshot")
        assert (await client.delete("/api/rooms/main", headers=headers)).status_code == 200
        async with asyncio.timeout(2):
            assert (await receive(socket, "error"))["code"] == "room"
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            assert [line async for line in stream.aiter_lines()]
