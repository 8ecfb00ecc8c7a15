"""What is checked before a request is read."""

import httpx
import pytest

from app.web.request_rates import BY_NETWORK, RequestKind, RequestRate
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms

LIMITED: dict[RequestKind, str] = {
    "history": "/api/rooms/main/captions?before=9",
    "transcript": "/transcript/main.srt",
    "export": "/api/rooms/main/export",
    "qr": "/qr/main.svg",
    "hello": "/api/rooms/main/events",
}


@pytest.mark.parametrize("kind", list(LIMITED))
async def test_costly_routes_have_a_rate_limit(kind: RequestKind, monkeypatch: pytest.MonkeyPatch) -> None:
    """One request too many gets 429, a time to wait and a sentence, and is counted for the address and the key."""
    monkeypatch.setitem(BY_NETWORK, kind, RequestRate(0, 0.01, 7, "It was asked for too often. Try again."))
    rooms = HostedRooms(key="right")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        refused = await client.get(LIMITED[kind], headers={"Authorization": "Bearer right"})
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
        assert refused.json() == {"code": "busy", "message": "It was asked for too often. Try again."}
        stranger = await client.get(LIMITED[kind], headers={"Authorization": "Bearer wrong"})
        assert stranger.status_code == 401
