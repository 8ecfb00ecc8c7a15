"""Searching the audience page, and opening it without a network."""

from playwright.async_api import expect

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.axe import find_violations
from tests.support.browser import open_page
from tests.support.raw_peer import KEY

IS_KEPT = """async () => {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
  while (!(await (await caches.open("surtitle-audience")).match("/v/"))) await pause();
}"""
"""Waits until the worker has kept the page."""


async def test_readers_search_the_text_and_go_to_a_place() -> None:
    """Case and accents do not matter; a result brings its phrase to the top of the page, and Esc closes the search."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page(width=390, height=700) as page:
        await page.goto(f"http://127.0.0.1:{port}/v/main?lang=original#{KEY}")
        for number in range(60):
            rooms.say(f"1-{number}", "Wir treffen uns im Café." if number == 7 else f"Satz Nummer {number}.", "", rev=1)
        await expect(page.get_by_text("Satz Nummer 59.")).to_be_visible()
        await page.keyboard.press("/")
        await page.get_by_role("searchbox").fill("CAFE")
        await expect(page.locator("#search-state")).to_have_text("1 place found.")
        assert await find_violations(page) == []
        await page.keyboard.press("Enter")
        place = page.locator("#captions").get_by_text("Café")
        await expect(place).to_be_in_viewport()
        top = await place.evaluate("(node) => node.getBoundingClientRect().top")
        assert top < 200
        await expect(page.locator("#live")).to_be_visible()
        await page.get_by_role("button", name="Search the text").click()
        await page.get_by_role("searchbox").fill("Turm")
        await expect(page.locator("#search-state")).to_have_text("Not found in the text so far.")
        await page.keyboard.press("Escape")
        await expect(page.locator("#search-sheet")).to_be_hidden()


async def test_the_page_opens_without_a_network() -> None:
    """After one visit the page's files are there, and it says that it is reconnecting; no text was kept."""
    rooms = HostedRooms()
    async with open_page(width=390, height=700, has_workers=True, forgives="Failed to load resource") as page:
        async with serve_rooms(rooms) as port:
            await page.goto(f"http://127.0.0.1:{port}/v/main?lang=original#{KEY}")
            rooms.say("1-0", "secret words", "", rev=1)
            await expect(page.get_by_text("secret words")).to_be_visible()
            await page.evaluate(IS_KEPT)
            kept = await page.evaluate("""async () => {
              const store = await caches.open("surtitle-audience");
              const texts = (await store.keys()).map(async (request) => (await store.match(request)).text());
              return (await Promise.all(texts)).join();
            }""")
            assert "secret words" not in kept
            assert KEY not in kept
            manifest = await page.evaluate("fetch(document.querySelector('[rel=manifest]').href).then((r) => r.json())")
            assert (manifest["start_url"], manifest["display"]) == ("/v/main", "standalone")
        await page.reload()
        await expect(page.locator("#state-text")).to_have_text("reconnecting")
        await expect(page.get_by_text("secret words")).to_have_count(0)
