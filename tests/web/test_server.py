"""The application and its server over HTTP."""

import errno
import socket

import httpx
import pytest

from app.errors import AddressError
from app.web.listener import Listener
from app.web.server import bind
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms

KEY = {"Authorization": "Bearer right"}
WRONG = {"Authorization": "Bearer wrong"}


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/healthz", {}, 200),
        ("/readyz", {}, 200),
        ("/metrics", {}, 401),
        ("/metrics", KEY, 200),
        ("/api/rooms", {}, 401),
        ("/api/rooms", WRONG, 401),
        ("/api/rooms", KEY, 200),
        ("/api/rooms/main", WRONG, 401),
        ("/api/rooms/other", WRONG, 401),
        ("/transcript/main.srt", WRONG, 401),
        ("/transcript/main.srt", KEY, 200),
        ("/api/openapi.json", {}, 200),
        ("/overlay/other", {}, 200),
        ("/c/ABCDEF", {}, 404),
        ("/static/overlay/overlay.js", {}, 200),
        ("/static/../pyproject.toml", {}, 404),
    ],
)
async def test_routes_need_a_key_except_health_and_pages(path: str, headers: dict[str, str], status: int) -> None:
    """Routes with content of the meeting need a key; health checks and pages do not."""
    async with (
        serve_rooms(HostedRooms(key="right")) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        assert (await client.get(path, headers=headers)).status_code == status


def test_an_address_that_cannot_be_bound_gets_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port in use, an address of another machine and a port of the system are found before anything slow begins."""

    def refuse(listener: Listener, address: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(AddressError, match="taken by another program"):
        bind("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(AddressError, match="an address of this machine"):
        bind("192.0.2.1", 0)
    monkeypatch.setattr(Listener, "bind", refuse)
    with pytest.raises(AddressError, match="may not open port 80: the system keeps it"):
        bind("127.0.0.1", 80)
