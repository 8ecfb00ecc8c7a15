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
body { background: #fbfaf7; overflow: hidden; color: #1c2733; font: 26px/1.5 system-ui, sans-serif }
header { position: absolute; top: 48px; left: 72px; right: 72px; border-bottom: 4px solid #d9772b }
h1 { margin: 0; font: 600 50px/1.2 system-ui, sans-serif }
ul { position: absolute; top: 176px; left: 72px; width: 470px; margin: 0; padding-left: 28px }
li { margin: 10px 0 }
svg { position: absolute; top: 170px; right: 72px }
iframe { position: absolute; inset: 0 }
</style>
<header><h1>Revenue grows in every region</h1></header>
<ul><li>Twelve new customers in one week</li><li>The new platform is in test</li>
<li>Three developers wanted in Hamburg</li></ul>
<svg width="560" height="330" font-family="system-ui, sans-serif" font-size="20" fill="#1c2733">
<g fill="#b9c6d3"><rect x="20" y="150" width="70" height="130"/><rect x="160" y="120" width="70" height="160"/>
<rect x="300" y="100" width="70" height="180"/><rect x="440" y="70" width="70" height="210"/></g>
<g fill="#1f5fbf"><rect x="60" y="132" width="70" height="148"/><rect x="200" y="98" width="70" height="182"/>
<rect x="340" y="82" width="70" height="198"/><rect x="480" y="40" width="70" height="240"/></g>
<path d="M0 280h560" stroke="#1c2733" stroke-width="2"/>
<text x="52" y="310">North</text><text x="194" y="310">West</text><text x="330" y="310">South</text>
<text x="478" y="310">East</text>
</svg><iframe src="OVERLAY"></iframe>"""
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
            open_page(width=1280, height=720) as stage,
        ):
            await phone.goto(f"{address}/v/main")
            await console.goto(f"{address}/operator/main#{KEY}")
            await stage.goto(f"{address}/stage/main#{KEY}")
            slide = SLIDE.replace("OVERLAY", f"{address}/overlay/main?dual=1&clear=0#{KEY}")
            await talk.route(TALK, lambda route: route.fulfill(body=slide, content_type="text/html; charset=utf-8"))
            await talk.goto(TALK)
            await _said(phone, phrases)
            pages = {"audience": phone, "overlay": talk, "console": console, "stage": stage}
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
