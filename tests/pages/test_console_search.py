"""Search and replace at the console in a real browser."""

import asyncio

from playwright.async_api import Route, expect

from app.captions.room_state import Visibility
from tests.fakes.hosted_rooms import HostedRooms
from tests.support.axe import find_violations
from tests.support.console_page import logged_texts, open_console, publish


async def slowly(route: Route) -> None:
    """Load a file as over a slow network."""
    await asyncio.sleep(0.2)
    await route.continue_()


async def test_a_name_is_replaced_everywhere_and_restored_by_one_undo() -> None:
    """F opens the search; each change is shown first, unticked texts stay, and the glossary learns the new spelling."""
    rooms = HostedRooms()
    for number, text in enumerate(("Herr Meier kommt.", "Meiers Hund.", "Meier und Meier.")):
        publish(rooms, number, text)
    publish(rooms, 0, "Mr Meier comes.", track="en")
    before = logged_texts(rooms)
    async with open_console(rooms) as (page, _):
        await page.route("**/console/search.js", slowly)
        await page.keyboard.press("f")
        await page.keyboard.type("bp")  # while it is loaded, letters must not hide screens or pause
        await expect(page.locator("#search-text")).to_be_focused()
        assert rooms.main.visibility == Visibility()
        await page.keyboard.type("meier")
        await expect(page.locator("#search-count")).to_have_text("5 matches in 4 texts.")
        await page.locator("#search-words").check()
        await expect(page.locator("#search-count")).to_have_text("4 matches in 3 texts.")
        await expect(page.locator("#search-replace")).to_be_hidden()
        await page.locator("#search-replacement").fill("Maier")
        await expect(page.locator("#search-results .new")).to_have_text(
            ["→ Maier und Maier.", "→ Mr Maier comes.", "→ Herr Maier kommt."]
        )
        assert await find_violations(page) == []
        await page.locator("#search-text").fill("Herr")
        await page.keyboard.press("Enter")  # before the list shows what that would change
        await expect(page.locator("#search-report")).to_contain_text("Nothing is changed yet")
        assert logged_texts(rooms) == before
        await page.locator("#search-text").fill("meier")
        await expect(page.locator("#search-count")).to_have_text("4 matches in 3 texts.")
        await page.locator("#search-results input").nth(1).uncheck()
        rooms.main.correct("1-2", "original", "Meier allein.")
        await page.locator("#search-replace").click()
        await expect(page.locator("#search-report")).to_have_text(
            "Changed 1 text on every page. Left as it is, because it changed meanwhile: 1 text."
        )
        after = before | {("1-0", "original"): "Herr Maier kommt.", ("1-2", "original"): "Meier allein."}
        assert logged_texts(rooms) == after
        await page.locator("#search-glossary").click()
        await expect(page.locator("#glossary")).to_have_value("meier => Maier\n")
        assert rooms.get_room_settings("main").glossary == "meier => Maier\n"
        await page.keyboard.press("Escape")
        await expect(page.locator("#search")).to_be_hidden()
        await page.keyboard.press("z")
        await expect(page.locator("#text-report")).to_have_text("Restored 1 text.")
        assert logged_texts(rooms) == before | {("1-2", "original"): "Meier allein."}
