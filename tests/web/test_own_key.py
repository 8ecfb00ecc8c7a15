"""What a key opens, as the service says it to the page that has the key."""

import httpx

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms


async def test_every_valid_key_learns_what_it_opens() -> None:
    """Role and room of any key are returned; a wrong key and none get the refusal of every other route."""
    rooms = HostedRooms(key="right")
    made = {role: (await rooms.keyring.create_key("main", role))[1] for role in ("viewer", "source", "operator")}
    figures = (await rooms.keyring.create_key(None, "metrics"))[1]
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def ask(key: str) -> httpx.Response:
            return await client.get("/api/key", headers={"Authorization": f"Bearer {key}"} if key else {})

        for role, secret in made.items():
            answer = (await ask(secret)).json()
            assert (answer["role"], answer["room"]) == (role, "main")
            assert answer["expires_ms"] > 0
        assert (await ask("right")).json() == {"role": "admin", "room": None, "expires_ms": None}
        assert (await ask(figures)).json()["role"] == "metrics"
        for wrong in ("guessed", ""):
            refused = await ask(wrong)
            assert refused.status_code == 401
            assert refused.json()["message"].startswith("This link is not valid here.")
