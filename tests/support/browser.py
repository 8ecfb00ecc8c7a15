"""Opens pages in a real Chromium."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

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

WAIT_S = 15.0
"""How long `wait_until` waits; a machine that runs other tests beside is slow."""

POLL_S = 0.05


class SharedBrowser:
    """One Chromium for many tests, started when the first test opens a page."""

    def __init__(self) -> None:
        """Prepare; nothing runs yet."""
        self._stack = AsyncExitStack()
        self._browser: Browser | None = None

    async def get(self) -> Browser:
        """Return the running browser; starts it if it does not run, or has crashed."""
        if self._browser is None or not self._browser.is_connected():
            self._browser = await self._stack.enter_async_context(running_chromium())
        return self._browser

    async def close(self) -> None:
        """Stop it."""
        await self._stack.aclose()


_shared: SharedBrowser | None = None


@asynccontextmanager
async def sharing_browser() -> AsyncIterator[None]:
    """Let `open_page` use one browser while the block lasts; all tests within it must use one event loop."""
    global _shared
    _shared = SharedBrowser()
    try:
        yield
    finally:
        await _shared.close()
        _shared = None


@asynccontextmanager
async def running_chromium(*options: str) -> AsyncIterator[Browser]:
    """Run Chromium while the block lasts."""
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=require_program("chromium"), args=[*OPTIONS, *options])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def open_page(
    *options: str,
    width: int = 1280,
    height: int = 720,
    forgives: str = "",
    has_workers: bool = False,
    locale: str = "en-US",
) -> AsyncIterator[Page]:
    """Open a page while the block lasts; an error on its console fails the test, unless it contains `forgives`.

    `locale` is the language of the browser, such as `de-AT`.

    Service workers are blocked unless `has_workers` is set, so that every request is the page's own. The page has its
    own profile. It has its own browser too if it needs options, or if none is shared.
    """
    complaints: list[str] = []

    def listen(message: Any) -> None:
        # a server that a test stops is no fault of the page
        is_forgiven = "ERR_CONNECTION_REFUSED" in message.text or (forgives and forgives in message.text)
        if message.type == "error" and not is_forgiven:
            complaints.append(message.text)

    async with AsyncExitStack() as stack:
        if _shared is None or options:
            browser = await stack.enter_async_context(running_chromium(*options))
        else:
            browser = await _shared.get()
        before = set(browser.contexts)
        page = await browser.new_page(
            viewport={"width": width, "height": height},
            service_workers="allow" if has_workers else "block",
            locale=locale,
        )
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            yield page
        finally:
            for context in browser.contexts:
                if context not in before:
                    await context.close()
    assert complaints == []


async def wait_until(page: Page, expression: str, arg: object = None) -> None:
    """Wait until a JavaScript expression, or a function of `arg`, is true in the page.

    Playwright's own `wait_for_function` polls with `eval` inside the page, which the policy of our pages forbids: it
    works only if the expression is true at the first try.

    Raises:
        AssertionError: It was not true within `WAIT_S`.
    """
    try:
        async with asyncio.timeout(WAIT_S):
            while not await page.evaluate(expression, arg):  # noqa: ASYNC110 - the page has no event for it
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        raise AssertionError(f"not true within {WAIT_S:g} s: {expression}") from None
