"""The console's live text in a real browser: corrections, withdrawals and concurrent changes."""

import time

import httpx
from playwright.async_api import expect

from tests.fakes.hosted_rooms import HostedRooms
from tests.support.console_page import logged_texts, open_console, publish
from tests.support.raw_peer import AUTHORIZED

EVERYWHERE_S = 1.5
"""From Enter on the console until a correction is on every page and in the transcript."""


def row(number: int, track: str = "original") -> str:
    """Return the selector of a text."""
    return f'[data-phrase="1-{number}"] [data-track="{track}"]'


async def test_a_correction_reaches_pages_and_the_transcript_in_time() -> None:
    """E opens the last phrase and Enter sends it: overlay, phones and transcript show it in time."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, at), httpx.AsyncClient(base_url=at) as client:
        assert page.context.browser is not None
        overlay, audience = [await page.context.browser.new_page() for _ in range(2)]
        await overlay.goto(f"{at}/overlay/main?lang=original&clear=0")
        await audience.goto(f"{at}/v/main?lang=original")
        publish(rooms, 1, "Good moning everybody.")
        await expect(overlay.locator("#stage")).to_contain_text("moning")
        await expect(audience.locator("body")).to_contain_text("moning")
        await page.bring_to_front()
        await expect(page.locator("#phrases li")).to_have_count(1)
        await page.keyboard.press("e")
        await page.locator(".correction textarea").fill("Good morning everybody.")
        began = time.perf_counter()
        await page.keyboard.press("Enter")
        await expect(overlay.locator("#stage")).to_contain_text("morning")
        await expect(audience.locator("body")).to_contain_text("morning")
        assert "morning" in (await client.get("/transcript/main.txt?lang=original", headers=AUTHORIZED)).text
        took_s = time.perf_counter() - began
        print(f"correction on overlay, audience page and in transcript after {took_s * 1000:.0f} ms")
        assert took_s < EVERYWHERE_S
        await expect(page.locator(row(1))).to_contain_text("Corrected")
        await expect(page.locator(".correction")).to_have_count(0)


async def test_keys_select_and_edit_phrases() -> None:
    """Arrows select, Enter opens, Escape cancels, Delete withdraws, Z restores, V shows one track."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        for number in range(1, 5):
            publish(rooms, number, f"Satz {number}.")
            publish(rooms, number, f"Sentence {number}.", track="en")
        publish(rooms, 0, "Hello.")
        publish(rooms, 0, "Hello.", track="en")
        await expect(page.locator("#phrases li")).to_have_count(5)
        await expect(page.get_by_text("Hello.")).to_have_count(2)
        await expect(page.locator(f"{row(0, 'en')} .solid")).to_be_hidden()  # equal texts are shown once
        await page.keyboard.press("ArrowUp")
        await page.keyboard.press("ArrowUp")
        await expect(page.locator('[data-phrase="1-3"]')).to_be_focused()
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Enter")
        editor = page.locator(".correction textarea")
        await expect(editor).to_have_value("Sentence 3.")
        await page.keyboard.type(" Typed in vain")
        await page.keyboard.press("Escape")
        await expect(page.locator('[data-phrase="1-3"]')).to_be_focused()
        await page.keyboard.press("ArrowLeft")
        await page.keyboard.press("Delete")
        await expect(page.locator(row(3, "en"))).to_contain_text("Withdrawn")
        await expect(page.locator('[data-phrase="1-3"]')).to_be_focused()
        assert logged_texts(rooms)["1-3", "original"] == logged_texts(rooms)["1-3", "en"] == ""
        await page.keyboard.press("z")
        await expect(page.locator(f"{row(3, 'en')} .solid")).to_have_text("Sentence 3.")
        await expect(page.locator(row(3, "en"))).not_to_contain_text("Withdrawn")
        assert logged_texts(rooms)["1-3", "original"] == "Satz 3."
        original, english = page.locator(row(3)), page.locator(row(3, "en"))
        boxes = [await text.bounding_box() for text in (original, english)]
        assert boxes[0]
        assert boxes[1]
        assert boxes[0]["y"] == boxes[1]["y"]
        assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
        await page.keyboard.press("v")
        await expect(english).to_be_hidden()
        await page.keyboard.press("v")
        await expect(original).to_be_hidden()
        await expect(english).to_be_visible()


async def test_an_open_phrase_is_corrected_when_it_ends() -> None:
    """A correction of an open phrase waits for its end, and words spoken after it meanwhile are kept."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        publish(rooms, 1, "Good moning", "every", final=False)
        await page.locator(f"{row(1)} .solid").click()
        editor = page.locator(".correction textarea")
        await expect(editor).to_have_value("Good moning")
        await editor.fill("Good morning")
        publish(rooms, 1, "Good moning everybody", "and", rev=2, final=False)
        await expect(page.locator(".after")).to_contain_text("everybody and")
        await page.keyboard.press("Enter")
        await expect(page.locator(row(1))).to_contain_text("sent when the phrase ends")
        publish(rooms, 1, "Good moning everybody and welcome.", rev=3)
        await expect(page.locator(f"{row(1)} .solid")).to_have_text("Good morning everybody and welcome.")
        assert logged_texts(rooms)["1-1", "original"] == "Good morning everybody and welcome."


async def test_outdated_translations_are_marked_and_corrected() -> None:
    """A correction of the original marks its translation; N opens it, and saving removes the mark."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        publish(rooms, 1, "Guten Morgen.")
        publish(rooms, 1, "Good evening.", track="en")
        await page.locator(f"{row(1)} .solid").click()
        await page.locator(".correction textarea").fill("Guten Tag.")
        await page.keyboard.press("Enter")
        await expect(page.locator(row(1, "en"))).to_contain_text("Outdated: the original was corrected")
        await page.keyboard.press("n")
        await expect(page.locator(".correction textarea")).to_have_value("Good evening.")
        await page.locator(".correction textarea").fill("Good day.")
        await page.keyboard.press("Enter")
        await expect(page.locator(row(1, "en"))).not_to_contain_text("Outdated")
        assert logged_texts(rooms)["1-1", "en"] == "Good day."


async def test_two_operators_do_not_overwrite_each_other_unnoticed() -> None:
    """A phrase that another operator corrects while it is edited is not overwritten before this one has seen it."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        publish(rooms, 1, "Gutn Morgen.")
        await page.locator(f"{row(1)} .solid").click()
        await page.locator(".correction textarea").fill("Guten Morgen alle.")
        rooms.main.correct("1-1", "original", "Guten Abend.")
        await expect(page.locator(f"{row(1)} .solid")).to_have_text("Guten Abend.")
        await page.keyboard.press("Enter")
        await expect(page.locator(".correction .report")).to_contain_text("changed elsewhere to “Guten Abend.”")
        assert logged_texts(rooms)["1-1", "original"] == "Guten Abend."
        await page.keyboard.press("Enter")
        await expect(page.locator(f"{row(1)} .solid")).to_have_text("Guten Morgen alle.")


async def test_typed_text_survives_the_phrase() -> None:
    """An open phrase is withdrawn once it ends; a phrase erased during editing stays until the editor closes."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        publish(rooms, 1, "Not for", "everybody", final=False)
        await page.locator('[data-phrase="1-1"]').focus()
        await page.keyboard.press("Delete")
        await expect(page.locator(row(1))).to_contain_text("Will be withdrawn when the phrase ends")
        publish(rooms, 1, "Not for everybody.", rev=2)
        await expect(page.locator(row(1)).get_by_role("button", name="Undo")).to_be_visible()
        assert logged_texts(rooms)["1-1", "original"] == ""
        publish(rooms, 2, "For everybody.")
        await page.locator(f"{row(2)} .solid").click()
        await page.keyboard.type(" And typed.")
        await rooms.main.erase()
        await expect(page.locator(".correction .report")).to_contain_text("no longer has this phrase")
        await expect(page.locator(".correction textarea")).to_have_value("For everybody. And typed.")
        await expect(page.locator("#phrases li")).to_have_count(1)
        await page.locator(".correction textarea").press("Escape")
        await expect(page.locator("#phrases li")).to_have_count(0)
        await expect(page.locator("#scroll")).to_be_focused()


async def test_a_long_talk_stays_small_and_leaves_the_editor_alone() -> None:
    """While hundreds of phrases arrive, the page keeps about a hundred; an editor keeps place, focus and text."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        publish(rooms, 1, "The first phrase.")
        await page.locator(f"{row(1)} .solid").click()
        await page.keyboard.type(" And more")
        for number in range(2, 900):
            publish(rooms, number, f"Phrase {number} of a long talk.")
            if number % 100 == 0:
                await expect(page.locator("#phrases li").last).to_contain_text(f"Phrase {number} ")
        await expect(page.locator("#phrases li").last).to_contain_text("Phrase 899 ")
        assert await page.locator("#phrases li").count() <= 301
        editor = page.locator(".correction textarea")
        await expect(editor).to_be_focused()
        await expect(editor).to_have_value("The first phrase. And more")
        await expect(page.locator("#live")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page.locator(f"{row(1)} .solid")).to_have_text("The first phrase. And more")
        assert logged_texts(rooms)["1-1", "original"] == "The first phrase. And more"
        await expect(page.locator("#phrases li").last).to_be_in_viewport()
        await page.locator("#earlier").scroll_into_view_if_needed()
        await expect(page.locator("#live")).to_be_visible()
        await page.keyboard.press("End")
        await expect(page.locator("#phrases li").last).to_be_in_viewport()
        await page.locator("#earlier").click()
        await expect(page.locator("#text-report")).to_contain_text("earlier phrases are shown")
        assert await page.locator("#phrases li").count() > 301
