"""HTTP errors: a code for programs and a message for people."""

import httpx
import pytest

from app.errors import AccessError, BusyError, RoomError, SettingsError, StoreError
from app.web.error_responses import STATUS
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.raw_peer import AUTHORIZED


async def test_an_unknown_room_gets_a_message() -> None:
    """The message names the room that was requested."""
    async with serve_rooms(HostedRooms()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.get("/api/rooms/hall", headers=AUTHORIZED)
    assert answer.status_code == 404
    assert answer.json() == {"code": "room", "message": "There is no room called hall here."}


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code", "message"),
    [
        ("GET", "/nowhere", b"", 404, "path", "There is nothing at this address."),
        ("PUT", "/api/rooms", b"", 405, "method", "This address does not allow this method."),
        ("POST", "/api/rooms", b"{", 422, "settings", "Invalid value in body.1: "),
        ("POST", "/api/rooms", b"\xff", 400, "request", "Expected a body of JSON in UTF-8."),
        ("POST", "/api/rooms", b'{"name": "hall", "colour": "red"}', 422, "settings", "Invalid value in body.colour: "),
    ],
)
async def test_errors_of_the_framework_have_the_same_form(
    method: str, path: str, content: bytes, status: int, code: str, message: str
) -> None:
    """Errors that the framework finds have a code and a message like our own."""
    async with serve_rooms(HostedRooms()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        headers = AUTHORIZED | {"Content-Type": "application/json"}
        answer = await client.request(method, path, content=content or None, headers=headers)
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.json()["message"].startswith(message)


async def test_a_browser_gets_the_message_on_a_page() -> None:
    """A person who opens a wrong address reads a sentence, and nothing of the address is run or repeated."""
    async with serve_rooms(HostedRooms()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        client.headers["Accept"] = "text/html,*/*;q=0.8"
        answer = await client.get("/nowhere/<b>")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "There is no page at this address." in answer.text
        assert "<b>" not in answer.text
        code = await client.get("/c/WRONG2")
        assert "There is no public room with this code." in code.text


def test_every_error_has_a_status() -> None:
    """Each kind of error that a route can raise is mapped to a status of its own."""
    assert set(STATUS) >= {RoomError, AccessError, BusyError, SettingsError, StoreError}
    assert len(set(STATUS.values())) == len(STATUS)
