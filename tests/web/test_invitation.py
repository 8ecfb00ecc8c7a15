"""What slides and posters say about a room, for each kind of key."""

import httpx

from app.store.rooms import RoomSettings
from app.web.addresses import PageAddresses
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms


async def test_an_invitation_names_the_code_of_a_public_room_and_the_role_of_the_key() -> None:
    """A private room has no code, and nothing in the answer is a key or another link."""
    rooms = HostedRooms(key="right")
    object.__setattr__(rooms.context, "addresses", PageAddresses(public_url="https://subtitles.example.org"))
    await rooms.create_room("hall", RoomSettings(title="Großer Saal", languages=("de",), code="ABCDEF"))
    viewer, secret = await rooms.keyring.create_key("hall", "viewer")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        address, headers = "/api/rooms/hall/invitation", {"Authorization": f"Bearer {secret}"}
        private = (await client.get(address, headers=headers)).json()
        assert (await client.get(address)).status_code == 401
        await rooms.change_room("hall", RoomSettings(is_public=True, code="ABCDEF"))
        public = (await client.get(address)).json()
        strong = (await client.get(address, headers={"Authorization": "Bearer right"})).json()
    assert private == {
        "room": "hall",
        "title": "Großer Saal",
        "address": "https://subtitles.example.org",
        "code": None,
        "languages": ["de"],
        "tracks": ["original"],
        "role": "viewer",
        "expires_ms": viewer.expires_ms,
    }
    assert (public["code"], public["role"], public["expires_ms"]) == ("ABCDEF", "viewer", None)
    assert strong["role"] == "admin"
