"""Takes the screenshots of the documents from the demo meeting: `python -m tests.screenshots docs`."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Page, expect

from app.decode import demo_files
from tests.support.browser import open_page
from tests.support.program import running_surtitle
from tests.support.raw_peer import KEY

SERVE = ("serve", "--model", "demo", "--language", "de,en", "--task", "translate", "--memory", "--port", "0")

SLIDE = """<!doctype html><title>Talk</title><style>
html, body, iframe { margin: 0; width: 100%; height: 100%; border: 0 }
body { background: linear-gradient(160deg, #22456b, #6b8fae 55%, #e8dcc4); overflow: hidden }
h1 { position: absolute; top: 12%; left: 8%; margin: 0; color: #ffffff; font: 600 56px system-ui, sans-serif }
iframe { position: absolute; inset: 0 }
</style><h1>All-hands, November</h1><iframe src="OVERLAY"></iframe>"""
"""A presented slide with the overlay on top, as in OBS."""


TALK = "http://127.0.0.1:9/talk"
"""Address of the slide, which has no server: the test answers for it, and Chromium treats it as a public site."""


async def take(folder: Path, phrases: int = 6) -> list[Path]:
    """Play the meeting until `phrases` are final, take a screenshot of each page, and return the files."""
    with running_surtitle(*SERVE, "--source", str(demo_files.MEETING), SURTITLE_KEY=KEY) as service:
        address = await asyncio.to_thread(service.wait_for, r"All links: +(http://127\.0\.0\.1:\d+)/")
        async with (
            open_page(width=390, height=700) as phone,
            open_page("--disable-features=LocalNetworkAccessChecks", width=1280, height=720) as talk,
            open_page(width=1440, height=900) as console,
        ):
            await phone.goto(f"{address}/v/main")
            await console.goto(f"{address}/operator/main#{KEY}")
            slide = SLIDE.replace("OVERLAY", f"{address}/overlay/main?dual=1&clear=0#{KEY}")
            await talk.route(TALK, lambda route: route.fulfill(body=slide, content_type="text/html; charset=utf-8"))
            await talk.goto(TALK)
            await _said(phone, phrases)
            pages = {"audience": phone, "overlay": talk, "console": console}
            taken = [folder / f"{name}.png" for name in pages]
            await asyncio.gather(
                *(page.screenshot(path=path) for page, path in zip(pages.values(), taken, strict=True))
            )
    return taken


async def _said(page: Page, phrases: int) -> None:
    """Wait until the page shows this many phrases and an unfinished one."""
    await expect(page.locator("#captions .text").nth(phrases)).to_be_visible(timeout=120_000)
    await expect(page.locator("#captions .tentative").last).not_to_be_empty(timeout=30_000)


if __name__ == "__main__":
    for picture in asyncio.run(take(Path(sys.argv[1]))):
        print(picture)
