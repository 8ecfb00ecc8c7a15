"""The slide and the poster with a room's QR code, in a real browser."""

import asyncio
from dataclasses import replace
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from app.store.access_key import Role
from app.web.addresses import PageAddresses
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.axe import find_violations
from tests.support.browser import open_page, wait_until
from tests.support.console_page import open_console, show_links
from tests.support.layout_shift import WATCH_SHIFTS, read_shift
from tests.support.page_weight import WEIGHT_MAX, weighing
from tests.support.qr_codes import read_picture

AT = "https://192.168.1.20:8000"
LONG = "Mitgliederversammlung der Donaudampfschifffahrtsgesellschaftskapitänsvereinigung"
REFRESH_MS = 4_000
"""How often the pages ask what is new."""

OUTSIDE = """() => [...document.querySelectorAll('main *')].filter((node) => {
  const { left, top, right, bottom, width } = node.getBoundingClientRect();
  return width && (left < 0 || top < 0 || right > innerWidth + 1 || bottom > innerHeight + 1);
}).map((node) => node.id || node.localName)"""

CUT_OFF = "() => (({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)(document.querySelector('#content'))"


def reachable_rooms() -> HostedRooms:
    """Return rooms that other devices can open, with the admin key `topmost`."""
    rooms = HostedRooms(key="topmost")
    object.__setattr__(rooms.context, "addresses", PageAddresses(public_url=AT))
    return rooms


async def code_of(page: Page) -> str:
    """Return what the QR code on the page says to a phone."""
    await wait_until(page, "() => document.querySelector('#image').naturalWidth > 100")
    return await asyncio.to_thread(read_picture, await page.locator("#image").screenshot(), "png")


async def set_room(rooms: HostedRooms, **changes: object) -> None:
    """Change the settings of the room."""
    await rooms.change_room("main", replace(rooms.get_room_settings("main"), **changes))  # type: ignore[arg-type]


async def test_the_slide_fits_every_screen_and_follows_the_room() -> None:
    """A phone can scan it; title, code and address fit at 16:9, 4:3 and upright, and change with the room."""
    rooms = reachable_rooms()
    await set_room(rooms, title="Town hall", languages=("fr", "ar"), code="WWMQGW")
    _, secret = await rooms.keyring.create_key("main", "viewer")
    async with serve_rooms(rooms) as port, open_page(width=1920, height=1080) as page:
        await page.add_init_script(WATCH_SHIFTS)
        await page.clock.install()
        weights = await weighing(page)
        await page.goto(f"http://127.0.0.1:{port}/slide/main?theme=dark#{secret}")
        assert await code_of(page) == f"{AT}/v/main#{secret}"
        await expect(page.locator("h1")).to_have_text("Town hall")
        await expect(page.locator("#typed")).to_be_hidden()
        assert secret not in await page.locator("body").inner_html()
        assert await page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(14, 16, 19)"
        assert sum(sum(one) for one in weights.values()) <= WEIGHT_MAX
        assert await find_violations(page) == []
        assert await read_shift(page) <= 0.02
        await page.keyboard.press("t")
        assert page.url.endswith("?theme=light")
        assert await page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert await find_violations(page) == []
        await set_room(rooms, title=LONG, is_public=True)
        await page.clock.fast_forward(REFRESH_MS)
        await expect(page.locator("#address")).to_have_text(f"{AT}/c/WWMQGW")
        await expect(page.locator("h1")).to_have_text(LONG)
        for width, height in ((1920, 1080), (1024, 768), (640, 480), (390, 844)):
            await page.set_viewport_size({"width": width, "height": height})
            await wait_until(page, f"() => innerWidth === {width}")
            assert await page.evaluate(OUTSIDE) == []
            assert await code_of(page) == f"{AT}/c/WWMQGW"
        sentences = await page.locator("#sentences li").all_text_contents()
        assert sentences[0] == "Suivez les sous-titres dans votre langue sur votre téléphone"
        assert "Read along in your own language on your phone" in sentences
        assert "Lesen Sie auf Ihrem Handy mit" in sentences  # German is not offered, so nothing is promised
        await set_room(rooms, is_public=False)
        await page.clock.fast_forward(REFRESH_MS)
        await expect(page.locator("#typed")).to_be_hidden(timeout=10_000)
        object.__setattr__(rooms.context, "addresses", PageAddresses())
        await page.clock.fast_forward(REFRESH_MS)
        await expect(page.locator("#problem")).to_contain_text("Only this computer can open")
        await expect(page.locator("#image")).to_be_hidden()


async def test_the_slide_of_the_console_goes_on_with_a_renewed_link() -> None:
    """The same browser gives it the new key at once; when the key is revoked elsewhere, the code goes."""
    rooms = reachable_rooms()
    async with open_console(rooms, fragment="#topmost", forgives="status of 401") as (page, _):
        await show_links(page)
        async with page.context.expect_page() as opened:
            await page.get_by_role("link", name="Slide with QR code").click()
        slide = await opened.value
        await slide.clock.install()
        first = await code_of(slide)
        image = slide.locator("#image")
        before = await image.get_attribute("src") or ""
        await page.get_by_text("All links").click()
        row = page.locator(".link-row").filter(has_text="Audience, slide and poster")
        for _ in range(2):
            await row.get_by_role("button", name="renew").click()
        await expect(page.locator(".links .report")).to_contain_text("is renewed")
        await expect(image).not_to_have_attribute("src", before, timeout=3_000)
        second = await code_of(slide)
        assert second != first
        key = rooms.keyring.find(second.partition("#")[2])
        assert key is not None
        assert (key.role, key.room, key.label) == ("viewer", "main", "Audience, slide and poster")
        await page.evaluate("() => localStorage.clear()")
        await rooms.keyring.revoke(key.id)
        await slide.clock.fast_forward(REFRESH_MS)
        await expect(slide.locator("#problem")).to_contain_text("Open this page again from the console")
        await expect(image).to_be_hidden()


@pytest.mark.parametrize(("role", "page_name"), [("operator", "slide"), ("source", "poster")])
async def test_a_strong_key_does_not_get_into_the_code(role: Role, page_name: str) -> None:
    """For an operator the page makes a key that only reads; for a speaker it says what to do."""
    rooms = reachable_rooms()
    _, secret = await rooms.keyring.create_key("main", role)
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/{page_name}/main#{secret}")
        if role == "source":
            await expect(page.locator("#problem")).to_contain_text("This link is for speaking.")
            await expect(page.locator("#image")).to_be_hidden()
            return
        key = rooms.keyring.find((await code_of(page)).partition("#")[2])
        assert key is not None
        assert (key.role, key.label) == ("viewer", "Audience, slide and poster")
        await page.reload()
        assert (await code_of(page)).partition("#")[2] != secret
        assert len(rooms.keyring.list("main")) == 2  # it is used again


async def test_the_poster_prints_on_one_page() -> None:
    """A4 and Letter have one page each, with the code, the address and three steps in the room's languages."""
    rooms = reachable_rooms()
    await set_room(rooms, title=LONG, languages=("fr", "it"), is_public=True, code="GWVAJK")
    scheme: Literal["light", "dark"]
    async with serve_rooms(rooms) as port, open_page(width=1280, height=900) as page:
        weights = await weighing(page)
        await page.goto(f"http://127.0.0.1:{port}/poster/main")
        assert await code_of(page) == f"{AT}/c/GWVAJK"
        assert sum(sum(one) for one in weights.values()) <= WEIGHT_MAX
        assert await page.locator("#steps h3").all_text_contents() == ["Français", "Italiano", "English", "Deutsch"]
        assert await page.locator("#steps li").count() == 12
        for paper in ("A4", "Letter"):
            printed = await page.pdf(format=paper)
            assert printed.count(b"/Type /Page\n") == 1
        for scheme, width in (("light", 1280), ("dark", 320)):
            await page.emulate_media(color_scheme=scheme)
            await page.set_viewport_size({"width": width, "height": 700})
            assert await find_violations(page) == []
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            assert await page.evaluate(CUT_OFF) <= 0
