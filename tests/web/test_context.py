"""Entering a room: unknown rooms are not revealed, and closed rooms accept no readers."""

import json
import statistics
import time

import httpx
from websockets.asyncio.client import connect

from app.store.rooms import RoomSettings
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.websocket_client import SESSION, receive


async def test_response_times_do_not_show_which_rooms_exist() -> None:
    """The response for a room takes as long as for an unknown one, within noise."""
    rooms = HostedRooms(key="right")
    took: dict[str, list[float]] = {"main": [], "none": []}
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(300):
            for room, times in took.items():
                began = time.perf_counter()
                assert (await client.get(f"/api/rooms/{room}")).status_code == 401
                times.append(time.perf_counter() - began)
    one, other = (statistics.median(times) for times in took.values())
    assert abs(one - other) < 0.25 * max(one, other)


async def test_a_thousand_names_find_nothing() -> None:
    """Guessing names without a key gets the same response for all; with wrong keys, soon 429."""
    rooms = HostedRooms(key="right")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        names = ["main", *(f"room{i}" for i in range(999))]
        heard = {(answer.status_code, answer.text) for answer in [await client.get(f"/api/rooms/{n}") for n in names]}
        assert {status for status, _ in heard} == {401}
        assert len(heard) == 1
        wrong = {"Authorization": "Bearer guessed"}
        statuses = [(await client.get(f"/api/rooms/{name}", headers=wrong)).status_code for name in names[:100]]
        assert statuses[:30] == [401] * 30
        assert set(statuses[31:]) == {429}
        right = {"Authorization": "Bearer right"}
        assert (await client.get("/api/rooms/main", headers=right)).status_code == 200


async def test_an_admin_learns_that_a_room_does_not_exist() -> None:
    """An admin gets 404 and the name of the room, over HTTP and on the socket."""
    async with (
        serve_rooms(HostedRooms(key="right")) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        answer = await client.get("/api/rooms/hall", headers={"Authorization": "Bearer right"})
        assert (answer.status_code, answer.json()["code"]) == (404, "room")
        async with connect(f"ws://127.0.0.1:{port}/ws/hall") as socket:
            await socket.send(json.dumps({"type": "hello", "role": "viewer", "key": "right"}))
            assert (await receive(socket))["code"] == "room"


async def test_a_closed_room_accepts_no_readers() -> None:
    """Socket and stream are refused with any key; the message says that the room is closed."""
    rooms = HostedRooms(key="right")
    await rooms.change_room("main", RoomSettings(is_open=False))
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.get("/api/rooms/main/events", headers={"Authorization": "Bearer right"})
        assert (answer.status_code, answer.json()["message"][:20]) == (404, "This room is closed.")
        for given in ({"role": "viewer"}, SESSION):
            async with connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
                await socket.send(json.dumps({"type": "hello", **given, "key": "right"}))
                assert (await receive(socket))["message"].startswith("This room is closed.")
