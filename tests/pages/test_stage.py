"""The stage page in a real browser."""

import asyncio
import io

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from app.captions.room_state import SourceState, Visibility
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.axe import find_violations
from tests.support.browser import open_page, wait_until
from tests.support.caption_layout import expect_steady, line_height, places, speak
from tests.support.page_weight import expect_light_and_quick
from tests.support.shown_words import open_virtual

SIZE = "() => parseFloat(getComputedStyle(document.querySelector('.caption-line')).fontSize)"


async def outside(page: Page) -> list[str]:
    """Return the visible lines that are not fully on the screen."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll('.caption-line:not([hidden])')].filter((line) => {
          const { left, top, right, bottom } = line.getBoundingClientRect();
          return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
        }).map((line) => line.textContent)"""
    )
    return found


async def test_the_stage_is_full_of_huge_steady_text() -> None:
    """Three lines of two languages fill an opaque screen, and words move only by whole lines."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page(width=1920, height=1080) as page:
        await page.goto(f"http://127.0.0.1:{port}/stage/main?dual=1")
        await expect(page.locator("#note")).to_have_text("")
        before: list[tuple[str, int, int]] = []
        for said in range(1, 31, 2):
            rooms.say("1-0", " ".join(f"wort{i}" for i in range(said)), "und grau", rev=said, language="de")
            rooms.say("1-0", " ".join(f"word{i}" for i in range(said)), "and grey", rev=said, track="en")
            for word in (f"wort{said - 1} ", f"word{said - 1} "):
                await expect(page.locator(".caption-final").filter(has_text=word)).to_have_count(1)
            now = await places(page)
            expect_steady(before, now, await line_height(page))
            before = now
        tracks = [await box.get_attribute("data-track") for box in await page.locator(".caption-box").all()]
        assert tracks == ["en", "original"]
        assert await page.locator(".caption-line:not([hidden])").count() == 6
        assert await outside(page) == []
        assert await page.evaluate(SIZE) >= 100
        picture = Image.open(io.BytesIO(await page.screenshot(omit_background=True))).convert("RGBA")
        assert picture.getpixel((5, 5)) == (0, 0, 0, 255)


async def test_the_operator_controls_the_stage() -> None:
    """A notice is shown large and moves no text; a hidden stage is blank, and shows what is new when it returns."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/stage/main?lang=original")
        rooms.say("1-0", "words that stand", rev=1, final=True)
        await expect(page.locator(".caption-final").last).to_have_text("stand")
        before = await places(page)
        notice = page.locator("#notice")
        for text in ("Lunch", "Please leave by the left door. " * 9):
            rooms.main.set_visibility(Visibility(notice=text))
            await expect(notice).to_have_text(text.strip())
            assert await notice.evaluate("(node) => node.scrollHeight <= node.clientHeight + 1"), "it fits"
            assert await places(page) == before
        assert await notice.evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)") >= 20
        rooms.main.set_visibility(Visibility(is_hidden=True, is_paused=True, notice="Lunch"))
        await expect(notice).to_be_hidden()
        await expect(page.locator(".caption-final")).to_have_count(0)
        await expect(page.locator("#note")).to_be_hidden()
        rooms.say("1-1", "unseen", rev=1, final=True)
        await asyncio.sleep(4)  # the buttons have disappeared by now
        picture = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
        assert picture.getcolors() == [(1280 * 720, (0, 0, 0))]
        rooms.main.set_visibility(Visibility(is_paused=True))
        await expect(page.locator("#note")).to_have_text("Paused")
        rooms.say("1-2", "seen", rev=1, final=True)
        await expect(page.locator(".caption-final")).to_have_text(["seen"])


MESSAGES = [
    "Lunch",
    "The session in the great hall begins at 14:30",
    "Please leave by the left door, and take your coats. " * 5 + "Thank you.",
    "Donaudampfschifffahrtsgesellschaftskapitän im Saal",
    "x" * 280,
    "يرجى مغادرة القاعة من الباب الأيسر. " * 7,
]

UNSEEN = """(message) => {
  const showing = { is_hidden: false, is_paused: false, notice: message };
  const state = { room: 'main', model: 'none', tracks: ['original'], sources: [], problems: [], showing };
  openSocket.onmessage({ data: JSON.stringify({ type: 'state', state }) });
  const notice = document.querySelector('#notice');
  const place = notice.getBoundingClientRect();
  const [left, top] = [Math.max(0, place.left), Math.max(0, place.top)];
  const [right, bottom] = [Math.min(innerWidth, place.right), Math.min(innerHeight, place.bottom)];
  const wrong = [];
  const range = document.createRange();
  for (const { 0: word, index } of notice.textContent.matchAll(/\\S+/g)) {
    range.setStart(notice.firstChild, index);
    range.setEnd(notice.firstChild, index + word.length);
    const rows = [...range.getClientRects()];
    if (rows.length > 1 && word.length < 100) wrong.push(`${word} is cut`);
    const isOut = ({ x, y, width, height }) =>
      x < left - 1 || x + width > right + 1 || y < top - 2 || y + height > bottom + 2;
    if (rows.some(isOut)) wrong.push(`${word} is outside`);
  }
  return wrong;
}"""
"""Shows a message and returns which of its words are not seen whole."""


async def test_the_whole_message_is_visible_at_every_size() -> None:
    """Up to 280 letters, also one long word, on stage and overlay: nothing is outside, and no word is cut."""
    pages = ["stage/main?dual=1", *(f"overlay/main?lines=6&fs=9vh&valign={at}" for at in ("top", "middle", "bottom"))]
    async with serve_rooms(HostedRooms()) as port, open_page() as page:
        for address in [*pages, "overlay/main"]:
            await open_virtual(page, f"http://127.0.0.1:{port}/{address}")
            for width, height in ((320, 180), (390, 844), (1024, 300), (1920, 1080)):
                await page.set_viewport_size({"width": width, "height": height})
                for message in MESSAGES:
                    assert await page.evaluate(UNSEEN, message) == [], (address, width, message)


async def test_keys_change_size_language_and_screen() -> None:
    """Plus and minus, L and F do what the buttons do; the text stays on the screen, and a reload keeps the settings."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/stage/main")
        box = page.locator(".caption-box")
        rooms.say("1-0", "auf Deutsch", rev=1, final=True, language="de")
        rooms.say("1-0", "in English", rev=1, track="en", final=True)
        await expect(box).to_have_text(["in English"])
        size = await page.evaluate(SIZE)
        await page.keyboard.press("+")
        assert await page.evaluate(SIZE) > size * 1.05
        for _ in range(20):
            await page.keyboard.press("+")
        assert await outside(page) == []
        for _ in range(4):
            await page.keyboard.press("-")
        smaller = await page.evaluate(SIZE)
        await page.keyboard.press("l")
        await expect(box).to_have_text(["auf Deutsch"])
        await page.keyboard.press("L")
        await expect(box).to_have_text(["in English", "auf Deutsch"])
        await page.reload()
        await expect(box).to_have_text(["in English", "auf Deutsch"])
        await page.keyboard.press("l")
        await expect(box).to_have_text(["in English"])
        assert abs(await page.evaluate(SIZE) - smaller) < 1
        await page.keyboard.press("f")
        await wait_until(page, "() => document.fullscreenElement !== null")
        await page.keyboard.press("f")
        await wait_until(page, "() => document.fullscreenElement === null")
        await page.mouse.dblclick(600, 300)
        await wait_until(page, "() => document.fullscreenElement !== null")


async def test_the_pointer_goes_and_the_display_stays_on() -> None:
    """Pointer and buttons disappear after some seconds and return with a movement; the page has a wake lock."""
    async with serve_rooms(HostedRooms()) as port, open_page() as page:
        await page.add_init_script(
            "window.locks = []; const { request } = WakeLock.prototype; WakeLock.prototype.request = function (kind) {"
            " locks.push(kind); return request.call(this, kind); }"
        )
        await page.goto(f"http://127.0.0.1:{port}/stage/main")
        await wait_until(page, "() => getComputedStyle(document.body).cursor === 'none'")
        assert await page.evaluate("getComputedStyle(document.querySelector('#controls')).opacity") == "0"
        await page.mouse.move(200, 200)
        await page.mouse.move(300, 300)
        await wait_until(page, "() => getComputedStyle(document.body).cursor !== 'none'")
        assert set(await page.evaluate("locks")) == {"screen"}


async def test_a_corner_shows_problems() -> None:
    """Late words, a lost connection and a wrong link each have a message; otherwise there is none."""
    rooms = HostedRooms()
    async with open_page() as page:
        note = page.locator("#note")
        async with serve_rooms(rooms) as port:
            await page.goto(f"http://127.0.0.1:{port}/stage/main")
            await expect(note).to_be_hidden()
            rooms.main.set_source(SourceState("s", "listening", behind_s=11.0))
            await expect(note).to_have_text("10 s behind")
            rooms.main.set_source(SourceState("s", "listening"))
            await expect(note).to_be_hidden()
        await expect(note).to_have_text("The connection is lost; trying again.")
        async with serve_rooms(rooms, port):
            await expect(note).to_be_hidden(timeout=20_000)
        async with serve_rooms(HostedRooms(key="right")) as port:
            await page.goto(f"http://127.0.0.1:{port}/stage/main#wrong")
            await expect(note).to_contain_text("This link is not valid here.")


@pytest.mark.timing
async def test_the_stage_is_light_quick_and_accessible() -> None:
    """It weighs at most 60 kB, shows its first caption within half a second of a reload, and axe finds nothing."""
    rooms = HostedRooms()
    speak(rooms, "1-0", "Good morning everyone")
    async with serve_rooms(rooms) as port, open_page() as page:
        await expect_light_and_quick(page, f"http://127.0.0.1:{port}/stage/main?lang=original")
        for theme in ("dark", "light", "hc"):
            await page.goto(f"http://127.0.0.1:{port}/stage/main?lang=original&theme={theme}")
            rooms.main.set_visibility(Visibility(notice=f"Fire drill at noon, {theme}.", is_paused=True))
            await expect(page.locator("#notice")).to_contain_text(theme)
            await page.mouse.move(200, 200)
            await page.mouse.move(300, 300)
            assert await find_violations(page) == []
