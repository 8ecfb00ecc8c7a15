"""Presses keys at random at the console and counts what reaches the audience: `python -m tests.random_keys`.

A text counts as previewed if the console showed it, as it is, in a preview during the last seconds before it arrived.
"""

import argparse
import asyncio
import random
import string
import sys
import time
from collections import deque
from dataclasses import dataclass, field, replace

from playwright.async_api import Error, Page, expect

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.browser import running_chromium
from tests.support.console_page import logged_texts, publish
from tests.support.raw_peer import KEY

RECENT_S = 3.0
"""How long before its arrival a preview of a text counts; a save waits 0.3 s, and the service takes a moment."""

KEYS = (
    *[(key, 1.0) for key in string.ascii_lowercase],
    *[(key, 0.4) for key in string.digits],
    *[(key, 3.0) for key in ("m", "e", "z")],  # they lead to texts of the operator and back
    ("Enter", 9.0),
    ("Tab", 6.0),
    ("Shift+Tab", 2.0),
    ("Escape", 1.5),
    ("Space", 2.0),
    *[(key, 0.7) for key in ("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Backspace", "Delete")],
    *[(key, 0.4) for key in ("Home", "End", "PageUp", "Control+s", "Control+a", "Control+v", "?", "/", "Shift+U")],
)
"""What is pressed, and how often."""

PAUSES_S = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.05, 0.2, 0.35, 0.6)
"""Pauses between keys. Some are long enough that a second Enter sends what a preview shows."""

PREVIEWS = """() => [...document.querySelectorAll('[data-preview], dialog[open], #search')]
  .filter((node) => node.getClientRects().length > 0)
  .map((node) => node.dataset.preview || node.innerText)"""
"""What the previews show that are visible now; those of search and replace are in its results."""


@dataclass(slots=True)
class Outcome:
    """What random keys did."""

    n_keys: int = 0
    n_previewed: int = 0
    """Texts that reached the audience after a preview."""
    unpreviewed: list[str] = field(default_factory=list)
    """Texts that reached the audience without one."""


class Audience:
    """Watches every text of an operator that readers can see."""

    def __init__(self, rooms: HostedRooms) -> None:
        self._rooms = rooms
        self._known = set(self._texts())
        self._previews = deque[tuple[float, str]]()

    def note(self, previews: list[str]) -> None:
        """Note what the console shows in previews now."""
        now = time.monotonic()
        self._previews.extend((now, _plain(preview)) for preview in previews)
        while self._previews and self._previews[0][0] < now - RECENT_S:
            self._previews.popleft()

    def count(self, outcome: Outcome) -> None:
        """Count the texts that have arrived since the last call."""
        for text in self._texts() - self._known:
            self._known.add(text)
            if any(_plain(text) in preview for _, preview in self._previews):
                outcome.n_previewed += 1
            else:
                outcome.unpreviewed.append(text)

    def _texts(self) -> set[str]:
        settings = self._rooms.get_room_settings("main")
        texts = {*logged_texts(self._rooms).values(), settings.showing.notice, settings.privacy_notice, settings.title}
        return texts - {""}


def _plain(text: str) -> str:
    return " ".join(text.split())


def fill(rooms: HostedRooms) -> None:
    """Publish a short talk in two languages."""
    for number in range(1, 9):
        publish(rooms, number, f"Satz {number} sagt etwas.")
        publish(rooms, number, f"Sentence {number} says something.", track="en")


async def press_at_random(page: Page, rooms: HostedRooms, address: str, *, seed: int, seconds: float) -> Outcome:
    """Press keys at the console under an address for some time; opens it again where the keys have left it."""
    chance = random.Random(seed)
    names, weights = zip(*KEYS, strict=True)
    outcome, audience = Outcome(), Audience(rooms)
    page.context.on("page", lambda other: other.close())
    await page.goto(address)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if "/operator/" not in page.url or await page.locator("#lost").is_visible():
                await page.goto(address.replace("#", f"?{outcome.n_keys}#"))
                await expect(page.locator("#figures")).to_contain_text("reading")
                await rooms.change_room("main", replace(rooms.get_room_settings("main"), is_open=True))
            audience.note(await page.evaluate(PREVIEWS))
            await page.keyboard.press(chance.choices(names, weights)[0])
            outcome.n_keys += 1
        except Error:  # the page was left while a key was pressed
            await asyncio.sleep(0.2)
        await asyncio.sleep(chance.choice(PAUSES_S))
        audience.count(outcome)
    await asyncio.sleep(0.5)
    audience.count(outcome)
    return outcome


async def main(seed: int, minutes: float) -> int:
    """Press for some minutes, print what happened, and return the exit status."""
    rooms = HostedRooms()
    fill(rooms)
    async with serve_rooms(rooms) as port, running_chromium() as browser:
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        address = f"http://127.0.0.1:{port}/operator/main#{KEY}"
        outcome = await press_at_random(page, rooms, address, seed=seed, seconds=minutes * 60)
    print(
        f"{outcome.n_keys} keys in {minutes:g} minutes, seed {seed}: {outcome.n_previewed} texts after a preview, ",
        end="",
    )
    print(f"{len(outcome.unpreviewed)} without one {outcome.unpreviewed}")
    return 1 if outcome.unpreviewed else 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    sys.exit(asyncio.run(main(given.seed, given.minutes)))
