"""Measures how long a word takes to the screen: `python -m tests.page_lag` publishes to three pages in a browser.

A word counts as shown in the frame after the page wrote it. Server and browser share one machine and one clock.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from playwright.async_api import Page

from app.captions.event import ORIGINAL, Event
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.browser import open_page

PAGES = ("v", "overlay", "stage")

WATCH = """
globalThis.shownAt = new Map();
const look = () => {
  const found = [...document.body.innerText.matchAll(/word-?[0-9]+|Wort-?[0-9]+/g)].map(([word]) => word);
  const fresh = found.filter((word) => !shownAt.has(word));
  if (!fresh.length) return;
  requestAnimationFrame(() => fresh.forEach((word) => shownAt.set(word, performance.timeOrigin + performance.now())));
};
addEventListener("DOMContentLoaded", () => new MutationObserver(look).observe(document.body, {
  subtree: true, childList: true, characterData: true, attributes: true }));
"""

SHOWN = """(word) => new Promise((resolve) => {
  const look = () => (shownAt.has(word) ? resolve(shownAt.get(word)) : setTimeout(look, 20));
  look();
})"""


@dataclass
class Lags:
    """Seconds from the moment a word was published to the frame that shows it, by page."""

    commits: dict[str, list[float]] = field(default_factory=dict)
    corrections: dict[str, list[float]] = field(default_factory=dict)


async def measure(n_words: int, n_corrections: int, *, seed: int = 0) -> Lags:
    """Commit words, about one a second on both tracks as a decode does, then correct some phrases."""
    chance = random.Random(seed)
    rooms, lags = HostedRooms(), Lags()
    async with serve_rooms(rooms) as port, AsyncExitStack() as stack:
        pages: dict[str, Page] = {}
        for name in PAGES:
            page = pages[name] = await stack.enter_async_context(open_page())
            await page.add_init_script(WATCH)
            query = "" if name == "v" else "?dual=1&clear=0&lines=4"
            await page.goto(f"http://127.0.0.1:{port}/{name}/main{query}")
        await _choose_both(pages["v"])
        await asyncio.sleep(1)
        spoken: list[str] = []
        for number in range(n_words):
            spoken.append(str(number))
            is_final = len(spoken) == 5
            at_s = time.time()
            for track, word in ((ORIGINAL, "Wort"), ("en", "word")):
                text = " ".join(f"{word}{one}" for one in spoken)
                _say(rooms, f"1-{number // 5}", track, text, rev=len(spoken), is_final=is_final)
            await _collect(pages, lags.commits, [f"Wort{number}", f"word{number}"], at_s)
            spoken = [] if is_final else spoken
            await asyncio.sleep(chance.uniform(0.3, 1.0))
        for number in range(n_corrections):
            phrase = f"1-{(n_words // 5) - 1}"
            at_s = time.time()
            for track, word in ((ORIGINAL, "Wort"), ("en", "word")):
                rooms.main.correct(phrase, track, f"{word}-{number}")
            await _collect(pages, lags.corrections, [f"Wort-{number}", f"word-{number}"], at_s)
            await asyncio.sleep(chance.uniform(0.3, 1.0))
    return lags


def percentile(values: list[float], share: float) -> float:
    """Return the value that this share of all values does not exceed."""
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


async def _choose_both(page: Page) -> None:
    """Let the audience page show both languages."""
    await page.locator("#language").select_option(index=await page.locator("#language option").count() - 1)


async def _collect(pages: dict[str, Page], into: dict[str, list[float]], words: list[str], at_s: float) -> None:
    """Wait until every page shows the words, and add how long each took."""

    async def one(name: str, page: Page) -> None:
        for word in words:
            async with asyncio.timeout(15):
                shown_s = await page.evaluate(SHOWN, word) / 1000
            into.setdefault(name, []).append(shown_s - at_s)

    asks: list[Awaitable[None]] = [one(name, page) for name, page in pages.items()]
    await asyncio.gather(*asks)


def _say(rooms: HostedRooms, phrase: str, track: str, text: str, *, rev: int, is_final: bool) -> None:
    at_s = float(phrase.partition("-")[2]) * 5
    language = "de" if track == ORIGINAL else track
    rooms.main.publish(
        Event(
            "main", "", None, phrase, rev, "s", track, "final" if is_final else "open", language, at_s, at_s + 5, text
        )
    )


def report(lags: Lags, write: Callable[[str], object] = print) -> None:
    """Write a table in milliseconds."""
    for what, by_page in (("commit", lags.commits), ("correction", lags.corrections)):
        for name, values in by_page.items():
            p50, p95 = (1000 * percentile(values, share) for share in (0.5, 0.95))
            write(f"{what:12}{name:10}n={len(values):<5} p50 {p50:5.0f} ms   p95 {p95:5.0f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="?", type=int, default=200, help="words to publish")
    report(asyncio.run(measure(parser.parse_args().words, 20)))
