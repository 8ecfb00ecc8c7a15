"""The key of a link, in a real browser: where it goes, how long it stays, and how it is forgotten."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.browser import open_page

KEY = "key-of-this-test-0123456789abcdef"
"""An admin key, which opens every page."""

PAGES = {
    "/": (".sentence", "Nobody sends sound yet"),
    "/v/main": ("#state-text", "speaking"),
    "/stage/main": ("#stage", "words"),
    "/overlay/main": ("#stage", "words"),
    "/builder/main": ("#field-lang", "English"),
    "/operator/main": ("#figures", "reading"),
    "/microphone/main": ("#preview", "words"),
}
"""Where each page shows that the service has accepted its key, and what."""

HAS_CONTROL = [path for path in PAGES if not path.startswith(("/stage", "/overlay"))]
STORED = """() => [sessionStorage, localStorage].flatMap((place) => Object.entries(place)).flat().join(' ')"""


async def expect_accepted(page: Page, path: str) -> None:
    """Wait until a page shows what only a client with a key gets."""
    place, text = PAGES[path]
    await expect(page.locator(place).first).to_contain_text(text, timeout=15_000)


async def forget(page: Page) -> None:
    """Press the button that forgets, and press it again to confirm."""
    if await page.locator("#settings").count():
        await page.locator("#settings").click()
    button = page.locator("#forget")
    await button.click()
    await expect(button).to_have_text("Really forget? You will need your links again.")
    await button.click()


async def visited(context: BrowserContext, page: Page) -> list[str]:
    """Return all addresses in the history of a tab."""
    session = await context.new_cdp_session(page)
    return [entry["url"] for entry in (await session.send("Page.getNavigationHistory"))["entries"]]


@asynccontextmanager
async def open_tabs(n_tabs: int = 2) -> AsyncIterator[list[Page]]:
    """Open tabs of one browser profile while the block lasts; refusals of the service are no faults of a page."""
    async with open_page(forgives="status of 401") as page:
        assert page.context.browser is not None
        context = await page.context.browser.new_context()
        yield [await context.new_page() for _ in range(n_tabs)]


@pytest.mark.parametrize("path", ["/", "/v/main", "/overlay/main", "/operator/main"])
async def test_the_key_leaves_the_address_and_still_works(path: str) -> None:
    """After loading, the key is in no address of the tab's history; a reload and a new tab without it work."""
    rooms = HostedRooms(key=KEY)
    rooms.say("1-0", "words", rev=1, final=True)
    async with serve_rooms(rooms) as port, open_tabs() as (page, again):
        address = f"http://127.0.0.1:{port}{path}?lang=original"
        await page.goto(f"{address}#{KEY}")
        await expect_accepted(page, path)
        await page.reload()
        await expect_accepted(page, path)
        assert KEY not in str(await visited(page.context, page))
        assert page.url == address
        assert await page.evaluate("[history.length, JSON.stringify(history.state)]") == [2, "null"]
        await page.close()
        await again.goto(address)
        await expect_accepted(again, path)


async def test_a_device_forgets_all_keys() -> None:
    """Each page's button deletes the keys of all pages, those of other tabs too; then a link is needed again."""
    rooms = HostedRooms(key=KEY)
    rooms.say("1-0", "words", rev=1, final=True)
    async with serve_rooms(rooms) as port, open_tabs() as (page, other):
        await other.goto(f"http://127.0.0.1:{port}/stage/main?lang=original#{KEY}")
        await expect_accepted(other, "/stage/main")
        await page.bring_to_front()  # a tab behind another draws once a second, and clicks wait for that
        for path in HAS_CONTROL:
            await page.goto(f"http://127.0.0.1:{port}{path}#{KEY}")
            await expect_accepted(page, path)
            assert page.url == f"http://127.0.0.1:{port}{path}"
            assert KEY in await page.evaluate(STORED)
            await forget(page)
            for tab in (page, other) if path == "/" else (page,):
                is_landing = tab is page and path == "/"
                sentence = (
                    "Open the link or the QR code that you were given" if is_landing else "This link is not valid here."
                )
                await expect(tab.get_by_text(sentence).first).to_be_visible()
                assert "surtitle-key" not in await tab.evaluate(STORED)
                assert KEY not in await tab.evaluate(STORED)
                assert KEY not in str(await visited(tab.context, tab))


async def test_a_new_link_in_the_same_tab_replaces_the_key() -> None:
    """A link that is pasted over the page's address is used at once; a wrong one does not replace a good stored key."""
    rooms = HostedRooms(key=KEY)
    rooms.say("1-0", "words", rev=1, final=True)
    _, viewers = await rooms.keyring.create_key("main", "viewer")
    async with serve_rooms(rooms) as port, open_tabs() as (page, again):
        link = f"http://127.0.0.1:{port}/stage/main?lang=original"
        await page.goto(f"{link}#wrong")
        await expect(page.locator("#note")).to_contain_text("not valid")
        await page.goto(f"{link}#{viewers}")
        await expect_accepted(page, "/stage/main")
        await page.goto(f"{link}#wrong")
        await expect(page.locator("#note")).to_contain_text("not valid")
        assert await page.evaluate("localStorage['surtitle-key /stage/main']") == viewers
        assert "#" not in str(await visited(page.context, page))
        await again.goto(link)
        await expect_accepted(again, "/stage/main")


async def test_two_tabs_keep_their_own_keys() -> None:
    """A reload uses the key of its tab, not the one that another tab has brought for the same page."""
    rooms = HostedRooms(key=KEY)
    (first, _), (second, secret) = [await rooms.keyring.create_key("main", "viewer") for _ in range(2)]
    async with serve_rooms(rooms) as port, open_tabs() as (page, other):
        link = f"http://127.0.0.1:{port}/v/main"
        await page.goto(f"{link}#{KEY}")
        await expect_accepted(page, "/v/main")
        await other.goto(f"{link}#{secret}")
        await expect_accepted(other, "/v/main")
        await page.reload()
        await expect_accepted(page, "/v/main")
        assert await page.evaluate("sessionStorage['surtitle-key /v/main']") == KEY
        assert first != second


async def test_without_storage_the_link_works_as_it_is() -> None:
    """A browser that forbids storage keeps the key in the address, because a reload needs it."""
    rooms = HostedRooms(key=KEY)
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.add_init_script(
            """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {
                 get() { throw new DOMException("The operation is insecure.", "SecurityError"); } });"""
        )
        for path in ("/v/main", "/operator/main"):
            await page.goto(f"http://127.0.0.1:{port}{path}#{KEY}")
            await expect_accepted(page, path)
        await page.reload()
        await expect_accepted(page, "/operator/main")
        assert page.url.endswith(f"#{KEY}")
