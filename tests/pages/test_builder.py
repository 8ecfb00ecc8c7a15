"""The overlay builder in a real browser."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import FrameLocator, Page, expect

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.axe import find_violations
from tests.support.browser import open_page
from tests.support.page_weight import WEIGHT_MAX, weighing
from tests.support.raw_peer import KEY

SMALL = """() => [...document.querySelectorAll('button, input, select, a')]
  .filter((node) => node.offsetHeight < 44).map((node) => node.id)"""
FRAME = "() => document.querySelector('#preview').contentWindow.location.href"


async def link(page: Page) -> str:
    """Return the builder's link."""
    return await page.locator("#link").input_value()


def preview(page: Page) -> FrameLocator:
    """Return the overlay in the preview."""
    return page.frame_locator("#preview")


async def test_what_is_chosen_is_in_the_link_and_in_the_preview() -> None:
    """Fields and presets change the link and the preview at once; invalid values are marked and left out."""
    async with serve_rooms(HostedRooms()) as port, open_page(width=1280, height=900) as page:
        at = f"http://127.0.0.1:{port}"
        await page.goto(f"{at}/builder/main")
        assert await link(page) == f"{at}/overlay/main"
        words = preview(page).locator(".caption-final, .caption-pending").first
        await expect(words).to_be_visible()
        await page.get_by_label("Colours").select_option(value="hc")
        await page.get_by_label("Text size", exact=True).fill("100px")
        await page.get_by_label("Lines", exact=True).fill("99")
        await expect(page.get_by_label("Lines", exact=True)).to_have_attribute("aria-invalid", "true")
        assert await link(page) == f"{at}/overlay/main?fontSize=100px&theme=hc"
        await expect(words).to_have_css("font-size", "100px")
        await expect(preview(page).locator(".caption-final").first).to_have_css("color", "rgb(255, 255, 0)")
        await page.get_by_role("button", name="Two languages").click()
        await expect(preview(page).locator(".caption-box")).to_have_count(2)
        assert parse_qs(urlsplit(await link(page)).query) == {"dual": ["1"], "fontSize": ["4.2vh"], "width": ["80"]}
        before = await page.evaluate("history.length")
        await page.get_by_text("More settings").click()
        await expect(page.locator("#more-count")).to_have_text("(2 changed)")
        await page.get_by_label("Text colour, picker").fill("#ffcc00")
        await expect(preview(page).locator(".caption-final").first).to_have_css("color", "rgb(255, 204, 0)")
        assert "color=ffcc00" in await link(page)
        await page.get_by_label("Text size, slider").fill("7.5")
        assert "fontSize=7.5vh" in await link(page)
        assert await page.evaluate("history.length") == before
        await page.reload()
        await expect(page.locator("#link")).to_have_value(re.compile("color=ffcc00"))


async def test_the_link_can_only_read() -> None:
    """With an operator's key the link gets a new viewer key, a viewer's key stays, and the preview has none."""
    rooms = HostedRooms(key="right")
    _, operators = await rooms.keyring.create_key("main", "operator", "desk")
    async with serve_rooms(rooms) as port, open_page(width=1280, height=900) as page:
        await page.goto(f"http://127.0.0.1:{port}/builder/main#{operators}")
        await expect(page.locator("#link")).to_have_value(re.compile(r"/overlay/main#.{32}$"))
        made = (await link(page)).partition("#")[2]
        key = rooms.keyring.find(made)
        assert key is not None
        assert (key.room, key.role) == ("main", "viewer")
        await expect(preview(page).locator(".caption-box")).to_be_visible()
        shown = await page.evaluate(FRAME)
        assert "#" not in shown
        assert made not in shown
        assert operators not in shown
        await expect(page.get_by_label("Language", exact=True).locator("option")).to_have_text(
            ["Translation if there is one", "Original", "English"]
        )
        await page.goto(f"http://127.0.0.1:{port}/builder/main?theme=hc#{made}")
        await expect(page.locator("#link")).to_have_value(f"http://127.0.0.1:{port}/overlay/main?theme=hc#{made}")
        assert [one.role for one in rooms.keyring.list("main")].count("viewer") == 1


async def test_a_link_can_be_read_back_and_copied() -> None:
    """An overlay's link fills the form without its key, and Copy puts the new link on the clipboard."""
    async with serve_rooms(HostedRooms()) as port, open_page(width=1280, height=900) as page:
        at = f"http://127.0.0.1:{port}"
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.goto(f"{at}/builder/main")
        await page.get_by_text("Save, import and share").click()
        paste = page.get_by_label("Copy the look from an overlay link")
        said = page.locator("#kept")
        given = "fs=60&fgc=ffcc00&mode=block&dual=yes&lang=fr&nonsense=1&lines=99"
        await paste.fill(f"https://elsewhere.example/overlay/hall?{given}#secret")
        await paste.press("Enter")
        await expect(paste).to_have_value("")
        await expect(said).to_contain_text("Left out, because these are not valid settings: nonsense=1, lines=99.")
        await expect(page.get_by_label("Text size", exact=True)).to_have_value("60")
        await expect(page.locator("#field-mode")).to_have_value("block")
        asked = urlsplit(await link(page))
        assert asked.path == "/overlay/main"
        assert asked.fragment == ""
        assert parse_qs(asked.query) == {
            "fontSize": ["60"],
            "color": ["ffcc00"],
            "mode": ["block"],
            "dual": ["1"],
            "lang": ["fr"],
        }
        await page.get_by_role("button", name="Copy link").click()
        await expect(page.locator("#said")).to_have_text("Copied.")
        assert await page.evaluate("navigator.clipboard.readText()") == await link(page)
        await paste.fill("https://example.org/elsewhere")
        await paste.press("Enter")
        await expect(said).to_contain_text("Expected the link of an overlay")


async def test_presets_are_saved_exported_and_loaded(tmp_path: Path) -> None:
    """A look gets a name, survives a reload, goes into a file and comes back; a wrong file and name get a sentence."""
    async with serve_rooms(HostedRooms()) as port, open_page(width=390, height=844) as page:
        await page.goto(f"http://127.0.0.1:{port}/builder/main?lines=4#{KEY}")
        chip = page.locator("#presets").get_by_role("button", name="Grüße")
        said = page.locator("#kept")
        await page.get_by_text("Save, import and share").click()
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(said).to_contain_text("Expected a name")
        await page.get_by_label("Save this look").fill("Grüße")
        await page.keyboard.press("Enter")
        await expect(said).to_have_text("Saved as “Grüße” in this browser.")
        await expect(chip).to_have_attribute("aria-pressed", "true")
        async with page.expect_download() as download:
            await page.get_by_role("button", name="Export presets").click()
        file = tmp_path / (await download.value).suggested_filename
        await (await download.value).save_as(file)
        await page.get_by_role("button", name="Delete Grüße").click()
        await page.get_by_role("button", name="Really delete Grüße").click()
        await expect(chip).to_have_count(0)
        await page.get_by_label("Load presets").set_input_files({"name": "x", "mimeType": "", "buffer": b"{}"})
        await expect(said).to_contain_text("this one contains something else")
        await page.get_by_label("Load presets").set_input_files(file)
        await expect(said).to_contain_text("Loaded “Grüße”.")
        await page.goto(f"http://127.0.0.1:{port}/builder/main")
        await chip.click()
        assert "lines=4" in await link(page)
        top = "() => document.querySelector('#picture').getBoundingClientRect().top"
        await page.locator("#forget").scroll_into_view_if_needed()
        assert 0 <= await page.evaluate(top) < 20


async def test_the_builder_is_accessible_and_light() -> None:
    """axe finds nothing in light and dark, it fits a phone, all works by keyboard, and it weighs at most 60 kB."""
    async with serve_rooms(HostedRooms()) as port, open_page(width=320, height=640) as page:
        loads = await weighing(page)
        await page.goto(f"http://127.0.0.1:{port}/builder/main")
        await expect(preview(page).locator(".caption-box")).to_be_visible()
        await page.wait_for_load_state("networkidle")
        own, framed = (sum(weights) for weights in loads.values())
        print(f"{page.url} {own:.0f} bytes, and the overlay in it {framed:.0f}")
        assert 10_000 < own <= WEIGHT_MAX
        assert 10_000 < framed <= WEIGHT_MAX
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        for name in ("#more", "#keep"):
            await page.locator(name).locator("summary").click()
        small = await page.evaluate(SMALL)
        assert small == []
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await find_violations(page) == []
        seen = []
        for _ in range(75):
            await page.keyboard.press("Tab")
            seen.append(await page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        assert {"copy", "paste", "field-theme", "field-outline", "field-debug", "Big hall", "Busy"} <= set(seen)
