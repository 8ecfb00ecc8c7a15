"""The backup of a running service over REST."""

import asyncio
from io import BytesIO
from typing import BinaryIO

import httpx

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms


async def test_only_the_machines_own_keys_get_a_backup() -> None:
    """An admin's link does not, because a backup contains secrets that REST never returns."""
    rooms = HostedRooms(key="right")
    _, admin = await rooms.keyring.create_key(None, "admin")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        refused = await client.post("/api/backup", headers={"Authorization": f"Bearer {admin}"})
        assert (refused.status_code, "SURTITLE_KEY" in refused.json()["message"]) == (422, True)
        answer = await client.post("/api/backup", headers={"Authorization": "Bearer right"})
        assert (answer.status_code, answer.content) == (200, b"a backup")


class SlowRooms(HostedRooms):
    """Rooms whose backup takes until a test allows its end."""

    has_begun: asyncio.Event
    may_end: asyncio.Event

    async def make_backup(self) -> BinaryIO:
        """Wait, and return a few bytes."""
        self.has_begun.set()
        await self.may_end.wait()
        return BytesIO(b"a backup")


async def test_one_backup_is_made_at_a_time() -> None:
    """A second request meanwhile is asked to come back, so that copies do not fill the disk."""
    rooms = SlowRooms(key="right")
    rooms.has_begun, rooms.may_end = asyncio.Event(), asyncio.Event()
    headers = {"Authorization": "Bearer right"}
    async with serve_rooms(rooms) as port, httpx.AsyncClient(headers=headers) as client:
        address = f"http://127.0.0.1:{port}/api/backup"
        first = asyncio.create_task(client.post(address))
        await rooms.has_begun.wait()
        second = await client.post(address)
        assert (second.status_code, second.headers["retry-after"]) == (429, "60")
        rooms.may_end.set()
        assert (await first).content == b"a backup"
