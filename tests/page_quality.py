"""Checks every page at every width, light and dark, during the demo meeting: `python -m tests.page_quality`.

For each it reports violations that axe finds, errors on the browser's console, layout shift, and sideways scrolling.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from playwright.async_api import Browser, ConsoleMessage

from app.decode import demo_files
from tests.support.axe import find_violations
from tests.support.browser import running_chromium
from tests.support.layout_shift import WATCH_SHIFTS, read_shift
from tests.support.program import running_surtitle
from tests.support.raw_peer import KEY

PAGES = (
    "",
    "v/main",
    "overlay/main",
    "stage/main",
    "operator/main",
    "microphone/main",
    "builder/main",
    "slide/main",
    "poster/main",
    "certificate",
    "nothing-here",
)
"""Paths of the pages, and one that does not exist."""

WIDTHS = (320, 360, 390, 768, 960, 1024, 1280, 1440, 1920)
"""Widths of the window in CSS pixels."""

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

SHIFT_MAX = 0.02
"""Most layout shift of one page; 0.1 is what Google calls good."""

WATCHED_S = 6.0
"""How long a page is watched while the meeting goes on."""

AT_ONCE = 3
"""Pages that are open at once, on two cores."""


@dataclass(frozen=True, slots=True)
class PageCheck:
    """What was found on one page at one width."""

    page: str
    width: int
    scheme: Literal["light", "dark"]
    violations: list[str]
    errors: list[str]
    shift: float
    """Layout shift as browsers count it: the worst burst of moves that nobody caused by a click."""
    sideways: int
    """Pixels by which the page is wider than the window."""

    @property
    def is_good(self) -> bool:
        """Whether nothing was found."""
        return not (self.violations or self.errors or self.sideways) and self.shift <= SHIFT_MAX

    def __str__(self) -> str:
        """Return one line."""
        found = [*self.violations, *self.errors, *([f"{self.sideways} px too wide"] if self.sideways else [])]
        return f"/{self.page:15} {self.width:5} {self.scheme:5}  shift {self.shift:.3f}  {'; '.join(found) or 'good'}"


async def check_page(
    browser: Browser, address: str, page: str, width: int, scheme: Literal["light", "dark"], watched_s: float
) -> PageCheck:
    """Open a page, watch it for a while, and return what was found."""
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # the browser itself reports the 404 of the page that does not exist
        if message.type == "error" and not (page == "nothing-here" and "404" in message.text):
            errors.append(message.text)

    context = await browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    try:
        await context.add_init_script(WATCH_SHIFTS)
        opened = await context.new_page()
        opened.on("console", note)
        opened.on("pageerror", lambda error: errors.append(str(error)))
        await opened.goto(f"{address}/{page}#{KEY}")
        await asyncio.sleep(watched_s)
        shift = await read_shift(opened)
        wide = int(await opened.evaluate("document.documentElement.scrollWidth")) - width
        return PageCheck(page, width, scheme, await find_violations(opened), errors, shift, max(0, wide))
    finally:
        await context.close()


async def check_pages(pages: Sequence[str], widths: Sequence[int], watched_s: float = WATCHED_S) -> list[PageCheck]:
    """Check pages at these widths, light and dark, while the demo meeting plays; prints each result."""
    serve = ("serve", "--model", "demo", "--language", "de,en", "--task", "translate", "--memory", "--port", "0")
    places = asyncio.Semaphore(AT_ONCE)
    with running_surtitle(*serve, "--https", "--source", str(demo_files.MEETING), SURTITLE_KEY=KEY) as service:
        address = await asyncio.to_thread(service.wait_for, r"All links: +(http://127\.0\.0\.1:\d+)/")
        async with running_chromium() as browser:

            async def check(page: str, width: int, scheme: Literal["light", "dark"]) -> PageCheck:
                async with places:
                    found = await check_page(browser, address, page, width, scheme, watched_s)
                    print(found, flush=True)
                    return found

            return await asyncio.gather(*(check(*each) for each in product(pages, widths, SCHEMES)))


def main() -> int:
    """Check the pages and return 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.page_quality", description=__doc__)
    parser.add_argument("--pages", nargs="*", default=PAGES, help="paths, such as operator/main")
    parser.add_argument("--widths", nargs="*", type=int, default=WIDTHS, help="widths in CSS pixels")
    given = parser.parse_args()
    found = asyncio.run(check_pages(given.pages, given.widths))
    bad = [check for check in found if not check.is_good]
    print(f"{len(found)} checks, {len(bad)} with findings; largest shift {max(check.shift for check in found):.3f}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
