"""The links of a room on the console, in a real browser: listed, made, renewed and revoked."""

import re

from playwright.async_api import Locator, Page, expect

from app.store.access_key import Role
from app.web.addresses import PageAddresses
from tests.fakes.hosted_rooms import HostedRooms
from tests.support.axe import find_violations
from tests.support.browser import open_page
from tests.support.console_page import open_console, publish, show_links
from tests.support.layout_shift import WATCH_SHIFTS, read_shift

DAY_S = 86_400.0
AT = "http://192.0.2.7:8000"
"""Where other devices open the pages."""

COPIED = "() => navigator.clipboard.readText()"


def reachable_rooms() -> HostedRooms:
    """Return rooms that other devices can open, with the admin key `topmost`."""
    rooms = HostedRooms(key="topmost")
    object.__setattr__(rooms.context, "addresses", PageAddresses(public_url=AT))
    return rooms


async def press_twice(button: Locator, question: str) -> None:
    """Press a button, and press it again when it asks."""
    await button.click()
    await expect(button).to_have_text(question)
    await button.click()


async def open_list(page: Page) -> None:
    """Open the list of links."""
    await show_links(page)
    await page.get_by_text("All links").click()
    await expect(page.locator(".link-row").first).to_be_visible()


def row_of(page: Page, name: str) -> Locator:
    """Return the row of the link with this name."""
    return page.locator(".link-row").filter(has=page.get_by_text(name, exact=True))


async def copy_from(page: Page, row: Locator) -> str:
    """Press a row's Copy button and return what it has copied."""
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copy = row.get_by_role("button", name="Copy, ")
    await copy.click()
    await expect(copy).to_have_text("Copied")
    return str(await page.evaluate(COPIED))


async def test_the_list_shows_role_label_use_connections_and_end_of_fifty_links() -> None:
    """Each link is a row at every width; the numbers follow what happens, and secrets of others are not there."""
    rooms = reachable_rooms()
    _, desk = await rooms.keyring.create_key("main", "operator", "desk", DAY_S / 2)
    _, press = await rooms.keyring.create_key("main", "viewer", "press")
    roles: tuple[Role, ...] = ("viewer", "source", "operator")
    for n in range(48):
        label = (
            "Donaudampfschifffahrtsgesellschaftskapitänsmütze " if n % 5 == 0 else "قاعة " if n % 5 == 1 else "Guest "
        )
        await rooms.keyring.create_key("main", roles[n % 3], f"{label}{n}")
    async with open_console(rooms, fragment=f"#{desk}", script=WATCH_SHIFTS) as (page, at):
        await open_list(page)
        own = row_of(page, "desk")
        await expect(own).to_contain_text("Operate")
        await expect(own).to_contain_text("This console")
        await expect(own.locator(".use")).to_have_text(re.compile(r"1 connected nowLast used today at .*Ends to.*"))
        await expect(own.locator(".warning")).to_contain_text("Ends ")
        reader = row_of(page, "press")
        await expect(reader.locator(".use")).to_have_text(re.compile("Nobody connected nowNever usedEnds .*"))
        # only who made a link has it
        assert await reader.get_by_role("button").all_text_contents() == ["Renew", "Revoke"]
        await expect(page.locator(".link-row")).to_have_count(50 + 3)  # and those for the links of this page
        async with open_page() as phone:
            await phone.goto(f"{at}/v/main#{press}")
            await expect(reader).to_contain_text("1 connected now")
        await page.get_by_label("Find a link").fill("MÜTZE")
        await expect(page.locator(".link-row:visible")).to_have_count(10)
        assert "topmost" not in await page.locator("main").inner_html()
        await page.get_by_label("Find a link").fill("")
        assert await read_shift(page) <= 0.02
        for width in (360, 768, 1024, 1440, 1920):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            assert await page.evaluate("() => document.querySelector('.links').scrollWidth") <= width
        assert await find_violations(page) == []


async def test_a_link_is_made_copied_shown_as_a_code_and_revoked_by_keys() -> None:
    """The new link is for other devices; its code is drawn; after it is revoked, the focus is in the list."""
    rooms = reachable_rooms()
    async with open_console(rooms, fragment="#topmost") as (page, _):
        await show_links(page)
        await page.locator("#room-links summary").first.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#new-link summary")).to_be_visible()
        await page.locator("#new-link summary").press("Enter")
        await expect(page.get_by_label("For whom")).to_be_focused()
        await page.keyboard.type("Press bq")  # letters are no shortcuts here
        await page.get_by_label("What they may do").select_option("Speak, with a microphone page")
        await page.get_by_label("Ends after").select_option("1 day")
        await page.get_by_label("For whom").press("Enter")
        row = row_of(page, "Press bq")
        await expect(row.get_by_role("button", name="Copy, ")).to_be_focused()
        link = await copy_from(page, row)
        assert re.fullmatch(rf"{AT}/microphone/main#.{{32}}", link)
        made = rooms.keyring.find(link.partition("#")[2])
        assert made is not None
        assert (made.role, made.label, (made.expires_ms or 0) - made.created_ms) == ("source", "Press bq", DAY_S * 1000)
        await row.get_by_role("button", name="QR code").press("Enter")
        await expect(row.get_by_alt_text("QR code, Press bq")).to_be_visible()
        await page.reload()
        await show_links(page)
        await expect(row.get_by_role("button", name="Copy, ")).to_be_visible()  # the tab keeps it, and the open list
        revoke = row.get_by_role("button", name="revoke")
        await revoke.press("Enter")
        await expect(revoke).to_have_text("Really revoke? The link ends")
        await revoke.press("Enter")
        await expect(row).to_have_count(0)
        await expect(page.locator(".links .report")).to_contain_text("The link Press bq is revoked")
        assert rooms.keyring.get(made.id) is None
        assert await page.evaluate("() => document.activeElement.closest('#room-links') !== null")


async def test_the_link_for_readers_is_revoked_and_replaced() -> None:
    """Its reader goes, and the links on the console get another key."""
    rooms = reachable_rooms()
    async with open_console(rooms, fragment="#topmost") as (page, at), open_page() as reader:
        await show_links(page)
        link = page.get_by_role("link", name="Audience", exact=True)
        await expect(link).to_have_attribute("href", re.compile(r"#.{32}$"))
        first = await link.get_attribute("href") or ""
        await reader.goto(first.replace(AT, at))
        await expect(reader.locator("#state-text")).to_contain_text("speaking")
        await open_list(page)
        revoke = row_of(page, "Audience, slide and poster").get_by_role("button", name="revoke")
        await press_twice(revoke, "Really revoke? Disconnects 1 page or program")
        await expect(reader.get_by_role("alert")).to_contain_text("no longer valid")
        await expect(link).not_to_have_attribute("href", first)
        await expect(link).to_have_attribute("href", re.compile(r"#.{32}$"))
        assert rooms.keyring.find((await link.get_attribute("href") or "").partition("#")[2])


async def test_all_links_are_renewed_and_the_console_goes_on() -> None:
    """Everybody else is disconnected; every new link can be copied; the console goes on, after a reload too."""
    rooms = reachable_rooms()
    _, desk = await rooms.keyring.create_key("main", "operator", "desk")
    press, old = await rooms.keyring.create_key("main", "viewer", "press")
    async with open_console(rooms, fragment=f"#{desk}") as (page, at), open_page() as reader:
        await reader.goto(f"{at}/v/main#{old}")
        await expect(reader.locator("#state-text")).to_contain_text("speaking")
        await open_list(page)
        renew = row_of(page, "press").get_by_role("button", name="renew")
        await press_twice(renew, "Really renew? Disconnects 1 page or program")
        await expect(reader.get_by_role("alert")).to_contain_text("no longer valid")
        once = await copy_from(page, row_of(page, "press"))
        assert once.startswith(f"{AT}/v/main#")
        found = rooms.keyring.find(once.partition("#")[2])
        assert found is not None
        assert (found.id, rooms.keyring.find(old)) == (press.id, None)
        all_button = page.locator(".links > .row > button")
        await press_twice(all_button, "Really renew all? Everybody needs a new link")
        await expect(page.locator(".links .report")).to_contain_text("All links are renewed")
        await row_of(page, "Stage and overlay").get_by_label("Page that").select_option("Stage")
        named = {"press": "v", "Stage and overlay": "stage", "desk": "operator", "Microphone page": "microphone"}
        for name, path in named.items():
            value = await copy_from(page, row_of(page, name))
            assert value.startswith(f"{AT}/{path}/main#")
            assert rooms.keyring.find(value.partition("#")[2])
        assert rooms.keyring.find(desk) is None
        audience = await page.get_by_role("link", name="Audience", exact=True).get_attribute("href")
        assert rooms.keyring.find((audience or "").partition("#")[2])
        publish(rooms, 1, "Es geht weiter.")
        await expect(page.locator("#phrases .solid")).to_have_text("Es geht weiter.")
        await page.get_by_label("Public").check()
        await expect(page.locator("#sharing-report")).to_contain_text("Everybody can read without a key.")
        await expect(page.locator("#lost")).to_be_hidden()
        await page.reload()
        await expect(page.locator("#figures")).to_contain_text("reading")
        await expect(page.locator("#phrases .solid")).to_have_text("Es geht weiter.")


async def test_where_only_this_machine_can_open_the_room_the_console_says_so() -> None:
    """Instead of a QR code there is a sentence."""
    async with open_console(HostedRooms(key="topmost"), fragment="#topmost") as (page, _):
        await show_links(page)
        await expect(page.locator("#code")).to_contain_text("Only this computer can open the room.")
        await page.keyboard.press("q")
        await expect(page.locator("#sharing-report")).to_contain_text("--host 0.0.0.0")
        await expect(page.locator("#qr")).to_be_hidden()


async def test_the_console_says_how_many_had_to_leave() -> None:
    """Making a room private disconnects the readers without a key, and the console counts them."""
    rooms = HostedRooms(key="topmost")
    async with open_console(rooms, fragment="#topmost") as (page, at), open_page() as reader:
        await show_links(page)
        await page.get_by_label("Public").check()
        await expect(page.locator("#sharing-report")).to_contain_text("Everybody can read")
        await reader.goto(f"{at}/v/main")
        await expect(reader.locator("#state-text")).to_contain_text("speaking")
        await page.get_by_label("Public").uncheck()
        await expect(page.locator("#sharing-report")).to_have_text(
            "Only people with a link can read. Disconnected: 1, because the room does not let them in now."
        )
        await expect(reader.get_by_role("alert")).to_contain_text("private now")
