"""Keys pressed at random at the console; the long run is `python -m tests.random_keys`."""

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.random_keys import fill, press_at_random
from tests.support.browser import open_page
from tests.support.raw_peer import KEY


async def test_random_keys_send_nothing_without_a_preview() -> None:
    """None makes a text reach the audience that no preview has shown."""
    rooms = HostedRooms()
    fill(rooms)
    async with serve_rooms(rooms) as port, open_page(width=1440, height=900, forgives="status of") as page:
        address = f"http://127.0.0.1:{port}/operator/main#{KEY}"
        outcome = await press_at_random(page, rooms, address, seed=7, seconds=2)
    assert outcome.n_keys >= 5
    assert outcome.unpreviewed == []
