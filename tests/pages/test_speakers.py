"""Names of speakers on the pages, in a real browser."""

from dataclasses import replace

from playwright.async_api import expect

from app.captions.event import Event
from tests.fakes.hosted_rooms import HostedRooms
from tests.support.axe import find_violations
from tests.support.browser import open_page
from tests.support.console_page import open_console
from tests.support.raw_peer import KEY

LONG = "Maximiliane-Henriette von und zu Donaudampfschifffahrt"


def say(rooms: HostedRooms, number: int, speaker: str | None, text: str) -> None:
    """Publish a final phrase of a speaker."""
    at_s = float(number)
    rooms.main.publish(
        Event("main", "", None, f"1-{number}", 1, "hall", "original", "final", "de", at_s, at_s + 1, text, "", speaker)
    )


async def test_a_rename_reaches_every_page_back_to_the_start() -> None:
    """Names stand where the speaker changes; a new name and a merge reach audience and stage, and can be undone."""
    rooms = HostedRooms()
    for number, (speaker, text) in enumerate(
        [("Speaker 1", "Guten Morgen."), ("Speaker 1", "Willkommen."), ("Speaker 2", "Danke."), (None, "Beifall.")], 1
    ):
        say(rooms, number, speaker, text)
    async with open_console(rooms) as (console, at), open_page() as audience, open_page() as stage:
        await audience.goto(f"{at}/v/main?lang=original#{KEY}")
        await stage.goto(f"{at}/stage/main?lines=6&lang=original#{KEY}")
        names = audience.locator(".phrase .speaker")
        await expect(names).to_have_text(["Speaker 1", "Speaker 2", "Somebody"])
        await expect(console.locator(".speaker:visible")).to_have_text(["Speaker 1", "Speaker 2", "Somebody"])
        await expect(console.locator(".speaker:disabled")).to_have_text(["Somebody"])
        await expect(stage.locator("#stage")).to_contain_text("Speaker 2: Danke.")
        await console.locator(".speaker:visible").first.click()
        field = console.get_by_label("Speaker 1", exact=True)
        await expect(field).to_be_focused()
        await console.keyboard.type("Ada <b>")
        await console.keyboard.press("Enter")
        await expect(names).to_have_text(["Ada <b>", "Speaker 2", "Somebody"], timeout=1500)
        await expect(stage.locator("#stage")).to_contain_text("Ada <b>: Guten Morgen.", timeout=1500)
        await expect(console.locator("#speakers-report")).to_contain_text("Speaker 1 is shown as Ada <b>")
        await console.get_by_label("Speaker 2", exact=True).fill("Ada <b>")
        await console.keyboard.press("Enter")
        await expect(names).to_have_text(["Ada <b>", "Somebody"])
        await expect(console.locator("#speakers-report")).to_contain_text("Speaker 2 and Speaker 1 are shown as Ada")
        assert rooms.get_room_settings("main").speaker_names == {"Speaker 1": "Ada <b>", "Speaker 2": "Ada <b>"}
        assert await find_violations(console) == []
        await console.get_by_role("button", name="Undo the last name").click()
        await expect(names).to_have_text(["Ada <b>", "Speaker 2", "Somebody"])
        await rooms.change_room("main", replace(rooms.get_room_settings("main"), speaker_names={"Speaker 2": LONG}))
        await expect(names).to_have_text(["Speaker 1", LONG, "Somebody"])
        await audience.set_viewport_size({"width": 320, "height": 640})
        assert await audience.evaluate("document.documentElement.scrollWidth") <= 320
        await console.get_by_label("Names stand before what is said").uncheck()
        await expect(names).to_have_count(0)
        say(rooms, 5, "Speaker 2", "Weiter.")
        await expect(stage.locator("#stage")).to_contain_text("Weiter.")
        await expect(stage.locator("#stage")).not_to_contain_text("Speaker 2: Weiter")
        say(rooms, 6, "Bo", "Ja.")
        await expect(console.get_by_label("Bo", exact=True)).to_be_visible()
        lefts = "(parts) => new Set(parts.map((part) => part.getBoundingClientRect().x)).size"
        assert await console.locator("#speaker-list input, #speaker-list span").evaluate_all(lefts) == 1
