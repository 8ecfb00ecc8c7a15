"""What readers, speakers and operators see of data protection, in a real browser."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from app.captions.room_state import OutputHealth, OutputState
from app.store.rooms import RoomSettings
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.axe import find_violations
from tests.support.browser import open_page
from tests.support.console_page import open_console, publish
from tests.support.raw_peer import KEY

NOTICE = (
    "Responsible: Ada Lovelace Ltd, privacy@example.org.\n<b>Purpose</b>: captions of the all-hands.\n" + "long " * 380
)
SENT = OutputState("z", "zoom", None, OutputHealth("working", "", 7))


@pytest.mark.parametrize("width", [360, 1440])
async def test_readers_open_data_protection_with_the_keyboard(width: int) -> None:
    """The dialog has the facts of the room and the operator's text as text, fits the screen, and closes with Escape."""
    rooms = HostedRooms()
    await rooms.change_room("main", RoomSettings(privacy_notice=NOTICE, retention_h=72))
    rooms.main.set_outputs((SENT,))
    async with serve_rooms(rooms) as port, open_page(width=width, height=640) as page:
        await page.goto(f"http://127.0.0.1:{port}/v/main")
        await page.locator("#empty .privacy-open").focus()
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Data protection")
        for fact in (
            "kept for 72 hours",
            "Sound is not stored.",
            "Captions are sent to Zoom.",
            "<b>Purpose</b>: captions",
        ):
            await expect(dialog).to_contain_text(fact)
        assert await find_violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        box = await dialog.bounding_box()
        assert box is not None
        assert box["height"] <= 0.9 * 640
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await expect(page.locator("#empty .privacy-open")).to_be_focused()
        await page.locator("#settings").click()
        await page.locator("#sheet .privacy-open").click()
        await expect(dialog).to_contain_text("kept for 72 hours")
        await page.get_by_role("button", name="Close").click()
        await expect(dialog).to_be_hidden()


@pytest.mark.parametrize("width", [360, 1440])
async def test_speakers_see_data_protection_before_they_start(width: int) -> None:
    """The facts and the operator's text are above the button, which stays on the first screen of a phone."""
    rooms = HostedRooms()
    await rooms.change_room("main", RoomSettings(privacy_notice=NOTICE))
    async with serve_rooms(rooms) as port, open_page(width=width, height=800) as page:
        await page.goto(f"http://127.0.0.1:{port}/microphone/main")
        shown = page.get_by_role("region", name="Data protection")
        await expect(shown).to_contain_text("Responsible: Ada Lovelace Ltd")
        await expect(shown).to_contain_text("Captions are kept for 24 hours")
        start = await page.locator("#talk").bounding_box()
        place = await shown.bounding_box()
        assert start is not None
        assert place is not None
        assert place["y"] < start["y"]
        assert await find_violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_operators_write_the_notice() -> None:
    """It is saved with its lines; what is typed stays while somebody else changes the room."""
    rooms = HostedRooms()
    async with open_console(rooms, fragment=f"#{KEY}") as (page, _):
        await page.get_by_text("Stored text").click()
        await page.get_by_text("Data protection notice").click()
        field = page.get_by_label("Your part of the notice")
        await field.fill("Ask Ada.\nRoom 3")
        await expect(page.locator("#privacy-state")).to_have_text("Not saved yet.")
        await rooms.change_room("main", RoomSettings(retention_h=5))
        await expect(page.locator("#retention")).to_have_value("5")
        await expect(field).to_have_value("Ask Ada.\nRoom 3")
        await page.get_by_role("button", name="Preview").last.click()
        await expect(page.get_by_role("group", name="Readers and speakers will see:")).to_contain_text("Ask Ada.")
        await asyncio.sleep(0.55)  # a text that nobody could have read is not saved
        await page.keyboard.press("Enter")
        await expect(page.locator("#privacy-report")).to_contain_text("Saved.")
        assert rooms.get_room_settings("main").privacy_notice == "Ask Ada.\nRoom 3"


async def test_an_erasure_gives_a_receipt(tmp_path: Path) -> None:
    """The console shows what was erased and what remains, and saves it as a text file."""
    rooms = HostedRooms()
    async with open_console(rooms, width=360, height=640, fragment=f"#{KEY}") as (page, _):
        rooms.main.set_outputs((SENT,))
        publish(rooms, 1, "Guten Morgen.")
        await expect(page.locator("#phrases li")).to_have_count(1)
        await page.get_by_text("Stored text").click()
        await page.get_by_text("Erase all captions").click()
        await page.locator("#erase-name").fill("main")
        await page.keyboard.press("Enter")
        receipt = page.get_by_role("region", name="Receipt")
        await expect(receipt).to_contain_text("1 caption: each phrase")
        await expect(receipt).to_contain_text("7 captions that went to Zoom")
        async with page.expect_download() as download:
            await page.get_by_text("Download the receipt").click()
        assert (await download.value).suggested_filename.startswith("main erased 20")
        await (await download.value).save_as(tmp_path / "receipt.txt")
        assert "Receipt of an erasure: captions erased\nRoom: main\n" in (tmp_path / "receipt.txt").read_text()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
