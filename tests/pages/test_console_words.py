"""Words of the live text that are added to the glossary, and messages that are prepared, in a real browser."""

from playwright.async_api import expect

from tests.fakes.hosted_rooms import HostedRooms
from tests.support.axe import find_violations
from tests.support.console_page import open_console, publish

SELECT = """() => {
  const text = document.querySelector("#phrases .solid").firstChild;
  getSelection().setBaseAndExtent(text, 5, text, 11);
}"""


async def test_a_selected_word_is_added_to_the_glossary() -> None:
    """A selection offers it, W takes it or a word in an editor; what is typed in the glossary meanwhile is not lost."""
    rooms = HostedRooms()
    publish(rooms, 1, "Herr Meier, kommt.")
    async with open_console(rooms) as (page, _):
        await page.keyboard.press("g")
        await page.locator("#glossary").fill("Quokka")
        await page.locator("#scroll").focus()
        await expect(page.locator("#phrases .solid")).to_have_text("Herr Meier, kommt.")
        await page.evaluate(SELECT)
        await page.locator("#word-offer").click()
        await expect(page.locator("#word-wrong")).to_have_value("Meier")
        await expect(page.locator("#word-right")).to_be_focused()
        await page.keyboard.type("Maier")
        assert await find_violations(page) == []
        await page.keyboard.press("Enter")
        await expect(page.locator("#text-report")).to_contain_text("The glossary has “Meier => Maier” now.")
        assert rooms.get_room_settings("main").glossary == "Meier => Maier\n"
        await expect(page.locator("#glossary")).to_have_value("Quokka\nMeier => Maier\n")
        await expect(page.locator("#glossary-state")).to_have_text("Not saved yet.")
        await page.locator("#phrases .solid").dblclick(position={"x": 60, "y": 10})
        await expect(page.locator("#word-offer")).to_be_visible()
        await page.locator("#word-offer").click()
        await expect(page.locator("#word-wrong")).to_have_value("Meier")
        await page.locator("#word-search").click()
        await expect(page.locator("#search-count")).to_have_text("1 match in 1 text.")


async def test_prepared_messages_are_in_the_languages_of_the_operator() -> None:
    """They fill the preview and send nothing; the languages and own messages are kept when the page is loaded again."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        await page.locator("#more-messages summary").click()
        await page.get_by_label("Deutsch").check()
        await page.get_by_role("checkbox", name="English").uncheck()
        await page.get_by_label("Español").check()
        await page.locator("#notice").fill("Um 14 Uhr geht es weiter.")
        await page.locator("#message-keep").click()
        assert await find_violations(page) == []
        await page.reload()
        await expect(page.locator("#templates button")).to_have_text(
            [
                "Kurze Pause · Breve pausa",
                "Es geht gleich los · Comenzamos en breve",
                "Vielen Dank · Muchas gracias",
                "Um 14 Uhr geht es weiter.",
            ]
        )
        await page.locator("#templates button").last.click()
        await expect(page.locator(".preview-box .as-shown").first).to_have_text("Um 14 Uhr geht es weiter.")
        assert rooms.main.visibility.notice == ""
