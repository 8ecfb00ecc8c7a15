"""Where the pages open, as the service says it to pages with a key."""

from dataclasses import replace

import httpx

from app.web.addresses import PageAddresses
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms


async def test_a_valid_key_learns_where_the_pages_open() -> None:
    """A service with its own certificate names the page that explains it, and an address without TLS."""
    rooms = HostedRooms(key="right")
    addresses = PageAddresses("0.0.0.0", is_https=True, list_networks=lambda: ["192.0.2.7", "10.0.0.5"])
    addresses.needs_trust = True
    rooms.context = replace(rooms.context, addresses=addresses)
    _, viewer = await rooms.keyring.create_key("main", "viewer")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/api/addresses")).status_code == 401
        assert (await client.get("/api/addresses", headers={"Authorization": f"Bearer {viewer}"})).json() == {
            "own": "http://127.0.0.1:8000",
            "main": "https://192.0.2.7:8000",
            "others": ["https://10.0.0.5:8000"],
            "certificate_page": "http://192.0.2.7:8000/certificate",
        }
