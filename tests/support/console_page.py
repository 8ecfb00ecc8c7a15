"""Opens the operator's console in a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, expect

from app.captions.event import Event, State
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.browser import open_page
from tests.support.raw_peer import KEY

SLOW_MS = 15_000
"""How long a page may take on a busy machine."""

DEFAULT_MS = 5_000
"""How long playwright waits by default."""


@asynccontextmanager
async def open_console(
    rooms: HostedRooms,
    *,
    width: int = 1440,
    height: int = 900,
    fragment: str = f"#{KEY}",
    forgives: str = "",
    script: str = "",
) -> AsyncIterator[tuple[Page, str]]:
    """Serve rooms and open the console of the first; yields the page once it shows the room, and the address.

    `script` runs before the page's own scripts.
    """
    async with serve_rooms(rooms) as port, open_page(width=width, height=height, forgives=forgives) as page:
        page.set_default_timeout(SLOW_MS)
        expect.set_options(timeout=SLOW_MS)
        at = f"http://127.0.0.1:{port}"
        if script:
            await page.add_init_script(script)
        await page.goto(f"{at}/operator/main{fragment}")
        try:
            await expect(page.locator("#figures")).to_contain_text("reading")
            yield page, at
        finally:
            expect.set_options(timeout=DEFAULT_MS)


async def show_links(page: Page) -> None:
    """Scroll to the panel with the links, which is loaded when it is seen."""
    await page.locator("#sharing").scroll_into_view_if_needed()
    await expect(page.locator("#copy")).to_be_enabled()


def publish(
    rooms: HostedRooms,
    number: int,
    text: str,
    tentative: str = "",
    *,
    track: str = "original",
    language: str = "",
    rev: int = 1,
    final: bool = True,
) -> None:
    """Publish one state of the phrase with this number; phrases are one second apart. The original is German."""
    state: State = "final" if final else "open"
    spoken, at_s = language or ("de" if track == "original" else track), float(number)
    rooms.main.publish(
        Event("main", "", None, f"1-{number}", rev, "hall", track, state, spoken, at_s, at_s + 1, text, tentative)
    )


def logged_texts(rooms: HostedRooms) -> dict[tuple[str, str], str]:
    """Return the logged text of each phrase and track; a withdrawn one is empty."""
    return {(event.phrase, event.track): event.committed for event in rooms.main.since(0)}
