"""The routes for monitoring."""

import httpx

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms


async def test_a_service_without_its_model_is_healthy_but_not_ready() -> None:
    """A watchdog does not restart it, and a load balancer waits."""
    rooms = HostedRooms()
    rooms.is_ready = False
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/healthz")).status_code == 200
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "starting")
