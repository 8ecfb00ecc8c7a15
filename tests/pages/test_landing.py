"""The landing page in a real browser: the steps of a meeting, and help for those who run no room."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from playwright.async_api import Locator, Page, Route, expect

from app.captions.room_state import SourceState
from app.store.rooms import RoomSettings
from app.web.addresses import PageAddresses
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.axe import find_violations
from tests.support.browser import open_page
from tests.support.layout_shift import WATCH_SHIFTS, read_shift
from tests.support.page_weight import WEIGHT_MAX, weighing
from tests.support.raw_peer import KEY

ADDRESS = "https://192.0.2.7:8000"
"""Where other devices open the pages of these rooms."""


@asynccontextmanager
async def open_landing(
    rooms: HostedRooms,
    key: str = KEY,
    *,
    size: tuple[int, int] = (1280, 800),
    address: str = ADDRESS,
    forgives: str = "",
) -> AsyncIterator[Page]:
    """Open the landing page of rooms that other devices reach at an address; with "", only this machine does."""
    rooms.context = replace(rooms.context, addresses=PageAddresses(public_url=address))
    width, height = size
    async with serve_rooms(rooms) as port, open_page(width=width, height=height, forgives=forgives) as page:
        await page.add_init_script(WATCH_SHIFTS)
        await page.goto(f"http://127.0.0.1:{port}/" + (f"#{key}" if key else ""))
        yield page


def step(page: Page, title: str) -> Locator:
    """Return the head of a step."""
    return page.locator(".head", has=page.get_by_role("button", name=title, exact=True))


def roles(rooms: HostedRooms, room: str = "main") -> list[str]:
    """Return the roles of the keys that the page has made; the console makes one for its microphone page."""
    labels = ("Audience, slide and poster", "Stage and overlay", "Console")
    return sorted(key.role for key in rooms.keyring.list(room) if key.label in labels)


async def test_the_steps_of_a_meeting_become_done_one_after_the_other() -> None:
    """Sound, languages, title and readers are set on the page, which says what is left and makes only keys in use."""
    rooms = HostedRooms()
    async with open_landing(rooms) as page:
        start = step(page, "Start")
        await expect(start).to_contain_text("2 steps left: sound and where people read.")
        await expect(step(page, "Sound arrives")).to_contain_text("To do")
        source = SourceState("USB", "listening", level_dbfs=-20.0, is_speech=True)
        rooms.main.set_source(source)
        rooms.say("1-0", "Good morning", "everybody", rev=1)
        await expect(step(page, "Sound arrives")).to_contain_text("Sound arrives from “USB”.")
        await expect(page.get_by_role("meter", name="Level of USB")).to_have_attribute("aria-valuenow", "-20")
        await expect(page.locator(".words")).to_contain_text("Good morning everybody")
        rooms.main.set_source(replace(source, status="retrying", message="It was unplugged."))
        await expect(step(page, "Sound arrives")).to_contain_text("“USB” is gone. It was unplugged.")
        rooms.main.set_source(source)
        await page.get_by_role("button", name="Language", exact=True).click()
        await page.get_by_label("Add a spoken language").fill("german")
        await page.keyboard.press("Enter")
        await expect(step(page, "Language")).to_contain_text("German is spoken. People can also read it in English.")
        await page.get_by_label("What is said").check()
        await expect(step(page, "Language")).to_contain_text("Nothing is translated.")
        await page.get_by_role("button", name="Where people read").click()
        assert roles(rooms) == []
        await page.get_by_role("button", name="Show the QR code").click()
        await expect(page.get_by_role("img", name="QR code")).to_be_visible()
        await expect(start).to_contain_text("Everything is ready.")
        assert roles(rooms) == ["viewer"]
        await page.get_by_label("Title that people see").fill("Großer Saal")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Großer Saal")).to_be_visible()
        assert await find_violations(page) == []
        assert await read_shift(page) <= 0.02
        settings = rooms.get_room_settings("main")
        assert (settings.languages, settings.task, settings.title) == (("de",), "transcribe", "Großer Saal")
        await page.get_by_role("link", name="Console of Großer Saal").click()
        await expect(page).to_have_url(re.compile("/operator/main$"))
        assert {"operator", "viewer"} <= set(roles(rooms))  # the console makes one too


async def test_a_phone_gets_the_same_steps_below_each_other() -> None:
    """At 320 px nothing is cut, the page is light, a public room has a short address, and OBS's file has its link."""
    rooms = HostedRooms()
    await rooms.change_room("main", RoomSettings(is_public=True, code="GWVAJK"))
    async with open_landing(rooms, size=(320, 640)) as page:
        loads = await weighing(page)
        await page.reload()
        for title in ("Where people read", "OBS, Zoom, Teams", "Start"):
            await page.get_by_role("button", name=title, exact=True).click()
            await expect(page.get_by_role("region", name=title)).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth") <= 320
            if title == "Where people read":
                await expect(page.locator(".short")).to_have_text("192.0.2.7:8000/c/GWVAJK")
                await expect(page.get_by_role("img", name="QR code")).to_be_visible()
                assert await find_violations(page) == []
            elif title == "OBS, Zoom, Teams":
                async with page.expect_download() as download:
                    await page.get_by_role("button", name="Windows").click()
                file = await (await download.value).path()
                collection = json.loads(await asyncio.to_thread(Path(file).read_text))
                [url] = [one["settings"]["url"] for one in collection["sources"] if one["id"] == "browser_source"]
                assert re.fullmatch(r"http://127\.0\.0\.1:\d+/overlay/main#.{32}", url)
        [weights] = loads.values()
        assert 10_000 < sum(weights) <= WEIGHT_MAX, sum(weights)
        await page.get_by_label("The room is open").uncheck()
        await expect(step(page, "Where people read")).to_contain_text("The room is closed")


async def test_switches_stay_as_they_were_set_until_the_service_answers() -> None:
    """News of the room from before a change sets no switch back."""
    rooms, answers = HostedRooms(), asyncio.Event()

    async def hold(route: Route) -> None:
        if route.request.method == "PATCH":
            await answers.wait()
        await route.continue_()

    async with open_landing(rooms) as page:
        await page.route("**/api/rooms/main", hold)
        for title, label, is_on in (
            ("Language", "What is said", True),
            ("Where people read", "Public", True),
            ("Start", "The room is", False),
        ):
            answers.clear()
            await page.get_by_role("button", name=title, exact=True).click()
            box = page.get_by_label(label)
            await expect(box).to_be_checked(checked=not is_on)
            await box.set_checked(is_on)
            rooms.main.set_source(SourceState("USB", "retrying", message=f"{title} is pressed."))
            await expect(step(page, "Sound arrives")).to_contain_text(f"{title} is pressed.")
            assert await box.is_checked() == is_on
            answers.set()
            await expect(page.locator(".report:visible")).to_have_text(re.compile(r"\w"))
            await expect(box).to_be_checked(checked=is_on)


async def test_several_rooms_are_a_list_and_no_room_is_a_form() -> None:
    """One room of several is open, also after a reload; says how to let phones in; a room is made from a title."""
    rooms = HostedRooms()
    await rooms.create_room("hall", RoomSettings(title="Festsaal"))
    async with open_landing(rooms, size=(390, 844), address="") as page:
        hall = page.get_by_role("button", name="Festsaal", exact=True)
        await expect(page.get_by_role("button", name="Room main")).to_have_attribute("aria-expanded", "true")
        await hall.click()
        await page.reload()
        await expect(hall).to_have_attribute("aria-expanded", "true")
        await expect(page.locator(".steps")).to_have_count(1)
        await page.get_by_role("button", name="Where people read").click()
        await expect(page.locator(".only-here")).to_contain_text("Only this computer can open the room.")
        await page.get_by_role("button", name="Copy the link").click()
        await expect(page.locator(".share .report")).to_contain_text("Only this computer can open the room.")
        assert roles(rooms, "hall") == []
        for name in ("main", "hall"):
            await rooms.remove_room(name)
        await expect(page.get_by_text("There is no room yet.")).to_be_visible()
        await page.get_by_label("Title that people see").fill("Main Stage")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Main Stage")).to_be_visible()
        assert rooms.get_room_settings("main-stage").title == "Main Stage"


async def test_everybody_without_a_room_is_helped() -> None:
    """No key, a wrong one and one that only reads get sentences and links; an operator's shows its own room."""
    rooms = HostedRooms(key=KEY)
    await rooms.create_room("hall", RoomSettings(is_public=True, code="GWVAJK"))
    _, reader = await rooms.keyring.create_key("main", "viewer")
    _, operator = await rooms.keyring.create_key("hall", "operator")
    async with open_landing(rooms, "", forgives="status of 401") as page:
        await expect(page.get_by_text("surtitle key create admin")).to_be_visible()
        assert await find_violations(page) == []
        for key, text in (("wrong", "This link is not valid here."), (reader, "Your link is for reading along.")):
            await page.goto(f"{page.url}#{key}")
            await expect(page.get_by_text(text)).to_be_visible()
        link = page.get_by_role("link", name="Read along")
        await expect(link).to_have_attribute("href", f"/v/main#{reader}")
        await page.goto(f"{page.url}#{operator}")
        await expect(page.get_by_role("heading", name="Room hall")).to_be_visible()
        await expect(page.locator(".room")).to_have_count(1)
        await page.evaluate("localStorage.clear(); sessionStorage.clear()")
        await page.goto(page.url.partition("#")[0].partition("?")[0])
        await page.get_by_label("Short code").fill("gwv ajk")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile("/v/hall$"))
