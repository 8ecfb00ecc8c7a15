"""The console as a page, in a real browser: accessible, small, and clear about a lost connection."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import expect

from app.captions.room_state import Alarm, OutputHealth, OutputState, SourceState, Visibility
from app.store.rooms import RoomSettings
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.axe import find_violations
from tests.support.browser import open_page
from tests.support.console_page import SLOW_MS, logged_texts, open_console, publish
from tests.support.html_payloads import PAYLOADS
from tests.support.page_weight import expect_light_and_quick
from tests.support.raw_peer import KEY


def busy() -> HostedRooms:
    """Return rooms with everything that the console can show."""
    rooms = HostedRooms()
    for number in range(1, 12):
        publish(rooms, number, f"Satz {number}, der etwas länger ist als die anderen.")
        publish(rooms, number, f"Sentence {number}, which is a little longer than the others.", track="en")
    rooms.main.correct("1-10", "original", "Ein anderer Satz.")
    publish(rooms, 12, "Und jetzt", "kommen", final=False)
    rooms.main.set_source(SourceState("Hall microphone", "listening", level_dbfs=-18.0, is_speech=True))
    rooms.main.set_source(SourceState("browser 3fa2", "listening", level_dbfs=-1.0, is_clipping=True, behind_s=6.0))
    rooms.main.set_source(SourceState("stream", "retrying", "The stream broke off."))
    rooms.main.set_outputs(
        (
            OutputState("a", "zoom", "en", OutputHealth("working", "", 132, 1)),
            OutputState(
                "b", "youtube", None, OutputHealth("failed", "YouTube refuses the address; paste a new one.", 0, 14)
            ),
        )
    )
    rooms.main.set_alarms((Alarm("clipping", "browser 3fa2", "The input is clipping. Turn the microphone down."),))
    rooms.main.set_visibility(Visibility(is_hidden=True, is_paused=True, notice="Short break"))
    return rooms


async def test_the_console_is_accessible() -> None:
    """axe finds nothing, wide, narrow and dark, with everything open; nothing is wider than the page."""
    async with open_console(busy()) as (page, _):
        await expect(page.locator("#alarms p")).to_have_count(1)
        await page.keyboard.press("o")
        await expect(page.get_by_label("Destination")).to_be_focused()
        await page.locator("#add summary").focus()
        await page.keyboard.press("e")
        await expect(page.locator(".correction textarea")).to_be_focused()
        assert await find_violations(page) == []
        await page.emulate_media(color_scheme="dark")
        assert await find_violations(page) == []
        for width in (360, 320):
            await page.set_viewport_size({"width": width, "height": 640})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await find_violations(page) == []
        await page.locator("#help-open").click()
        assert await find_violations(page) == []


SIZES = (
    *((width, 800) for width in (320, 360, 390, 413, 701, 768, 863, 864, 959, 961, 1023, 1100, 1280, 1440, 1920)),
    (360, 500),
    (390, 450),
    (844, 390),
    (1024, 600),
)
"""Windows: phones, tablets, odd widths, a dock of OBS, a phone with its keyboard open, a phone that lies, a netbook."""

PLACES = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  const [list, last, hide, pause] = ['#scroll', '#phrases li:last-child', '#hide', '#pause'].map(box);
  const texts = [...document.querySelectorAll('.text:not([hidden])')].map((text) => text.getBoundingClientRect().width);
  return {
    sideways: document.documentElement.scrollWidth - innerWidth,
    text: Math.min(...texts),
    list: [list.top, list.height],
    isLive: last.bottom <= list.bottom + 1 && last.bottom > list.top && list.bottom <= innerHeight,
    isSafe: [hide, pause].every(({ top, bottom, right }) => top >= 0 && bottom <= innerHeight && right <= innerWidth),
  };
}"""
"""Where things are: whether the newest line is in view, and both buttons that protect the audience."""


async def test_the_layout_holds_in_every_window() -> None:
    """Columns of text stay wide and the newest line stays in view, and twelve alarms move nothing."""
    rooms = busy()
    await rooms.change_room("main", replace(rooms.get_room_settings("main"), title="Donaudampfschifffahrt " * 3))
    async with open_console(rooms) as (page, _):
        await expect(page.locator("#phrases li")).to_have_count(12)
        before = {}
        for width, height in SIZES:
            await page.set_viewport_size({"width": width, "height": height})
            await page.wait_for_timeout(30)
            found = before[width, height] = await page.evaluate(PLACES)
            assert (found["sideways"], found["isLive"], found["isSafe"]) == (0, True, True), (width, height, found)
            wanted = 448 if width >= 864 else 200
            assert found["text"] >= wanted, (width, height, found)
        rooms.main.set_alarms(tuple(Alarm("clipping", f"source {n}", "It is clipping. " * 9) for n in range(12)))
        await expect(page.locator("#alarms p")).to_have_count(12)
        for size in SIZES[::4]:
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            await page.wait_for_timeout(30)
            assert await page.evaluate(PLACES) == before[size]
        await page.set_viewport_size({"width": 360, "height": 500})
        await page.keyboard.press("e")
        await page.keyboard.type(" More")
        publish(rooms, 13, "Something new.")
        await expect(page.locator("#newest")).to_have_text("Something new.")
        await expect(page.get_by_role("button", name="Save Enter")).to_be_in_viewport(ratio=1)
        assert await find_violations(page) == []


@pytest.mark.timing
async def test_the_page_is_light_and_quick() -> None:
    """Its files are small together, and a reload shows the captions within half a second."""
    async with serve_rooms(busy()) as port, open_page() as page:
        await expect_light_and_quick(page, f"http://127.0.0.1:{port}/operator/main#{KEY}", "#phrases .solid")


def test_all_modules_are_preloaded(root: Path) -> None:
    """The page names every module that its script needs, so that all load at the same time."""
    static = root / "static"
    needed, unread = set[Path](), [static / "console" / "console.js"]
    while unread:
        file = unread.pop()
        names = re.findall(r'^import .* from "(\..+)";', file.read_text(), re.MULTILINE)
        found = {(file.parent / name).resolve() for name in names}
        unread += found - needed
        needed |= found
    page = (static / "console" / "console.html").read_text()
    assert {static / name for name in re.findall(r'"modulepreload" href="/static/(.+)"', page)} == needed


async def test_a_lost_connection_is_shown_and_loses_nothing() -> None:
    """While the service is away the page says so, disables actions and keeps typed text; then it continues."""
    rooms = HostedRooms()
    async with open_page() as page:
        async with serve_rooms(rooms) as port:
            await page.goto(f"http://127.0.0.1:{port}/operator/main#{KEY}")
            publish(rooms, 1, "Gutn Morgen.")
            await expect(page.locator("#phrases li")).to_have_count(1, timeout=SLOW_MS)
            await page.keyboard.press("e")
            await page.keyboard.press("Control+a")
            await page.keyboard.type("Guten Morgen.")
        lost = page.locator("#lost")
        await expect(lost).to_contain_text("The connection is lost", timeout=SLOW_MS)
        await expect(page).to_have_title("⚠ Connection lost · main")
        await page.keyboard.press("Enter")
        await expect(page.locator(".correction .report")).to_contain_text(
            "Not done: the connection to the service is lost."
        )
        await expect(page.locator("#hide")).to_have_attribute("aria-disabled", "true")
        await page.locator("#hide").press("Enter")
        await expect(page.locator("#screens-report")).to_contain_text("Not done")
        await asyncio.sleep(0.3)
        async with serve_rooms(rooms, port):
            await expect(lost).to_be_hidden(timeout=30_000)
            await expect(page.locator(".correction textarea")).to_have_value("Guten Morgen.")
            await page.locator(".correction textarea").press("Enter")
            await expect(page.locator("#phrases .solid")).to_have_text("Guten Morgen.", timeout=SLOW_MS)
            await expect(page.locator(".correction")).to_have_count(0)
            assert logged_texts(rooms)["1-1", "original"] == "Guten Morgen."


async def test_everything_from_the_service_stays_text() -> None:
    """Phrases, names, errors, notices and the glossary are shown as text, whatever they contain."""
    rooms = HostedRooms()
    await rooms.change_room("main", RoomSettings(task="translate", glossary="\n".join(PAYLOADS)))
    rooms.main.set_alarms(tuple(Alarm("clipping", text, text) for text in PAYLOADS[:20]))
    rooms.main.set_visibility(Visibility(notice=PAYLOADS[0]))
    rooms.main.set_outputs(
        tuple(OutputState(str(n), "zoom", None, OutputHealth("failed", text)) for n, text in enumerate(PAYLOADS[:20]))
    )
    async with open_console(rooms) as (page, _):
        harm: list[str] = []
        await page.expose_function("tellHarm", lambda directive: harm.append(directive))
        await page.evaluate("addEventListener('securitypolicyviolation', (event) => tellHarm(event.violatedDirective))")
        page.on("dialog", lambda dialog: harm.append("dialog"))
        before = set(await page.evaluate("[...document.querySelectorAll('*')].map(({ localName }) => localName)"))
        for number, text in enumerate(PAYLOADS):
            publish(rooms, number, text)
            rooms.main.set_source(SourceState(f"{number} {text}", "failed", text))
        await expect(page.locator("#phrases li")).to_have_count(len(PAYLOADS), timeout=SLOW_MS)
        await expect(page.locator(".source")).to_have_count(len(PAYLOADS), timeout=SLOW_MS)
        await expect(page.locator("#phrases")).to_contain_text("<script>alert(1)</script>")
        after = set(await page.evaluate("[...document.querySelectorAll('*')].map(({ localName }) => localName)"))
        assert after <= before | {"li", "b", "form", "p", "canvas"}
        assert not await page.evaluate(
            "document.querySelectorAll('#phrases script, #phrases img, #sources img').length"
        )
        assert harm == []
