"""Doubtful words on the console in a real browser: shaded, described, reached by a key, gone once corrected."""

from dataclasses import replace
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from app.captions.event import Event
from tests.fakes.hosted_rooms import HostedRooms
from tests.support.axe import find_violations
from tests.support.console_page import logged_texts, open_console

CONTRAST = """(mark) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d');
  const luminance = (color) => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const { color, backgroundColor, textDecorationColor, textDecorationStyle } = getComputedStyle(mark);
  return [ratio(color, backgroundColor), ratio(textDecorationColor, backgroundColor), textDecorationStyle];
}"""
"""Contrast of a mark's text and of its underline with its background, and the style of the underline."""


def phrase(number: int, text: str, doubtful: tuple[int, ...] = (), **changes: str) -> Event:
    """Return a final phrase; phrases are one second apart."""
    event = Event("main", "", None, f"1-{number}", 1, "hall", "original", "final", "de", number, number + 1, text)
    return replace(event, doubtful=doubtful, **changes)  # type: ignore[arg-type]  # its fields


def say(rooms: HostedRooms) -> None:
    """Publish phrases of which some words are doubtful: 3. Oktober, Müller, and the whole of a translation."""
    rooms.main.publish(phrase(1, "Am 3. Oktober kommt Herr Müller.", (1, 2, 5)))
    rooms.main.publish(phrase(1, "Mr Miller comes on October third.", track="en", language="en"))
    rooms.main.publish(phrase(2, "Das ist sicher."))
    rooms.main.publish(phrase(2, "That is sure.", (0, 1, 2), track="en", language="en"))
    rooms.main.publish(phrase(3, "Auch das ist sicher."))


async def reached(page: Page) -> str:
    """Return the passage that the key has reached, and the phrase that has the focus."""
    mark = page.locator(".reached")
    focused = await page.evaluate("document.activeElement.dataset.phrase")
    return f"{focused} {await mark.text_content()}"


async def test_doubtful_words_are_shaded_and_described() -> None:
    """Neighbours are one passage; each has a title, and screen readers get a sentence."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        say(rooms)
        original, english = (
            page.locator(f'[data-phrase="1-1"] [data-track="{track}"]') for track in ("original", "en")
        )
        await expect(original.locator("mark")).to_have_text(["3. Oktober", "Müller."])
        await expect(original.locator(".solid")).to_have_text("Am 3. Oktober kommt Herr Müller.")
        await expect(original.locator("mark").first).to_have_attribute("title", "The model was not sure of this word")
        await expect(original.locator(".doubt")).to_have_text("The model was not sure of: “3. Oktober”, “Müller.”")
        await expect(english.locator("mark")).to_have_count(0)
        await expect(english.locator(".doubt")).to_be_empty()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_doubtful_words_are_readable(scheme: Literal["light", "dark"]) -> None:
    """Text and underline have enough contrast, and axe finds nothing."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        await page.emulate_media(color_scheme=scheme)
        say(rooms)
        await expect(page.locator("#phrases mark")).to_have_count(3)
        await page.keyboard.press("u")
        text, underline, style = await page.locator("#phrases mark").first.evaluate(CONTRAST)
        assert text >= 7
        assert underline >= 3
        assert style == "dotted"
        assert await find_violations(page) == []


async def test_a_key_goes_to_the_next_doubtful_word() -> None:
    """U goes from the newest to the oldest and around, with Shift back; only on the tracks that are shown."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        await page.keyboard.press("u")
        await expect(page.locator("#text-report")).to_have_text("No doubtful word is shown.")
        say(rooms)
        await expect(page.locator("#phrases mark")).to_have_count(3)
        order = []
        for key in ("u", "u", "u", "u", "Shift+U"):
            await page.keyboard.press(key)
            order.append(await reached(page))
        newest, *_ = passages = ["1-2 That is sure.", "1-1 Müller.", "1-1 3. Oktober"]
        assert order == [*passages, newest, "1-1 3. Oktober"]
        await expect(page.locator("#text-report")).to_have_text("Doubtful: “3. Oktober”, 3 of 3 from the newest.")
        await page.locator('#views [data-view="original"]').click()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("u")
        assert await reached(page) == "1-1 Müller."
        await page.locator("#next-doubt").click()
        assert await reached(page) in ("1-1 3. Oktober", "1-1 Müller.")


async def test_a_doubtful_word_is_corrected_and_the_doubt_is_gone() -> None:
    """Enter selects the word in the editor; a correction removes all doubt of the phrase, and the key passes it."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        say(rooms)
        await expect(page.locator("#phrases mark")).to_have_count(3)
        await page.keyboard.press("u")
        await expect(page.locator(".reached")).to_be_visible()
        await page.keyboard.press("u")
        await page.keyboard.press("Enter")
        await page.keyboard.type("Möller.")
        await page.keyboard.press("Enter")
        await expect(page.locator('[data-phrase="1-1"] [data-track="original"] mark')).to_have_count(0)
        await expect(page.locator("#phrases mark")).to_have_count(1)
        assert logged_texts(rooms)["1-1", "original"] == "Am 3. Oktober kommt Herr Möller."
        await page.keyboard.press("u")
        assert await reached(page) == "1-2 That is sure."


async def test_doubtful_words_that_are_right_are_confirmed() -> None:
    """Saving the text as it is removes the doubt; leaving the editor does not."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        say(rooms)
        await expect(page.locator("#phrases mark")).to_have_count(3)
        await page.keyboard.press("u")
        await expect(page.locator(".reached")).to_be_visible()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Escape")
        await expect(page.locator("#phrases mark")).to_have_count(3)
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        await expect(page.locator("#text-report")).to_have_text("Confirmed.")
        await expect(page.locator("#phrases mark")).to_have_count(2)
        event = rooms.main.since(0)[-1]
        assert (event.committed, event.state, event.doubtful) == ("That is sure.", "final", ())


async def test_an_open_phrase_shades_its_committed_words() -> None:
    """The grey words are never shaded; the shade follows the newest state, and a withdrawn text has none."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        opened = phrase(1, "Am 3. Oktober", (1,), state="open", tentative="kommt Ada")
        rooms.main.publish(opened)
        await expect(page.locator("#phrases mark")).to_have_text(["3."])
        rooms.main.publish(replace(opened, rev=2, committed="Am 3. Oktober kommt", tentative="Ada", doubtful=(1, 3)))
        await expect(page.locator("#phrases mark")).to_have_text(["3.", "kommt"])
        rooms.main.publish(phrase(1, "Am 3. Oktober kommt Ada.", (1,), rev=3))  # type: ignore[arg-type]  # its fields
        await expect(page.locator("#phrases mark")).to_have_text(["3."])
        await page.locator('[data-phrase="1-1"]').focus()
        await page.keyboard.press("Delete")
        await expect(page.locator("#phrases")).to_contain_text("Withdrawn")
        await expect(page.locator("#phrases mark")).to_have_count(0)
