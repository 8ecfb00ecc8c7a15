"""The first page, in a real browser."""

import re

from playwright.async_api import expect

from tests.pages.browser import chromium
from tests.web.doors import Rooms, serving


async def test_the_index_leads_to_every_page_with_a_key_of_its_own() -> None:
    """The link to read carries a key behind # that may read and no more, and the page fits a phone."""
    rooms = Rooms(key="right")
    async with serving(rooms) as port, chromium(width=320, height=640) as page:
        await page.goto(f"http://127.0.0.1:{port}/#right")
        overlay = page.get_by_role("link", name="Overlay", exact=True)
        await expect(overlay).to_have_attribute("href", re.compile(r"^/overlay/main#.{32}$"))
        key = rooms.keyring.find(((await overlay.get_attribute("href")) or "").partition("#")[2])
        assert key is not None
        assert (key.room, key.role) == ("main", "viewer")
        audience = page.get_by_role("link", name="Audience page")
        await expect(audience).to_have_attribute("href", re.compile(r"^/v/main#.{32}$"))
        await expect(page.locator(".state")).to_contain_text("Nobody is speaking yet")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
