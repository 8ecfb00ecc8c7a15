"""Responses to people and to other programs."""

import json

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.websocket_client import SESSION, frame, hello, receive


async def test_an_unknown_room_gets_a_message() -> None:
    """The message names the room that was requested."""
    async with serve_rooms(HostedRooms()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.get("/api/rooms/hall")
    assert answer.status_code == 404
    assert answer.json() == {"code": "room", "message": "There is no room called hall here."}


async def test_a_service_without_its_model_is_healthy_but_not_ready() -> None:
    """A watchdog does not restart it, and a load balancer waits."""
    rooms = HostedRooms()
    rooms.is_ready = False
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/healthz")).status_code == 200
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "starting")


async def test_the_list_of_rooms_counts_readers() -> None:
    """Each room in the list has its state and the number of its readers."""
    async with serve_rooms(HostedRooms()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        [empty] = (await client.get("/api/rooms")).json()
        async with connect(f"ws://127.0.0.1:{port}/ws/main") as socket:
            await hello(socket)
            await receive(socket, "snapshot")
            [read] = (await client.get("/api/rooms")).json()
    assert (empty["name"], empty["state"]["tracks"], empty["state"]["n_readers"]) == ("main", ["original", "en"], 0)
    assert read["state"]["n_readers"] == 1


@pytest.mark.parametrize("last", [b"short", json.dumps({"type": "chatter"})])
async def test_a_source_with_an_invalid_message_keeps_what_it_sent(last: str | bytes) -> None:
    """The socket is closed with 1008, and the sound before stays acknowledged."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port:
        address = f"ws://127.0.0.1:{port}/ws/main"
        async with connect(address) as socket:
            await hello(socket, **SESSION)
            await socket.send(frame(0, 1600))
            await receive(socket, "ack")
            await socket.send(last)
            assert "Expected" in (await receive(socket, "error"))["message"]
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        async with connect(address) as socket:
            assert (await hello(socket, **SESSION))["next_sample"] == 1600
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
