"""The console's controls in a real browser: screens, pause, messages, sources, languages, glossary, alarms."""

import asyncio
import re

from playwright.async_api import Page, expect

from app.captions.room_state import Alarm, SourceState
from app.store.rooms import RoomSettings
from app.translate.offer import TranslationOffer
from tests.fakes.hosted_rooms import HostedRooms
from tests.support.axe import find_violations
from tests.support.console_page import open_console, publish
from tests.support.waiting import wait_until


async def test_keys_hide_screens_and_pause_the_room() -> None:
    """B and Space switch it on and off; a banner, the button and the page's title show it."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        await page.keyboard.press("b")
        await expect(page.get_by_text("Screens are hidden. Overlay, stage")).to_be_visible()
        await expect(page.locator("#hide")).to_have_attribute("aria-pressed", "true")
        await expect(page).to_have_title("Screens hidden · main")
        assert rooms.main.visibility.is_hidden
        await page.keyboard.press("Space")
        await expect(page.get_by_text("Paused: audio is ignored. Nothing")).to_be_visible()
        await expect(page).to_have_title("Paused · main")
        assert rooms.main.visibility.is_paused
        await page.get_by_role("button", name="Show screens").last.click()
        await expect(page.get_by_text("Screens are hidden. Overlay")).to_be_hidden()
        await page.keyboard.press("p")
        await expect(page.get_by_text("Paused: audio is ignored. Nothing")).to_be_hidden()
        assert not rooms.main.visibility.is_hidden
        assert not rooms.main.visibility.is_paused


async def test_space_pauses_after_a_click_too() -> None:
    """A clicked button keeps the focus, but Space does not press it again; it presses a button reached by Tab."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        await page.locator("#hide").click()
        await expect(page.locator("#hide")).to_have_attribute("aria-pressed", "true")
        await page.keyboard.press("Space")
        await expect(page.locator("#pause")).to_have_attribute("aria-pressed", "true")
        assert rooms.main.visibility.is_hidden
        await page.keyboard.press("Tab")
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Space")
        await expect(page.locator("#hide")).to_have_attribute("aria-pressed", "false")
        assert rooms.main.visibility.is_paused


async def test_a_message_is_previewed_sent_and_undone() -> None:
    """Enter shows it as the audience will see it, a second Enter sends it; Z restores the one before for 5 s."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        preview = page.get_by_role("group", name="The audience will see:")
        await page.keyboard.press("m")
        await page.keyboard.type("Back at 3 pm")
        await page.keyboard.press("Enter")
        await expect(preview.locator(".as-shown")).to_have_text("Back at 3 pm")
        await page.keyboard.press("Enter")  # at once: nobody has read it
        await page.keyboard.type("bx")
        assert (rooms.main.visibility.notice, rooms.main.visibility.is_hidden) == ("", False)
        await page.keyboard.press("Escape")
        await expect(preview).to_be_hidden()
        await expect(page.locator("#notice")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.locator("#scroll")).to_be_focused()
        await page.keyboard.press("m")
        await page.keyboard.press("Enter")
        await send(page)
        await expect(page.locator(".banner.message")).to_contain_text("Back at 3 pm")
        assert rooms.main.visibility.notice == "Back at 3 pm"
        await expect(page.locator("#notice")).to_have_value("")
        await expect(page.locator("#scroll")).to_be_focused()
        await page.get_by_role("button", name="Short break").click()
        await expect(preview).to_contain_text("Short break")
        assert rooms.main.visibility.notice == "Back at 3 pm"
        await send(page)
        await expect(page.locator(".banner.message")).to_contain_text("Short break")
        await page.keyboard.press("z")
        await expect(page.locator(".banner.message")).to_contain_text("Back at 3 pm")
        await expect(page.locator("#notice-undo")).to_be_hidden()
        await page.keyboard.press("x")
        await expect(page.locator(".banner.message")).to_be_hidden()
        assert rooms.main.visibility.notice == ""


async def send(page: Page) -> None:
    """Press Enter in the preview, once it has stood long enough to be read."""
    button = page.locator("#left .send")
    await expect(button).to_be_focused()
    await asyncio.sleep(0.55)
    await page.keyboard.press("Enter")
    await expect(button).to_be_hidden()


async def test_keys_are_letters_in_text_fields_and_can_be_switched_off() -> None:
    """A key typed into a field does nothing else; the keys can be switched off, and stay off after a reload."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        await page.keyboard.press("g")
        await expect(page.locator("#glossary")).to_be_focused()
        await page.keyboard.type("bp x")
        await expect(page.locator("#glossary")).to_have_value("bp x")
        assert not rooms.main.visibility.is_hidden
        await page.locator("#glossary").fill("")
        await page.locator("#help-open").focus()
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_contain_text("Correct the last phrase")
        await page.get_by_label("Single keys work").uncheck()
        await page.get_by_role("button", name="Close").click()
        await page.keyboard.press("b")
        await page.reload()
        await expect(page.locator("#figures")).to_contain_text("reading")
        await page.keyboard.press("b")
        await page.locator("#pause").click()
        await expect(page.locator("#pause")).to_have_attribute("aria-pressed", "true")
        assert not rooms.main.visibility.is_hidden


async def test_each_source_has_a_meter_a_state_and_a_switch() -> None:
    """Level, speech, clipping and delay are shown within a moment; 1 and Enter stop the first source, and start it."""
    rooms = HostedRooms()
    rooms.main.set_source(SourceState("hall", "listening", level_dbfs=-20.0, is_speech=True))
    async with open_console(rooms) as (page, _):
        source = page.locator(".source")
        await expect(source.get_by_role("meter")).to_have_attribute("aria-valuenow", "-20")
        await expect(source).to_have_class(re.compile("speech"))
        await expect(source).to_contain_text("Listening: speech.")
        rooms.main.set_source(
            SourceState("hall", "listening", level_dbfs=-1.0, is_clipping=True, behind_s=7.0, cadence_s=2.0)
        )
        await expect(source).to_contain_text(
            "Listening; too loud, the sound is clipped; 7 s behind; decoded every 2.0 s."
        )
        await expect(source.get_by_role("meter")).to_have_attribute("aria-valuenow", "-1")
        rooms.main.set_source(SourceState("hall", "listening", is_dead=True))
        await expect(source).to_contain_text("there is only silence")
        await page.keyboard.press("1")
        await page.keyboard.press("Enter")
        await expect(source).to_contain_text("Stopped.")
        await page.get_by_role("button", name="Start hall").click()
        await expect(source).to_contain_text("Listening.")
        rooms.main.remove_source("hall")
        await expect(page.get_by_text("Nobody is speaking.")).to_be_visible()


async def test_languages_and_task_change_during_a_talk() -> None:
    """A language is added by name and removed, the task is switched, and each change is confirmed."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        report = page.locator("#speech-report")
        for name in ("German", "en"):
            await page.keyboard.press("l")
            await expect(page.locator("#language")).to_be_focused()
            await page.keyboard.type(name)
            await page.keyboard.press("Enter")
            await expect(page.locator("#language")).to_have_value("")
            await expect(page.locator("#scroll")).to_be_focused()
        await expect(report).to_have_text("From now on: German, English.")
        assert rooms.get_room_settings("main").languages == ("de", "en")
        await page.locator("#language").fill("Klingon")
        await page.keyboard.press("Enter")
        await expect(report).to_contain_text("Expected the name of a language")
        await expect(page.locator("#language")).to_have_value("Klingon")
        await page.get_by_role("button", name="Remove German").click()
        await expect(report).to_have_text("From now on: English.")
        await expect(page.get_by_role("button", name="Remove English")).to_be_focused()
        await page.get_by_role("button", name="All languages").click()
        await expect(page.locator("#languages")).to_have_text("All languages are recognised.")
        await page.keyboard.press("t")
        await expect(page.get_by_role("button", name="Transcribe only")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Transcribe only")).to_have_attribute("aria-pressed", "true")
        assert rooms.get_room_settings("main").task == "transcribe"
        assert rooms.main.tracks == ("original",)


async def test_targets_change_during_a_talk() -> None:
    """They are added and removed by name, with the number of their readers; `always` is a switch."""
    rooms = HostedRooms()
    await rooms.change_room("main", RoomSettings())
    async with open_console(rooms) as (page, _):
        report = page.locator("#speech-report")
        for name in ("French", "pt"):
            await page.keyboard.press("r")
            await expect(page.locator("#target")).to_be_focused()
            await page.keyboard.type(name)
            await page.keyboard.press("Enter")
            await expect(page.locator("#target")).to_have_value("")
        await expect(report).to_have_text("The text is translated into French, Portuguese.")
        assert rooms.main.tracks == ("original", "fr", "pt")
        await expect(page.locator("#speech-now")).to_have_text("All languages; translated into French, Portuguese")
        rooms.translation = TranslationOffer("m2m-418m", "mt.example.org", ("fr", "pt", "sv"))
        note = "⚠ The text leaves the machine of the service: mt.example.org translates it with m2m-418m."
        await expect(page.locator("#translation-note")).to_have_text(note)
        await expect(page.locator("#translatable option")).to_have_count(3)
        audience = rooms.context.audiences.get(rooms.main)
        with audience.reader_tracks.count(("fr",)):
            await expect(page.locator("#targets")).to_contain_text("French · 1 reading")
        await page.locator("#target").fill("Klingon")
        await page.keyboard.press("Enter")
        await expect(report).to_contain_text("Expected the name of a language, such as French, but got “Klingon”.")
        await page.get_by_label("All the time").check()
        await expect(report).to_have_text("Every language is translated all the time.")
        assert rooms.get_room_settings("main").translates_always
        await page.get_by_role("button", name="Remove French").click()
        await expect(report).to_have_text("The text is translated into Portuguese.")
        await expect(page.get_by_role("button", name="Remove Portuguese")).to_be_focused()
        assert rooms.main.targets == ("pt",)


async def test_of_many_tracks_the_operator_chooses_some() -> None:
    """Two are shown at first; what is shown is translated, and a phrase that was not translated says so."""
    rooms = HostedRooms()
    await rooms.change_room("main", RoomSettings(targets=("en", "fr", "pt")))
    publish(rooms, 1, "Guten Morgen.")
    publish(rooms, 1, "Good morning.", track="en")
    publish(rooms, 1, "Guten Morgen.", track="fr", language="de")
    publish(rooms, 1, "Bom dia.", track="pt")
    async with open_console(rooms) as (page, _):
        shown = page.locator(".text:visible")
        await expect(shown).to_have_text(["Guten Morgen.", "Good morning."])
        await wait_until(lambda: rooms.main.demand.wanted == {"original", "en"})
        await page.locator("#views summary").click()
        await page.get_by_role("checkbox", name="French").check()
        await page.get_by_role("checkbox", name="English").uncheck()
        await expect(page.get_by_role("checkbox", name="English")).to_be_focused()
        await expect(page.locator('.text[data-track="fr"] .mark')).to_have_text("French: not translated")
        await expect(shown).to_have_count(2)
        assert await find_violations(page) == []
        await page.keyboard.press("Escape")
        await expect(page.get_by_text("Original, French")).to_be_focused()
        await wait_until(lambda: rooms.main.demand.wanted == {"original", "fr"})
        await rooms.change_room("main", RoomSettings(targets=("fr",)))
        await expect(page.locator("#views")).to_have_text("AllOriginalFrench")


async def test_the_glossary_loses_nothing() -> None:
    """Ctrl+S saves; a change by someone else is not overwritten unnoticed, and typed text stays meanwhile."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        field, state = page.locator("#glossary"), page.locator("#glossary-state")
        await page.keyboard.press("g")
        await expect(page.locator("#glossary")).to_be_focused()
        await page.keyboard.type("Surtitle\nsurvey title => Surtitle")
        await expect(state).to_have_text("Not saved yet.")
        await page.keyboard.press("Control+s")
        await expect(page.locator("#glossary-report")).to_contain_text("Saved.")
        await expect(state).to_have_text("")
        assert rooms.get_room_settings("main").glossary == "Surtitle\nsurvey title => Surtitle"
        await expect(page.locator("#glossary-count")).to_have_text("1 term, 1 correction.")
        rooms.main.set_source(SourceState("hall", "listening", n_terms_used=2))
        await expect(page.locator("#glossary-count")).to_contain_text("2 terms used for the latest words.")
        await expect(page.locator("#scroll")).to_be_focused()
        await page.keyboard.press("g")
        await expect(page.locator("#glossary")).to_be_focused()
        await page.keyboard.press("Control+End")
        await page.keyboard.type("\nmine")
        await rooms.change_room("main", RoomSettings(task="translate", glossary="theirs"))
        await page.keyboard.press("Control+s")
        await expect(page.locator("#glossary-report")).to_contain_text("changed elsewhere")
        assert rooms.get_room_settings("main").glossary == "theirs"
        await expect(field).to_have_value("Surtitle\nsurvey title => Surtitle\nmine")
        await page.get_by_role("button", name="Overwrite with mine").click()
        await expect(state).to_have_text("")
        assert rooms.get_room_settings("main").glossary.endswith("mine")
        await rooms.change_room("main", RoomSettings(task="translate", glossary="theirs again"))
        await expect(field).to_have_value("theirs again")


async def test_alarms_are_shown_above_everything() -> None:
    """An alarm is visible at once, announced by screen readers, in the title, and disappears when it is over."""
    rooms = HostedRooms()
    async with open_console(rooms, width=360, height=640) as (page, _):
        await page.locator("#stored").evaluate("(panel) => panel.scrollIntoView()")
        rooms.main.set_alarms((Alarm("no_sound", "hall", "Only digital silence arrives. Look for a mute switch."),))
        rooms.main.set_problem("store", "Captions are not saved: the disk is full.")
        bar = page.get_by_role("alert").locator("p")
        await expect(bar.first).to_have_text(
            "hall: Only digital silence arrives. Look for a mute switch.", timeout=5000
        )
        await expect(bar.first).to_be_in_viewport()
        await expect(bar.last).to_have_text("Captions are not saved: the disk is full.")
        await expect(page).to_have_title(re.compile("^⚠ hall: Only digital silence"))
        rooms.main.set_alarms(())
        rooms.main.set_problem("store", "")
        await expect(bar).to_have_count(0)
        await expect(page).to_have_title("Console · main")
