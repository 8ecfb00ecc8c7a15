"""The first page, in a real browser."""

import re

from playwright.async_api import expect

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.browser import open_page

LINKS = [
    ("Console", "operator", "operator"),
    ("Audience", "v", "viewer"),
    ("Stage", "stage", "viewer"),
    ("Overlay", "overlay", "viewer"),
    ("Speak from this browser", "microphone", "source"),
]
"""Name of a link, the page it leads to, and what its key allows."""


async def test_the_index_leads_to_every_page_with_a_key_of_its_own() -> None:
    """Each link has a key after # with only the rights of its page, and the page fits a phone."""
    rooms = HostedRooms(key="right")
    async with serve_rooms(rooms) as port, open_page(width=320, height=640) as page:
        await page.goto(f"http://127.0.0.1:{port}/#right")
        for name, path, role in LINKS:
            link = page.get_by_role("link", name=name, exact=True)
            await expect(link).to_have_attribute("href", re.compile(rf"^/{path}/main#.{{32}}$"))
            key = rooms.keyring.find(((await link.get_attribute("href")) or "").partition("#")[2])
            assert key is not None
            assert (key.room, key.role) == ("main", role)
        await expect(page.locator(".state")).to_contain_text("Nobody is speaking yet")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
