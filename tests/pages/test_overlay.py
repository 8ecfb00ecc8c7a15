"""The overlay in a real browser."""

import asyncio
import io
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from app.captions.state import SourceState
from tests.pages.browser import chromium
from tests.web.doors import Rooms, serving

PLACES = """() => [...document.querySelectorAll('.caption-line:not([hidden]) .caption-final')].map((span) => {
  const box = span.getBoundingClientRect();
  return [span.textContent, Math.round(box.left), Math.round(box.top)];
})"""


async def places(page: Page) -> list[tuple[str, int, int]]:
    """Return (text, left, top) of every visible committed word."""
    found: list[list[Any]] = await page.evaluate(PLACES)
    return [(text.strip(), left, top) for text, left, top in found]


async def test_solid_and_grey_words_stand_over_nothing() -> None:
    """Committed and tentative words have their styles, and the rest of the page is transparent."""
    rooms = Rooms()
    async with serving(rooms) as port, chromium() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main")
        rooms.say("1-0", "Good morning", "everyone", rev=1, track="en")
        await expect(page.locator(".caption-pending")).to_have_text("everyone")
        assert (await page.locator(".caption-final").all_inner_texts()) == ["Good ", "morning "]
        picture = Image.open(io.BytesIO(await page.screenshot(omit_background=True))).convert("RGBA")
    assert picture.getpixel((5, 5)) == (0, 0, 0, 0)
    assert picture.getpixel((640, 100)) == (0, 0, 0, 0)
    colours = {pixel[:3] for _, pixel in picture.getcolors(1 << 20) or []}  # type: ignore[index]
    assert (255, 255, 255) in colours


async def test_committed_words_never_move_but_by_whole_lines() -> None:
    """Whatever the grey tail does, a solid word keeps its column, and its row until whole lines roll up."""
    rooms = Rooms()
    text = [f"word{i}{'.' if i % 9 == 8 else ''}" for i in range(54)]
    async with serving(rooms) as port, chromium() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0")
        line = None
        before: list[tuple[str, int, int]] = []
        rev = 0
        for said in range(1, len(text) + 1):
            phrase, first = f"1-{(said - 1) // 9}", (said - 1) // 9 * 9
            for tail in (["a", "long", "grey", "tail", "that", "wraps", "onto", "the", "next", "line"], []):
                rev += 1
                is_final = not tail and said % 9 == 0
                rooms.say(phrase, " ".join(text[first:said]), " ".join(tail), rev=rev, final=is_final)
                grey = page.locator(".caption-pending")
                await (expect(grey.last).to_have_text(tail[-1]) if tail else expect(grey).to_have_count(0))
                now = await places(page)
                line = line or await page.evaluate(
                    "document.querySelector('.caption-line').getBoundingClientRect().height"
                )
                seen = {word: (left, top) for word, left, top in now}
                for word, left, top in before:
                    if word in seen:
                        assert seen[word][0] == left, f"{word} moved sideways"
                        rows = (top - seen[word][1]) / line
                        assert rows >= -0.02, f"{word} moved down"
                        assert abs(rows - round(rows)) < 0.1, f"{word} moved by part of a line"
                before = now
        assert len({top for _, _, top in before}) <= 2
        assert before[-1][0] == "word53."


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["in English"]),
        ("?lang=original", ["auf Deutsch"]),
        ("?lang=source&dual=1", ["auf Deutsch", "in English"]),
        ("?dual=1", ["in English", "auf Deutsch"]),
        ("?pending=off", [""]),
        ("?lines=999&fs=<b>&nonsense=1&color=red", ["in English"]),
    ],
)
async def test_the_address_says_what_is_shown(query: str, shown: list[str]) -> None:
    """Tracks and looks follow the parameters; what makes no sense is ignored."""
    rooms = Rooms()
    async with serving(rooms) as port, chromium() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main{query}")
        await expect(page.locator(".caption-box")).to_have_count(len(shown))
        rooms.say("1-0", "", "auf Deutsch", rev=1)
        rooms.say("1-0", "", "in English", rev=1, track="en")
        for box, text in enumerate(shown):
            await expect(page.locator(".caption-box").nth(box)).to_have_text(text)


async def test_silence_clears_the_screen() -> None:
    """After the given seconds nothing is left, and new words start afresh."""
    rooms = Rooms()
    async with serving(rooms) as port, chromium() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main?clear=1&lang=original")
        rooms.say("1-0", "old words", rev=1, final=True)
        await expect(page.locator(".caption-final").first).to_have_text("old")
        await expect(page.locator(".caption-final")).to_have_count(0, timeout=3000)
        rooms.say("1-5", "new", rev=1)
        await expect(page.locator(".caption-final")).to_have_text(["new"])


async def test_the_page_comes_back_by_itself_and_shows_nothing_twice() -> None:
    """The service goes and returns; what was said meanwhile appears, each word once."""
    rooms = Rooms()
    async with chromium() as page:
        async with serving(rooms) as port:
            await page.goto(f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0&lines=4")
            rooms.say("1-0", "one.", rev=1, final=True)
            await expect(page.locator(".caption-final")).to_have_text(["one."])
        rooms.say("1-1", "two.", rev=1, final=True)
        await asyncio.sleep(0.3)
        async with serving(rooms, port):
            await expect(page.locator(".caption-final")).to_have_text(["one.", "two."], timeout=15_000)
            rooms.say("1-2", "three.", rev=1, final=True)
            await expect(page.locator(".caption-final")).to_have_text(["one.", "two.", "three."])


async def test_readers_are_told_when_words_are_late() -> None:
    """From five seconds on the page says how far behind it is, unless its address says no; then it is quiet again."""
    rooms = Rooms()
    async with serving(rooms) as port, chromium() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main")
        late = page.locator("#late")
        rooms.main.show(SourceState("s", "listening", behind_s=3.0))
        await expect(late).to_be_hidden()
        rooms.main.show(SourceState("s", "listening", behind_s=11.0))
        await expect(late).to_have_text("10 s behind")
        rooms.main.show(SourceState("s", "listening", behind_s=0.0))
        await expect(late).to_be_hidden()
        rooms.main.show(SourceState("s", "listening", behind_s=30.0))
        await expect(late).to_have_text("30 s behind")
        await page.goto(f"http://127.0.0.1:{port}/overlay/main?late=0")
        await expect(page.locator("#stage .caption-box")).to_have_count(1)
        await asyncio.sleep(0.5)
        await expect(late).to_be_hidden()


async def test_an_overlay_with_a_wrong_link_says_so() -> None:
    """Whoever sets it up is told why nothing comes; it is no riddle."""
    async with serving(Rooms(key="right")) as port, chromium() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main#wrong")
        await expect(page.locator("#late")).to_contain_text("This link opens nothing here.")
