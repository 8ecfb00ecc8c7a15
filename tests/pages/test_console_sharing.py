"""Sharing on the console, in a real browser: outputs, links, switches, exports and erasing."""

import re
from dataclasses import replace

import httpx
from playwright.async_api import expect

from app.captions.room_state import OutputHealth, OutputState
from app.outputs.settings import MeetingOutput
from app.web.addresses import PageAddresses
from tests.fakes.hosted_rooms import HostedRooms
from tests.support.browser import wait_until
from tests.support.console_page import open_console, publish, show_links

ADDRESS = "https://wmcapi.zoom.us/closedcaption?id=1&ns=x&expire=86400&spparams=id&signature=SeCrEt"


async def test_an_output_is_added_watched_and_removed() -> None:
    """A pasted address goes to the service and is nowhere on the page afterwards; health and removal work."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        await page.keyboard.press("o")
        await page.get_by_label("API token").fill(ADDRESS)
        assert await page.get_by_label("API token").get_attribute("type") == "password"
        await page.locator("#output-track").select_option("en")
        await page.get_by_role("button", name="Add", exact=True).last.click()
        row = page.locator(".output")
        await expect(row).to_contain_text("Zoom, English")
        (kept,) = rooms.get_room_settings("main").outputs
        assert isinstance(kept, MeetingOutput)
        assert (kept.kind, kept.address, kept.track) == ("zoom", ADDRESS, "en")
        values = await page.evaluate(
            "[...document.querySelectorAll('input, textarea')].map(({ value }) => value).join()"
        )
        assert "SeCrEt" not in await page.content() + values
        rooms.main.set_outputs(
            (OutputState(kept.id, "zoom", "en", OutputHealth("failed", "Zoom refuses the address.", 12, 3)),)
        )
        await expect(row).to_contain_text("Failed: action needed. Zoom refuses the address. 12 sent, 3 dropped.")
        await row.get_by_role("button", name="Remove").click()
        await row.get_by_role("button", name="Really remove").click()
        await expect(row).to_have_count(0)
        assert rooms.get_room_settings("main").outputs == ()
        await page.keyboard.press("o")
        await page.get_by_label("Destination").select_option("file")
        await page.get_by_label("Format").first.select_option("vtt")
        await page.get_by_role("button", name="Add", exact=True).last.click()
        await expect(row).to_contain_text("File, English")


async def test_an_error_is_shown_and_loses_nothing() -> None:
    """An invalid address is rejected with a sentence, and stays in its field."""
    rooms = HostedRooms(key="topmost")
    await rooms.create_room("hall", rooms.get_room_settings("main"))
    _, secret = await rooms.keyring.create_key("main", "operator", "console")
    async with open_console(rooms, fragment=f"#{secret}", forgives="status of 4") as (page, _):
        await page.keyboard.press("o")
        await page.get_by_label("Destination").select_option("obs")
        await page.get_by_label("Password").fill("studio")
        await page.get_by_role("button", name="Add", exact=True).last.click()
        await expect(page.locator("#outputs-report")).to_contain_text("You need the admin key")
        await expect(page.get_by_label("Password")).to_have_value("studio")
        await page.goto(f"{page.url.partition('#')[0]}?again#wrong-key-0123456789012345")
        await expect(page.locator("#lost")).to_be_visible()
        await expect(page.locator("#lost")).to_contain_text("This link is not valid here.")
        await expect(page).to_have_title("⚠ Connection lost · main")


async def test_links_have_keys_that_only_read_or_speak() -> None:
    """Each link has its own key, the QR code a reading one; rejected clients are shown."""
    rooms = HostedRooms(key="topmost")
    object.__setattr__(rooms.context, "addresses", PageAddresses(public_url="http://192.0.2.7:8000"))
    async with open_console(rooms, fragment="#topmost") as (page, at), httpx.AsyncClient(base_url=at) as client:
        await show_links(page)
        for name, path, role in (
            ("Audience", "v", "viewer"),
            ("Slide with QR code", "slide", "viewer"),
            ("Poster to print", "poster", "viewer"),
            ("Stage", "stage", "viewer"),
            ("Overlay", "overlay", "viewer"),
            ("Build an overlay", "builder", "viewer"),
            ("Open a microphone page", "microphone", "source"),
        ):
            link = page.get_by_role("link", name=name, exact=True)
            start = "http://192.0.2.7:8000" if name == "Audience" else ""  # the other pages are opened on this machine
            await expect(link).to_have_attribute("href", re.compile(rf"^{start}/{path}/main#.{{32}}$"))
            key = rooms.keyring.find(((await link.get_attribute("href")) or "").partition("#")[2])
            assert key is not None
            assert (key.room, key.role) == ("main", role)
        await page.keyboard.press("q")
        picture = page.get_by_alt_text("QR code of the audience link")
        await expect(picture).to_be_visible()
        await wait_until(page, "document.querySelector('#qr img').naturalWidth > 100")
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Download as SVG").click()
        assert (await download.value).suggested_filename == "main.svg"
        await client.get("/api/rooms/main", headers={"Authorization": "Bearer guessed"})
        await page.get_by_text("Rejected requests:").click()
        await expect(page.locator("#refusals li")).to_contain_text(["links that are not valid"])
        assert "topmost" not in await page.locator("main").inner_html()


async def test_switches_of_the_room() -> None:
    """Public, closed, transcript offered and storage time: each goes to the service, and the page explains it."""
    rooms = HostedRooms()
    await rooms.change_room("main", replace(rooms.get_room_settings("main"), code="GWVAJK"))
    object.__setattr__(rooms.context, "addresses", PageAddresses(public_url="http://192.0.2.7:8000"))
    async with open_console(rooms) as (page, _):
        await show_links(page)
        await page.get_by_label("Public").check()
        await expect(page.locator("#code")).to_have_text("Everybody can read at 192.0.2.7:8000/c/GWVAJK")
        await page.get_by_label("Readers may download").check()
        await expect(page.locator("#sharing-report")).to_have_text("Readers may download the transcript.")
        await page.get_by_label("Open: people").uncheck()
        await expect(page.get_by_text("The room is closed. Nobody")).to_be_visible()
        await page.get_by_text("Stored text").click()
        await page.get_by_label("Stored for").fill("72")
        await page.keyboard.press("Enter")
        await expect(page.locator("#retention-say")).to_contain_text("for 72 h")
        settings = rooms.get_room_settings("main")
        assert settings.is_public
        assert settings.showing.offers_transcript
        assert not settings.is_open
        assert settings.retention_h == 72
        await page.get_by_label("Open: people").check()
        await expect(page.get_by_text("The room is closed. Nobody")).to_be_hidden()


async def test_captions_are_downloaded_and_erased() -> None:
    """Each track is a file; erasing asks for the name of the room and removes everything."""
    rooms = HostedRooms()
    async with open_console(rooms) as (page, _):
        publish(rooms, 1, "Guten Morgen.")
        publish(rooms, 1, "Good morning.", track="en")
        await expect(page.locator("#phrases li")).to_have_count(1)
        await page.keyboard.press("d")
        await expect(page.locator("#export-track")).to_be_focused()
        await page.locator("#export-track").select_option("en")
        await page.locator("#export-format").select_option("vtt")
        async with page.expect_download() as download:
            await page.locator("#export-form button").click()
        assert (await download.value).suggested_filename == "main.en.vtt"
        assert "Good morning." in (await (await download.value).path()).read_text()
        await page.get_by_text("Erase all captions").click()
        await page.locator("#erase-name").fill("man")
        await page.keyboard.press("Enter")
        await expect(page.locator("#stored-report")).to_contain_text("Not erased: expected the name of the room, main")
        await expect(page.locator("#phrases li")).to_have_count(1)
        await page.locator("#erase-name").fill("main")
        await page.keyboard.press("Enter")
        await expect(page.locator("#phrases li")).to_have_count(0)
        assert rooms.main.since(0) == []
