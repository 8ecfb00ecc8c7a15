"""The emergency stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.store.audit_files import read_records
from app.store.audit_log import AuditLog
from app.store.rooms import RoomSettings
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.websocket_client import SESSION, hello

ADMIN = {"Authorization": "Bearer right"}


@asynccontextmanager
async def joining(port: int, room: str, role: str, key: str) -> AsyncIterator[ClientConnection]:
    """Connect to a room while the block lasts."""
    async with connect(f"ws://127.0.0.1:{port}/ws/{room}") as socket:
        first = await hello(
            socket, **{**SESSION, "role": role, "key": key} if role == "source" else {"role": role, "key": key}
        )
        assert first["type"] != "error", first
        yield socket


async def is_closed(socket: ClientConnection) -> bool:
    """Return whether a connection is closed within a second."""
    try:
        async with asyncio.timeout(1):
            while True:
                await socket.recv()
    except ConnectionClosed:
        return True
    except TimeoutError:
        return False


async def test_everybody_is_disconnected_and_listed() -> None:
    """Readers with and without a key, speakers and operators leave within a second, and nobody returns."""
    rooms = HostedRooms(key="right")
    await rooms.create_room("hall", RoomSettings(is_public=True))
    reader, viewer = await rooms.keyring.create_key("main", "viewer", "press")
    _, source = await rooms.keyring.create_key("main", "source")
    _, operator = await rooms.keyring.create_key("main", "operator")
    _, admin = await rooms.keyring.create_key(None, "admin")
    async with (
        serve_rooms(rooms) as port,
        joining(port, "main", "viewer", viewer) as first,
        joining(port, "main", "source", source) as second,
        joining(port, "main", "operator", operator) as third,
        joining(port, "hall", "viewer", "") as fourth,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=ADMIN) as client,
    ):
        report = (await client.post("/api/incident")).json()
        assert await asyncio.gather(*map(is_closed, (first, second, third, fourth))) == [True] * 4
        for key in (viewer, source, operator, admin):
            headers = {"Authorization": f"Bearer {key}"}
            assert (await client.get("/api/rooms/main/captions?before=9", headers=headers)).status_code == 401
        assert (await client.get("/api/rooms/hall/captions?before=9", headers={"Authorization": ""})).status_code == 401
        states = (await client.get("/api/rooms")).json()
    assert [(state["is_open"], state["is_public"], state["code"]) for state in states] == [(False, False, None)] * 2
    assert report["rooms"] == ["hall", "main"]
    assert len(report["keys"]) == 4
    assert report["kept"] == ["setting"]
    assert report["problems"] == []
    shown = {(one["key"], one["role"], one["label"], one["room"], one["address"]) for one in report["connections"]}
    assert (reader.id, "viewer", "press", "main", "127.0.0.1") in shown
    assert (None, "viewer", "", "hall", "127.0.0.1") in shown
    assert len(report["connections"]) == 4


async def test_only_an_admin_may_do_it_and_stays(tmp_path: Path) -> None:
    """An operator is refused; an admin with a key of the keyring keeps it, and the audit log has the figures."""
    rooms = HostedRooms(key="right")
    audit = AuditLog(tmp_path)
    rooms.context = replace(rooms.context, audit=audit)
    _, operator = await rooms.keyring.create_key("main", "operator")
    key, admin = await rooms.keyring.create_key(None, "admin")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        refused = await client.post("/api/incident", headers={"Authorization": f"Bearer {operator}"})
        assert refused.status_code == 401
        assert rooms.main.is_open
        report = (await client.post("/api/incident", headers={"Authorization": f"Bearer {admin}"})).json()
        assert (await client.get("/api/rooms", headers={"Authorization": f"Bearer {admin}"})).status_code == 200
    audit.close()
    assert report["kept"] == sorted([key.id, "setting"])
    (record,) = [record for record in read_records(tmp_path) if record.action == "incident"]
    assert (record.key, record.detail) == (key.id, "1 rooms 1 keys 0 connections")


async def test_a_disk_that_fails_stops_nothing() -> None:
    """Keys are revoked and rooms closed in memory; the answer says what holds only until the next restart."""
    rooms = HostedRooms(key="right")
    _, viewer = await rooms.keyring.create_key("main", "viewer")
    rooms.database.read(lambda connection: connection.execute("PRAGMA query_only = ON"))
    async with (
        serve_rooms(rooms) as port,
        joining(port, "main", "viewer", viewer) as socket,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=ADMIN) as client,
    ):
        report = (await client.post("/api/incident")).json()
        assert await is_closed(socket)
    assert len(report["keys"]) == 1
    (problem,) = report["problems"]
    assert "only until the next restart" in problem


async def test_a_change_under_way_delays_nobodys_disconnection() -> None:
    """While another request holds a room's lock, its readers are disconnected all the same."""
    rooms = HostedRooms(key="right")
    await rooms.create_room("hall", RoomSettings(is_public=True))
    async with (
        serve_rooms(rooms) as port,
        joining(port, "hall", "viewer", "") as socket,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=ADMIN) as client,
    ):
        async with rooms.context.room_lock("hall"):
            waiting = asyncio.create_task(client.post("/api/incident"))
            assert await is_closed(socket)
            assert not waiting.done()
        assert (await waiting).status_code == 200
