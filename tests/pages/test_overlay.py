"""The overlay in a real browser."""

import asyncio
import io
import time

import pytest
from PIL import Image
from playwright.async_api import expect

from app.captions.room_state import SourceState, Visibility
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.axe import find_violations
from tests.support.browser import open_page
from tests.support.caption_layout import expect_steady, line_height, places, speak
from tests.support.page_weight import expect_light_and_quick
from tests.support.shown_words import open_virtual, play
from tests.support.spoken_captions import caption_message

GLIDES = """
window.glides = [];
const { animate } = Element.prototype;
Element.prototype.animate = function (frames, timing) {
  glides.push([Object.keys(frames[0]).join(), timing.duration]);
  return animate.call(this, frames, timing);
};
"""
"""Records every animation that a page starts."""


async def test_the_background_is_transparent() -> None:
    """Committed and tentative words have their styles, and the rest of the page is transparent."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main?preview=1")
        rooms.say("1-0", "Good morning", "everyone", rev=1, track="en")
        await expect(page.locator(".caption-pending")).to_have_text("everyone")
        assert (await page.locator(".caption-final").all_inner_texts()) == ["Good ", "morning "]
        picture = Image.open(io.BytesIO(await page.screenshot(omit_background=True))).convert("RGBA")
    assert picture.getpixel((5, 5)) == (0, 0, 0, 0)
    assert picture.getpixel((640, 100)) == (0, 0, 0, 0)
    colours = {pixel[:3] for _, pixel in picture.getcolors(1 << 20) or []}  # type: ignore[index]
    assert (255, 255, 255) in colours


async def test_committed_words_move_only_by_whole_lines() -> None:
    """Whatever the tentative words do, a committed word keeps its column, and its row until whole lines roll up."""
    rooms = HostedRooms()
    text = [f"word{i}{'.' if i % 9 == 8 else ''}" for i in range(27)]
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0")
        line = 0.0
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
                expect_steady(before, now, line := line or await line_height(page))
                before = now
        assert len({top for _, _, top in before}) <= 2
        assert before[-1][0] == "word26."


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [""]),
        ("?preview=1", ["in English"]),
        ("?lang=original", ["auf Deutsch"]),
        ("?lang=source&dual=1&preview=1", ["auf Deutsch", "in English"]),
        ("?dual=1&preview=1", ["in English", "auf Deutsch"]),
        ("?lang=original,en&preview=1", ["auf Deutsch", "in English"]),
        ("?pending=off&preview=1", [""]),
        ("?lines=999&fs=<b>&nonsense=1&color=red&preview=1", ["in English"]),
    ],
)
async def test_the_address_says_what_is_shown(query: str, shown: list[str]) -> None:
    """Tracks and looks follow the parameters; invalid values are ignored."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main{query}")
        await expect(page.locator(".caption-box")).to_have_count(len(shown))
        rooms.say("1-0", "", "auf Deutsch", rev=1, language="de")
        rooms.say("1-0", "", "in English", rev=1, track="en")
        for box, text in enumerate(shown):
            await expect(page.locator(".caption-box").nth(box)).to_have_text(text)
        if len(shown) == 2:  # what is said in English is shown once
            rooms.say("1-0", "auf Deutsch.", rev=2, language="de", final=True)
            rooms.say("1-0", "in English.", rev=2, track="en", final=True)
            for track in ("original", "en"):
                rooms.say("1-1", "Goodbye.", rev=1, track=track)
            await expect(page.locator(".caption-box").first).to_contain_text("Goodbye.")
            await expect(page.get_by_text("Goodbye.")).to_have_count(1)


async def test_silence_clears_the_screen() -> None:
    """After the given seconds nothing is shown, and new words start on a new line."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main?clear=1&lang=original")
        rooms.say("1-0", "old words", rev=1, final=True)
        await expect(page.locator(".caption-final").first).to_have_text("old")
        await expect(page.locator(".caption-final")).to_have_count(0, timeout=3000)
        rooms.say("1-5", "new", rev=1)
        await expect(page.locator(".caption-final")).to_have_text(["new"])


async def test_the_page_reconnects_and_shows_nothing_twice() -> None:
    """After an outage of the service, missed words appear, each once."""
    rooms = HostedRooms()
    async with open_page() as page:
        async with serve_rooms(rooms) as port:
            await page.goto(f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0&lines=4")
            rooms.say("1-0", "one.", rev=1, final=True)
            await expect(page.locator(".caption-final")).to_have_text(["one."])
        rooms.say("1-1", "two.", rev=1, final=True)
        await asyncio.sleep(0.3)
        async with serve_rooms(rooms, port):
            await expect(page.locator(".caption-final")).to_have_text(["one.", "two."], timeout=15_000)
            rooms.say("1-2", "three.", rev=1, final=True)
            await expect(page.locator(".caption-final")).to_have_text(["one.", "two.", "three."])


async def test_late_words_are_reported() -> None:
    """From five seconds on the page says how far behind it is, unless its address says no; then it is quiet again."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main")
        late = page.locator("#late")
        rooms.main.set_source(SourceState("s", "listening", behind_s=3.0))
        await expect(late).to_be_hidden()
        rooms.main.set_source(SourceState("s", "listening", behind_s=11.0))
        await expect(late).to_have_text("10 s behind")
        rooms.main.set_source(SourceState("s", "listening", behind_s=0.0))
        await expect(late).to_be_hidden()
        rooms.main.set_source(SourceState("s", "listening", behind_s=30.0))
        await expect(late).to_have_text("30 s behind")
        await page.goto(f"http://127.0.0.1:{port}/overlay/main?late=0")
        await expect(page.locator("#stage .caption-box")).to_have_count(1)
        await asyncio.sleep(0.5)
        await expect(late).to_be_hidden()


async def test_an_overlay_with_a_wrong_link_says_so() -> None:
    """A wrong link shows a sentence that says what is wrong."""
    async with serve_rooms(HostedRooms(key="right")) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main#wrong")
        await expect(page.locator("#late")).to_contain_text("This link is not valid here.")


async def test_a_hidden_screen_is_blank_and_returns_with_new_words() -> None:
    """While it is hidden nothing is shown; afterwards only new words, not those of the meantime."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0")
        rooms.main.set_visibility(Visibility(notice="Fire drill at noon."))
        await expect(page.locator("#notice")).to_have_text("Fire drill at noon.")
        rooms.say("1-0", "before", "grey", rev=1)
        words = page.locator(".caption-final")
        await expect(words).to_have_text(["before"])
        rooms.main.set_visibility(Visibility(is_hidden=True, notice="Fire drill at noon."))
        await expect(words).to_have_count(0)
        await expect(page.locator(".caption-box")).to_be_hidden()
        await expect(page.locator("#notice")).to_be_hidden()
        rooms.say("1-0", "before meanwhile", "grey", rev=2)
        rooms.say("1-1", "unseen", rev=1, final=True)
        rooms.say("1-2", "also unseen", rev=1)
        await asyncio.sleep(1.2)
        await expect(page.locator("span")).to_have_count(0)
        rooms.main.set_visibility(Visibility())
        await asyncio.sleep(1.2)
        rooms.say("1-0", "before meanwhile after", rev=3, final=True)
        rooms.say("1-2", "also unseen seen", rev=2)
        await expect(words).to_have_text(["after", "seen"])
        await expect(page.locator("#notice")).to_be_hidden()


async def test_delayed_words_come_later() -> None:
    """With a delay of two seconds nothing is shown earlier, and then everything in order."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0&delay=2")
        await page.wait_for_load_state("networkidle")
        said = time.monotonic()
        rooms.say("1-0", "one", rev=1)
        rooms.say("1-0", "one two", rev=2, final=True)
        await asyncio.sleep(1)
        await expect(page.locator(".caption-final")).to_have_count(0)
        await expect(page.locator(".caption-final")).to_have_text(["one", "two"])
        assert time.monotonic() - said >= 1.9


async def test_lines_glide_only_if_wanted() -> None:
    """Motion is off by default and with reduced motion; otherwise it is a transform of 150 ms."""
    phrases = [(number, caption_message(f"1-{number}", f"phrase {number}")) for number in range(4)]
    async with serve_rooms(HostedRooms()) as port, open_page() as page:
        await page.add_init_script(GLIDES)
        for query, prefers, glides in (
            ("&motion=on", "no-preference", 1),
            ("&motion=on", "reduce", 0),
            ("", "null", 0),
        ):
            await page.emulate_media(reduced_motion=prefers)  # type: ignore[arg-type]
            await open_virtual(page, f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0&mode=block{query}")
            await play(page, phrases)
            found = {tuple(one) for one in await page.evaluate("glides")}
            assert found == ({("transform", 150)} if glides else set())


async def test_debug_shows_the_state_of_the_page() -> None:
    """A corner shows status, log position, revision and age of the last text."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/overlay/main?debug=1&lang=original")
        rooms.say("1-0", "one", rev=7, final=True)
        place = "epoch e1, seq 1, phrase 1-0, rev 7"
        for text in ("open", "shows original of original, en", place, "last text", "than the fastest"):
            await expect(page.locator("#debug")).to_contain_text(text)


@pytest.mark.timing
async def test_the_overlay_is_light_quick_and_accessible() -> None:
    """It weighs at most 60 kB, shows its first caption within half a second of a reload, and axe finds nothing."""
    rooms = HostedRooms()
    speak(rooms, "1-0", "Good morning everyone")
    async with serve_rooms(rooms) as port, open_page() as page:
        await expect_light_and_quick(page, f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0")
        rooms.main.set_visibility(Visibility(notice="Fire drill at noon."))
        await expect(page.locator("#notice")).to_be_visible()
        assert await find_violations(page) == []
