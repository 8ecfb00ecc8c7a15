"""The space between committed and tentative words on every page, in a real browser."""

import pytest
from playwright.async_api import expect

from app.captions.event import Event
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.browser import open_page
from tests.support.raw_peer import KEY

PLACES = {
    "/overlay/main?lang=original": ".caption-line",
    "/stage/main?lang=original": ".caption-line",
    "/v/main?lang=original": "#captions .text",
    "/operator/main": "#phrases [data-track] > p:first-child",
    "/microphone/main": "#preview p",
}
"""Where the text of a phrase is, by page."""


@pytest.mark.parametrize(
    ("language", "committed", "tentative", "shown"),
    [("ja", "字幕は", "動きません。", "字幕は動きません。"), ("en", "Good", "morning", "Good morning")],
)
async def test_only_scripts_with_spaces_get_one(language: str, committed: str, tentative: str, shown: str) -> None:
    """Japanese words follow each other without a space on all pages, English words with one."""
    rooms = HostedRooms()
    rooms.main.publish(
        Event("main", "", None, "1-0", 1, "s", "original", "open", language, 0.0, 1.0, committed, tentative)
    )
    async with serve_rooms(rooms) as port, open_page() as page:
        for path, place in PLACES.items():
            await page.goto(f"http://127.0.0.1:{port}{path}#{KEY}")
            text = page.locator(place).first
            await expect(text).to_contain_text(tentative)
            assert (await text.text_content() or "").strip() == shown, path
