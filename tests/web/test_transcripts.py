"""The transcript of a room as a file."""

import httpx

from app.captions.room_state import Visibility
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms


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
        assert "is not offered to readers" in refused.json()["message"]
        assert (await fetch(operator)).text == "said\n"
        rooms.main.set_visibility(Visibility(offers_transcript=True))
        assert (await fetch(viewer)).text == "said\n"
