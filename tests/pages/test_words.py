"""The pages for readers speak the language of the browser, or the one that the reader chooses."""

import pytest
from playwright.async_api import Page, expect

from app.captions.room_state import SourceState
from app.store.rooms import RoomSettings
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.axe import find_violations
from tests.support.browser import open_page
from tests.support.caption_events import say_both
from tests.support.layout_shift import WATCH_SHIFTS, read_shift

SEE_TEXTS = """
window.seen = new Set();
(function look() {
  const text = document.querySelector("#empty span, #status");
  if (text && getComputedStyle(text).visibility === "visible") window.seen.add(text.textContent);
  requestAnimationFrame(look);
})();
"""
"""Collects what a reader sees of a text in each frame, from the first one on."""

WIDTH = "document.documentElement.scrollWidth"

SHIFT_MAX = 0.02
"""Layout shift while a page loads; 0.1 counts as good. Source: https://web.dev/articles/cls."""


async def fits(page: Page) -> None:
    """Check with axe that people can use the page, and that nothing is wider than the screen."""
    assert await find_violations(page) == []
    assert await page.evaluate(WIDTH) <= 320


@pytest.mark.parametrize(
    ("locale", "lang", "empty", "late", "size"),
    [
        ("de-AT", "de", "Hier erscheinen Untertitel, sobald jemand spricht.", "7 s Verzug", "100 %"),
        ("fr-CA", "fr", "Les sous-titres apparaîtront ici dès que quelqu’un parlera.", "7 s de retard", "100 %"),
    ],
)
async def test_readers_see_their_own_language_from_the_first_moment(
    locale: str, lang: str, empty: str, late: str, size: str
) -> None:
    """No English shows before, nothing moves, and the text fits a narrow phone, with the settings open too."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page(width=320, height=640, locale=locale) as page:
        await page.add_init_script(WATCH_SHIFTS + SEE_TEXTS)
        await page.goto(f"http://127.0.0.1:{port}/v/main")
        await expect(page.locator("#empty span")).to_have_text(empty)
        assert await page.evaluate("[...seen]") == [empty]
        assert await page.locator("html").get_attribute("lang") == lang
        rooms.main.set_source(SourceState("s", "listening", behind_s=7.0))
        await expect(page.locator("#state")).to_have_text(late)
        assert await read_shift(page) < SHIFT_MAX
        await page.locator("#settings").click()
        await expect(page.locator("#size")).to_have_text(size)
        await fits(page)


async def test_the_page_follows_the_subtitles_until_the_reader_chooses() -> None:
    """Chosen subtitles set the page's language; one chosen for the page stays, and the address overrides both."""
    rooms = HostedRooms()
    await rooms.change_room("main", RoomSettings(task="translate"))
    async with serve_rooms(rooms) as port, open_page(width=390, height=900, locale="de-DE") as page:
        say_both(rooms, 0, "Bonjour.", "Good morning.")
        rooms.main.correct("1-0", "original", "Bonsoir.")
        await page.goto(f"http://127.0.0.1:{port}/v/main")
        await expect(page.locator("#live")).to_have_text("Zum aktuellen Text ↓")
        await page.locator("#language").select_option("en")
        await expect(page.locator("#live")).to_have_text("Jump to live ↓")
        await expect(page.locator(".mark")).to_have_text("the original was corrected")
        await page.locator("#settings").click()
        await page.get_by_label("Language of this page").select_option("es")
        await expect(page.get_by_label("Idioma de esta página")).to_have_value("es")
        await expect(page.locator(".mark")).to_have_text("se corrigió el original")
        await expect(page.locator("#title")).to_have_text("Subtítulos: main")
        await page.reload()
        await expect(page.locator("#live")).to_have_text("Ir al directo ↓")
        await page.goto(f"http://127.0.0.1:{port}/v/main?ui=pt-BR")
        await expect(page.locator("#live")).to_have_text("Ir ao vivo ↓")
        await page.locator("#settings").click()
        await page.get_by_label("Idioma desta página").select_option("fr")
        await expect(page.locator("#live")).to_have_text("Revenir au direct ↓")
        assert "ui=" not in page.url


async def test_speakers_and_screens_have_their_language_too() -> None:
    """Microphone page, data protection, stage, a refusal and the page of a problem are German in a German browser."""
    rooms = HostedRooms(key="right")
    await rooms.change_room("main", RoomSettings(retention_h=1))
    async with (
        serve_rooms(rooms) as port,
        open_page(width=320, height=640, locale="de-DE", forgives="Failed to load resource") as page,
    ):
        address = f"http://127.0.0.1:{port}"
        await page.add_init_script(WATCH_SHIFTS + SEE_TEXTS)
        await page.goto(f"{address}/microphone/main#right")
        await expect(page.locator("#talk")).to_have_text("Tippen und sprechen")
        await expect(page.locator("#privacy")).to_contain_text("Untertitel werden 1 Stunde lang aufbewahrt")
        await expect(page.locator("#language option").nth(1)).to_have_text("Afrikaans")
        await expect(page.locator("#language [value=fr]")).to_have_text("Französisch")
        assert "Not speaking." not in await page.evaluate("[...seen]")
        assert await read_shift(page) < SHIFT_MAX
        await fits(page)
        await page.goto(f"{address}/stage/main#wrong")
        await expect(page.locator("#note")).to_contain_text("Dieser Link ist hier nicht gültig.")
        await expect(page.locator("#full")).to_have_text("Vollbild")
        await fits(page)
        await page.goto(f"{address}/slide/main#wrong")
        await expect(page.locator("#problem")).to_contain_text("Öffnen Sie diese Seite noch einmal aus der Konsole")
        await page.goto(f"{address}/nowhere")
        await expect(page.get_by_role("heading")).to_have_text("Diese Seite ist nicht verfügbar")
        await fits(page)
