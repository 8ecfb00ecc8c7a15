"""What is checked before a request is read."""

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest

from app.store.rooms import RoomSettings
from app.web.api import GLOSSARY_BODY_MAX
from app.web.guard import FIELDS_MAX
from app.web.request_rates import BY_NETWORK, RequestKind, RequestRate
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.raw_peer import AUTHORIZED, KEY, ServiceProcess, running_service
from tests.support.waiting import wait_until

LIMITED: dict[RequestKind, str] = {
    "history": "/api/rooms/main/captions?before=9",
    "transcript": "/transcript/main.srt",
    "export": "/api/rooms/main/export",
    "qr": "/qr/main.svg",
    "hello": "/api/rooms/main/events",
}


@pytest.mark.parametrize("kind", list(LIMITED))
async def test_costly_routes_have_a_rate_limit(kind: RequestKind, monkeypatch: pytest.MonkeyPatch) -> None:
    """One request too many gets 429, a time to wait and a sentence, and is counted for the address and the key."""
    monkeypatch.setitem(BY_NETWORK, kind, RequestRate(0, 0.01, 7, "It was asked for too often. Try again."))
    rooms = HostedRooms(key="right")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        refused = await client.get(LIMITED[kind], headers={"Authorization": "Bearer right"})
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
        assert refused.json() == {"code": "busy", "message": "It was asked for too often. Try again."}
        stranger = await client.get(LIMITED[kind], headers={"Authorization": "Bearer wrong"})
        assert stranger.status_code == 401


POST = "POST /api/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def locked() -> Iterator[ServiceProcess]:
    """Serve with one admin key."""
    with running_service(key=KEY) as service:
        yield service


@pytest.mark.parametrize("secret", ["", "guessed"])
@pytest.mark.parametrize("length", [60_000, 1 << 40])
def test_a_stranger_is_refused_before_the_body_arrives(locked: ServiceProcess, secret: str, length: int) -> None:
    """The answer to a request without a right key comes although nothing of its body was sent, whatever its size."""
    header = f"Authorization: Bearer {secret}\r\n" if secret else ""
    with locked.peer() as peer:
        assert b" 401 " in peer.send(f"{POST}{header}Content-Length: {length}\r\n\r\n".encode()).answer()


@pytest.mark.parametrize(("length", "status"), [(GLOSSARY_BODY_MAX + 1, 413), (1 << 40, 413)])
def test_a_large_body_is_refused_before_it_arrives(locked: ServiceProcess, length: int, status: int) -> None:
    """With a right key too, a length above the route's limit is refused at once, with an error in JSON."""
    head = f"{POST}Authorization: Bearer {KEY}\r\nContent-Length: {length}\r\n\r\n"
    with locked.peer() as peer:
        answer = peer.send(head.encode()).answer()
        assert (f" {status} ".encode() in answer, b"application/json" in answer) == (True, True)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({f"f{n}": 0 for n in range(20_000)}),
        json.dumps({"outputs": [{}] * 20_000}),
        json.dumps({"name": "new", "languages": [[["de"] * 100] * 100]}),
    ],
)
async def test_many_fields_are_refused_before_validation(body: str) -> None:
    """One sentence names the limit; nothing lists every unknown field."""
    async with serve_rooms(HostedRooms(key=KEY)) as port, httpx.AsyncClient(headers=AUTHORIZED) as client:
        answer = await client.post(f"http://127.0.0.1:{port}/api/rooms", content=body)
    assert answer.status_code == 422
    assert answer.json()["message"] == f"Expected at most {FIELDS_MAX} fields in a request. Send fewer at once."


def test_a_key_that_is_revoked_while_the_body_arrives_does_nothing(locked: ServiceProcess) -> None:
    """The key is checked again when the whole request is there."""
    made = locked.ask(
        f"POST /api/rooms/main/keys HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n"
        'Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{"role": "operator"}'.encode()
    )
    key = json.loads(made.partition(b"\r\n\r\n")[2])
    head = (
        f"PATCH /api/rooms/main HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key['key']}\r\n"
        "Content-Type: application/json\r\nContent-Length: 17\r\n\r\n"
    )
    with locked.peer() as peer:
        peer.send(head.encode() + b'{"notice"')
        revoked = locked.ask(
            f"DELETE /api/rooms/main/keys/{key['id']} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {KEY}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        assert b" 204 " in revoked
        assert b" 401 " in peer.send(b': "Hi!"}').answer()


async def test_every_route_that_is_not_public_has_a_rule() -> None:
    """Every route of the description is guarded, so that none is added without a role."""
    rooms = HostedRooms(key=KEY)
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        described = (await client.get("/api/openapi.json")).json()["paths"]
        for method, path in [(method, path) for path, methods in described.items() for method in methods]:
            answer = await client.request(method, path.replace("{name}", "main").replace("{kind}", "srt"))
            assert answer.status_code == 401, (method, path)


def test_a_client_that_leaves_in_the_midst_of_its_body_is_no_fault(service: ServiceProcess) -> None:
    """A connection that closes before its body is complete is not logged as a fault of the service."""
    begun = "POST /api/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n"
    for _ in range(3):
        with service.peer() as peer:
            peer.send(f"{begun}Authorization: Bearer {KEY}\r\n\r\n{{".encode())
    assert service.get("/healthz").startswith(b"HTTP/1.1 200")


async def test_a_request_that_waits_when_its_key_is_revoked_does_nothing() -> None:
    """Requests that queue for a room cannot open it again after an incident, nor make new rooms."""
    rooms = HostedRooms(key=KEY)
    operator, operators = await rooms.keyring.create_key("main", "operator")
    admin, admins = await rooms.keyring.create_key(None, "admin")
    requests = [
        ("PATCH", "/api/rooms/main", operators, {"is_public": True}),
        ("DELETE", "/api/rooms/main", operators, None),
        ("POST", "/api/rooms", admins, {"name": "hall"}),
    ]
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        async with rooms.context.room_lock("main"), rooms.context.room_lock("hall"):
            asked = [
                asyncio.create_task(
                    client.request(method, path, json=body, headers={"Authorization": f"Bearer {secret}"})
                )
                for method, path, secret, body in requests
            ]
            await wait_until(lambda: n_waiting(rooms) == len(requests))
            await rooms.keyring.revoke(operator.id)
            await rooms.keyring.revoke(admin.id)
        assert [answer.status_code for answer in await asyncio.gather(*asked)] == [401, 401, 401]
    assert (list(rooms.rooms), rooms.public_rooms) == (["main"], [])


def n_waiting(rooms: HostedRooms) -> int:
    """Return how many requests wait for a room's lock."""
    return sum(len(rooms.context.room_lock(name)._waiters or ()) for name in ("main", "hall"))


async def test_keys_of_a_room_end_if_its_maker_is_revoked_before_they_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An admin key that is revoked while its room is created leaves no valid key behind."""
    rooms = HostedRooms(key=KEY)
    admin, admins = await rooms.keyring.create_key(None, "admin")
    create = rooms.create_room

    async def create_late(name: str, settings: RoomSettings) -> None:
        await create(name, settings)
        await rooms.keyring.revoke(admin.id)

    monkeypatch.setattr(rooms, "create_room", create_late)
    async with serve_rooms(rooms) as port, httpx.AsyncClient(headers={"Authorization": f"Bearer {admins}"}) as client:
        await client.post(f"http://127.0.0.1:{port}/api/rooms", json={"name": "hall"})
        assert list(rooms.keyring.list("hall")) == []
