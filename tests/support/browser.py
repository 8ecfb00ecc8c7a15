"""A real Chromium for the tests of pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Page, async_playwright

from tests.support.required_program import require_program

OPTIONS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@asynccontextmanager
async def open_page(*options: str, width: int = 1280, height: int = 720, forgives: str = "") -> AsyncIterator[Page]:
    """Open a page while the block lasts; an error on its console fails the test, unless it contains `forgives`."""
    complaints: list[str] = []

    def listen(message: Any) -> None:
        # a server that a test stops is no fault of the page
        is_forgiven = "ERR_CONNECTION_REFUSED" in message.text or (forgives and forgives in message.text)
        if message.type == "error" and not is_forgiven:
            complaints.append(message.text)

    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=require_program("chromium"), args=[*OPTIONS, *options])
        page = await browser.new_page(viewport={"width": width, "height": height})
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        await browser.close()
    assert complaints == []
