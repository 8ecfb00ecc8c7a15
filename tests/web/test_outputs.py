"""The outputs of a room over REST: they are added and removed one by one; secrets are never returned."""

from typing import Any

import httpx
import pytest

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms

SECRET = "0f3a9c52d1e4b7"
ZOOM = f"https://wmcapi.zoom.us/closedcaption?id=200610693&ns=GZHkEA==&expire=86400&signature={SECRET}"


def client_of(port: int, key: str) -> httpx.AsyncClient:
    """Return a client with a key."""
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {key}"})


async def test_outputs_are_added_and_removed() -> None:
    """Each output has an id of its own; adding an existing file changes nothing."""
    rooms = HostedRooms(key="right")
    async with serve_rooms(rooms) as port, client_of(port, "right") as client:
        names = []
        wanted: list[dict[str, Any]] = [
            {"kind": "file", "format": "srt", "track": "en"},
            {"kind": "zoom", "url": ZOOM, "language": "de-DE"},
            {"kind": "obs", "password": SECRET, "scene": "Talk"},
        ]
        for one in wanted:
            made = await client.post("/api/rooms/main/outputs", json=one)
            assert made.status_code == 201, made.text
            assert {name: made.json()[name] for name in one if name not in ("url", "password")}.items() <= one.items()
            names.append(made.json()["id"])
        again = await client.post("/api/rooms/main/outputs", json=wanted[0])
        assert again.json()["id"] == names[0] == "en.srt"
        kinds = [output["kind"] for output in (await client.get("/api/rooms/main")).json()["outputs"]]
        assert sorted(kinds) == ["file", "obs", "zoom"]
        assert (await client.patch("/api/rooms/main", json={"outputs": [{"format": "vtt"}]})).status_code == 200
        kinds = [output["kind"] for output in (await client.get("/api/rooms/main")).json()["outputs"]]
        assert kinds == ["zoom", "obs", "file"]  # a change of the files touches no others
        assert (await client.delete(f"/api/rooms/main/outputs/{names[1]}")).status_code == 204
        assert (await client.delete(f"/api/rooms/main/outputs/{names[1]}")).status_code == 404
        kinds = [output["kind"] for output in (await client.get("/api/rooms/main")).json()["outputs"]]
        assert kinds == ["obs", "file"]


async def test_secrets_are_never_returned() -> None:
    """They are in no response: not when the output is added, nor later, nor in exports or errors."""
    rooms = HostedRooms(key="right")
    async with serve_rooms(rooms) as port, client_of(port, "right") as client:
        told = [
            (await client.post("/api/rooms/main/outputs", json={"kind": "zoom", "url": ZOOM})).text,
            (await client.post("/api/rooms/main/outputs", json={"kind": "obs", "password": SECRET})).text,
            (await client.post("/api/rooms/main/outputs", json={"kind": "zoom", "url": ZOOM, "language": "?"})).text,
            (await client.get("/api/rooms/main")).text,
            (await client.get("/api/rooms")).text,
            (await client.get("/api/rooms/main/export")).text,
            (await client.patch("/api/rooms/main", json={"notice": "x"})).text,
        ]
    assert not [text for text in told if SECRET in text]
    assert SECRET not in repr(rooms.get_room_settings("main"))
    assert SECRET in rooms.get_room_settings("main").to_json()


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "fax", "url": ZOOM},
        {"url": ZOOM},
        {"kind": "zoom"},
        {"kind": "zoom", "url": ZOOM, "password": "x"},
        {"kind": "file", "format": "exe"},
        {"kind": "obs", "port": 0},
        {"kind": "obs", "host": "http://x/"},
        {"kind": "obs", "overlay": "javascript:alert(1)"},
    ],
)
async def test_an_invalid_output_is_refused(body: dict[str, Any]) -> None:
    """The response has a message, and nothing has changed."""
    rooms = HostedRooms(key="right")
    async with serve_rooms(rooms) as port, client_of(port, "right") as client:
        answer = await client.post("/api/rooms/main/outputs", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "settings")
        assert SECRET not in answer.text
    assert rooms.get_room_settings("main").outputs == ()


async def test_only_an_admin_may_add_obs() -> None:
    """The service opens the address of OBS, so an operator of one room may not choose it."""
    rooms = HostedRooms(key="right")
    _, operator = await rooms.keyring.create_key("main", "operator")
    async with serve_rooms(rooms) as port, client_of(port, operator) as client:
        refused = await client.post("/api/rooms/main/outputs", json={"kind": "obs", "host": "10.0.0.1"})
        assert (refused.status_code, "admin key" in refused.json()["message"]) == (422, True)
        assert (await client.post("/api/rooms/main/outputs", json={"kind": "zoom", "url": ZOOM})).status_code == 201


async def test_a_room_has_at_most_sixteen_outputs() -> None:
    """The seventeenth is refused."""
    rooms = HostedRooms(key="right")
    async with serve_rooms(rooms) as port, client_of(port, "right") as client:
        answers = [await client.post("/api/rooms/main/outputs", json={"kind": "zoom", "url": ZOOM}) for _ in range(17)]
    assert [answer.status_code for answer in answers] == [201] * 16 + [422]
    assert "at most 16 outputs" in answers[-1].json()["message"]
