"""Links as QR codes, compared module by module."""

import re

import httpx
import pytest
import segno

from app.store.rooms import RoomSettings
from app.web.addresses import PageAddresses
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms


def drawn(link: str) -> str:
    """Return the expected path of the code for a link."""
    return path(segno.make(link, error="m", micro=False).svg_inline(border=4, scale=8, dark="#000", light="#fff"))


def public_at(rooms: HostedRooms, address: str) -> None:
    """Let other devices open the pages at an address."""
    object.__setattr__(rooms.context, "addresses", PageAddresses(public_url=address))


def path(svg: str) -> str:
    """Return the path of the dark modules of an image."""
    return str(re.findall(r'<path[^>]* d="([^"]+)"', svg)[-1])


@pytest.mark.parametrize("is_public", [False, True])
async def test_a_code_opens_the_audience_page(is_public: bool) -> None:
    """It contains the link with the key of the request; of a public room the short link without a key."""
    rooms = HostedRooms(key="right")
    await rooms.create_room("hall", RoomSettings(is_public=is_public, code="ABCDEF" if is_public else ""))
    _, secret = await rooms.keyring.create_key("hall", "viewer")
    public_at(rooms, "http://192.0.2.7:8000")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.get("/qr/hall.svg", headers={"Authorization": f"Bearer {secret}"})
        assert answer.headers["content-type"] == "image/svg+xml"
        page = "c/ABCDEF" if is_public else f"v/hall#{secret}"
        assert path(answer.text) == drawn(f"http://192.0.2.7:8000/{page}")
        assert secret not in answer.text


@pytest.mark.parametrize("role", ["source", "operator", "admin"])
async def test_a_code_contains_viewer_keys_only(role: str) -> None:
    """Everybody sees the code, so a request with a stronger key is refused."""
    rooms = HostedRooms(key="right")
    secret = "right" if role == "admin" else (await rooms.keyring.create_key("main", role))[1]  # type: ignore[arg-type]
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.get("/qr/main.svg", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.json()["code"]) == (422, "settings")
    assert "viewer key" in answer.json()["message"]


async def test_the_code_of_a_microphone_page_contains_a_key_that_speaks() -> None:
    """It is drawn for a source key and no other, and a public room's code keeps the key."""
    rooms = HostedRooms(key="right")
    await rooms.create_room("hall", RoomSettings(is_public=True, code="ABCDEF"))
    secrets = {role: (await rooms.keyring.create_key("hall", role))[1] for role in ("viewer", "source", "operator")}
    public_at(rooms, "http://192.0.2.7:8000")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answers = {
            role: await client.get("/qr/hall.svg?role=source", headers={"Authorization": f"Bearer {secret}"})
            for role, secret in {**secrets, "admin": "right", "nobody": "wrong"}.items()
        }
    assert path(answers.pop("source").text) == drawn(f"http://192.0.2.7:8000/microphone/hall#{secrets['source']}")
    assert {answer.status_code for answer in answers.values()} == {422}


async def test_a_local_request_with_the_key_of_another_room_puts_no_key_into_the_code() -> None:
    """Programs of this machine read without a key; one that does not open the room stays out of the code."""
    rooms = HostedRooms()
    await rooms.create_room("hall", RoomSettings())
    _, secret = await rooms.keyring.create_key("hall", "operator")
    public_at(rooms, "http://192.0.2.7:8000")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.get("/qr/main.svg", headers={"Authorization": f"Bearer {secret}"})
    assert path(answer.text) == drawn("http://192.0.2.7:8000/v/main")


async def test_a_code_needs_access_to_the_room() -> None:
    """Without a key, with a wrong one, and for an unknown room the response is the same."""
    rooms = HostedRooms(key="right")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answers = [
            await client.get("/qr/main.svg"),
            await client.get("/qr/main.svg", headers={"Authorization": "Bearer wrong"}),
            await client.get("/qr/nothing.svg"),
        ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}


async def test_a_code_has_the_address_for_other_devices() -> None:
    """The link begins with that address, whatever host the request names; without one there is a sentence."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        refused = await client.get("/qr/main.svg", headers={"Host": f"127.0.0.1:{port}"})
        assert (refused.status_code, "--host 0.0.0.0" in refused.json()["message"]) == (422, True)
        public_at(rooms, "https://subtitles.example.org/")
        assert path((await client.get("/qr/main.svg")).text) == drawn("https://subtitles.example.org/v/main")
