"""The transcript of a room as a file."""

import asyncio

import httpx
import pytest

from app.captions.room_state import Visibility
from app.store.rooms import RoomSettings
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.waiting import wait_until


async def test_readers_get_the_transcript_if_it_is_offered() -> None:
    """Otherwise the message says whom to ask; operators always get it."""
    rooms = HostedRooms(key="right")
    rooms.say("1-1", "said", rev=1, final=True)
    _, viewer = await rooms.keyring.create_key("main", "viewer")
    _, operator = await rooms.keyring.create_key("main", "operator")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def fetch(key: str) -> httpx.Response:
            return await client.get("/transcript/main.txt?lang=original", headers={"Authorization": f"Bearer {key}"})

        refused = await fetch(viewer)
        assert (refused.status_code, refused.json()["code"]) == (401, "access")
        assert "may not download the transcript" in refused.json()["message"]
        assert (await fetch(operator)).text == "said\n"
        rooms.main.set_visibility(Visibility(offers_transcript=True))
        assert (await fetch(viewer)).text == "said\n"


@pytest.mark.parametrize("change", [RoomSettings(), RoomSettings(is_public=True)])
async def test_a_transcript_that_is_not_ready_before_the_room_is_restricted_is_not_given(change: RoomSettings) -> None:
    """A reader who waits for the file when the room becomes private, or the offer ends, is refused."""
    rooms = HostedRooms(key="right")
    public = RoomSettings(is_public=True, showing=Visibility(offers_transcript=True))
    await rooms.context.change_room("main", public)
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        async with rooms.context.downloads._lock:
            asked = asyncio.create_task(client.get("/transcript/main.txt"))
            await wait_until(lambda: rooms.context.downloads._n_waiting)
            await rooms.context.change_room("main", change)
            rooms.say("1-1", "confidential", rev=1, final=True)
        answer = await asked
    assert answer.status_code == 401
    assert "confidential" not in answer.text
