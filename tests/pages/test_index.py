"""The first page, in a real browser."""

from playwright.async_api import expect

from tests.pages.browser import chromium
from tests.web.doors import Rooms, serving


async def test_the_index_leads_to_every_page_with_the_key() -> None:
    """Links carry the key behind #, and the page fits a phone."""
    async with serving(Rooms(key="right")) as port, chromium(width=320, height=640) as page:
        await page.goto(f"http://127.0.0.1:{port}/#right")
        overlay = page.get_by_role("link", name="Overlay", exact=True)
        await expect(overlay).to_have_attribute("href", "/overlay/main#right")
        await expect(page.locator(".state")).to_contain_text("Nobody is speaking yet")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
