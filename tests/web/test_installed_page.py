"""What a browser needs to install the audience page."""

import httpx

from app.web.static_dir import static_dir
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms


async def test_the_manifest_is_the_same_whether_the_room_exists_or_not() -> None:
    """It says nothing about the room but the name in its own address, and its icons are there."""
    async with serve_rooms(HostedRooms()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        known = (await client.get("/v/main.webmanifest")).json()
        unknown = (await client.get("/v/nothing.webmanifest")).json()
    assert str(known).replace("main", "nothing") == str(unknown)
    for icon in known["icons"]:
        assert (static_dir() / icon["src"].removeprefix("/static/")).is_file()
