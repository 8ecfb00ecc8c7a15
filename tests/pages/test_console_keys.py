"""The keys of a room on the console, in a real browser: listed, renewed and revoked without losing the console."""

import re

from playwright.async_api import Locator, Page, expect

from tests.fakes.hosted_rooms import HostedRooms
from tests.support.axe import find_violations
from tests.support.browser import open_page
from tests.support.console_page import open_console, publish

DAY_S = 86_400.0


async def press_twice(button: Locator, question: str) -> None:
    """Press a button, and press it again when it asks."""
    await button.click()
    await expect(button).to_have_text(question)
    await button.click()


async def open_list(page: Page) -> Locator:
    """Open the list of keys and return its rows."""
    await page.get_by_text("Keys of this room").click()
    return page.locator("#room-keys li")


def row_of(page: Page, name: str) -> Locator:
    """Return the row of the key with this name."""
    return page.locator("#room-keys li").filter(has=page.get_by_text(name, exact=True))


async def test_the_list_shows_role_label_use_connections_and_end() -> None:
    """Each key of the room is a row; the numbers follow what happens, and other rooms' keys are not there."""
    rooms = HostedRooms(key="topmost")
    _, desk = await rooms.keyring.create_key("main", "operator", "desk", 2 * DAY_S)
    _, press = await rooms.keyring.create_key("main", "viewer", "press")
    async with open_console(rooms, fragment=f"#{desk}") as (page, at):
        await open_list(page)
        await expect(row_of(page, "operator, desk")).to_contain_text("This console's own key. 1 connected. Last used")
        await expect(row_of(page, "operator, desk")).to_contain_text("Ends ")
        await expect(row_of(page, "viewer, press")).to_contain_text("0 connected. Never used. Ends ")
        await expect(page.locator("#room-keys li")).to_have_count(4)  # and two for the links on the page
        async with open_page() as reader:
            await reader.goto(f"{at}/v/main#{press}")
            await expect(row_of(page, "viewer, press")).to_contain_text("1 connected. Last used")
        assert "topmost" not in await page.locator("main").inner_html()
        for width in (360, 768, 1024, 1440):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await find_violations(page) == []


async def test_a_key_is_revoked() -> None:
    """Its row and its reader go; a link on the console that used it gets another key."""
    rooms = HostedRooms(key="topmost")
    async with open_console(rooms, fragment="#topmost") as (page, at), open_page() as reader:
        link = page.get_by_role("link", name="Audience", exact=True)
        await expect(link).to_have_attribute("href", re.compile(r"#.{32}$"))
        first = await link.get_attribute("href")
        await reader.goto(f"{at}{first}")
        await expect(reader.locator("#state-text")).to_contain_text("speaking")
        await open_list(page)
        row = row_of(page, "viewer, made on the console")
        await press_twice(row.get_by_role("button", name="Revoke"), "Really revoke?")
        await expect(reader.get_by_role("alert")).to_contain_text("no longer valid")
        await expect(page.locator("#room-keys .report")).to_contain_text("is revoked")
        await expect(link).not_to_have_attribute("href", first or "")
        await expect(link).to_have_attribute("href", re.compile(r"#.{32}$"))
        assert rooms.keyring.find((await link.get_attribute("href") or "").partition("#")[2])


async def test_a_key_is_renewed() -> None:
    """The new link is shown once, and the old one is invalid."""
    rooms = HostedRooms(key="topmost")
    press, old = await rooms.keyring.create_key("main", "viewer", "press")
    async with open_console(rooms, fragment="#topmost") as (page, at):
        await open_list(page)
        row = row_of(page, "viewer, press")
        await press_twice(row.get_by_role("button", name="Renew"), "Really renew?")
        shown = page.get_by_label("New link, Read: press")
        await expect(shown).to_have_value(re.compile(rf"^{at}/v/main#.{{32}}$"))
        found = rooms.keyring.find((await shown.input_value()).partition("#")[2])
        assert found is not None
        assert (found.id, rooms.keyring.find(old)) == (press.id, None)
        await page.get_by_text("Keys of this room").click()
        await expect(shown).to_have_count(0)


async def test_all_links_are_renewed_and_the_console_goes_on() -> None:
    """Everybody else is disconnected; the console shows every new link and works with its own, after a reload too."""
    rooms = HostedRooms(key="topmost")
    _, desk = await rooms.keyring.create_key("main", "operator", "desk")
    _, press = await rooms.keyring.create_key("main", "viewer", "press")
    async with open_console(rooms, fragment=f"#{desk}") as (page, at), open_page() as reader:
        await reader.goto(f"{at}/v/main#{press}")
        await expect(reader.locator("#state-text")).to_contain_text("speaking")
        await open_list(page)
        await press_twice(page.locator("#room-keys > button"), "Really renew? Everybody needs the new links")
        await expect(reader.get_by_role("alert")).to_contain_text("no longer valid")
        links = page.locator("#room-keys input")
        await expect(links).to_have_count(4)
        for label, path in (("Read: press", "v"), ("Operate: desk", "operator"), ("Read: made on the console", "v")):
            value = await page.get_by_label(f"New link, {label}").input_value()
            assert value.startswith(f"{at}/{path}/main#")
            assert rooms.keyring.find(value.partition("#")[2])
        assert rooms.keyring.find(desk) is None
        audience = await page.get_by_role("link", name="Audience", exact=True).get_attribute("href")
        assert rooms.keyring.find((audience or "").partition("#")[2])
        publish(rooms, 1, "Es geht weiter.")
        await expect(page.locator("#phrases .solid")).to_have_text("Es geht weiter.")
        await page.get_by_label("Public").check()
        await expect(page.locator("#sharing-report")).to_contain_text("Anybody may read without a key.")
        await expect(page.locator("#lost")).to_be_hidden()
        await page.reload()
        await expect(page.locator("#figures")).to_contain_text("reading")
        await expect(page.locator("#phrases .solid")).to_have_text("Es geht weiter.")


async def test_the_console_says_how_many_had_to_leave() -> None:
    """Making a room private disconnects the readers without a key, and the console counts them."""
    rooms = HostedRooms(key="topmost")
    async with open_console(rooms, fragment="#topmost") as (page, at), open_page() as reader:
        await page.get_by_label("Public").check()
        await expect(page.locator("#sharing-report")).to_contain_text("Anybody may read")
        await reader.goto(f"{at}/v/main")
        await expect(reader.locator("#state-text")).to_contain_text("speaking")
        await page.get_by_label("Public").uncheck()
        await expect(page.locator("#sharing-report")).to_have_text(
            "Only people with a key may read. Disconnected: 1, because the room does not let them in now."
        )
        await expect(reader.get_by_role("alert")).to_contain_text("private now")
