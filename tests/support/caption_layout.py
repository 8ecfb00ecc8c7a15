"""Publishes phrases and finds where a page shows their words."""

from typing import Any, Literal

from playwright.async_api import Page

from app.captions.event import ORIGINAL, Event
from tests.fakes.hosted_rooms import HostedRooms

PLACES = """() => [...document.querySelectorAll('.caption-line:not([hidden]) .caption-final')].map((span) => {
  const box = span.getBoundingClientRect();
  return [span.textContent, Math.round(box.left), Math.round(box.top)];
})"""

ROWS = """() => [...document.querySelectorAll('.caption-box .caption-line')]
  .filter((line) => !line.hidden && line.textContent).map((line) => line.textContent.trimEnd())"""


async def places(page: Page) -> list[tuple[str, int, int]]:
    """Return (text, left, top) of every visible committed word."""
    found: list[list[Any]] = await page.evaluate(PLACES)
    return [(text.strip(), left, top) for text, left, top in found]


async def rows(page: Page) -> list[str]:
    """Return the text of every line that is shown."""
    found: list[str] = await page.evaluate(ROWS)
    return found


async def line_height(page: Page) -> float:
    """Return the height of a line in pixels."""
    height: float = await page.evaluate(
        "document.querySelector('.caption-line:not([hidden])').getBoundingClientRect().height"
    )
    return height


def expect_steady(before: list[tuple[str, int, int]], now: list[tuple[str, int, int]], line: float) -> None:
    """Assert that a word that is still shown has moved up by whole lines or not at all."""
    seen = {word: (left, top) for word, left, top in now}
    for word, left, top in before:
        if word in seen:
            assert seen[word][0] == left, f"{word} moved sideways"
            up = (top - seen[word][1]) / line
            assert up >= -0.02, f"{word} moved down"
            assert abs(up - round(up)) < 0.1, f"{word} moved by part of a line"


def speak(
    rooms: HostedRooms,
    phrase: str,
    committed: str,
    tentative: str = "",
    *,
    rev: int = 1,
    speaker: str | None = None,
    language: str = "en",
    state: Literal["open", "final"] = "final",
) -> None:
    """Publish a phrase of a speaker in a language."""
    rooms.main.publish(
        Event("main", "", None, phrase, rev, "s", ORIGINAL, state, language, 0.0, 1.0, committed, tentative, speaker)
    )
