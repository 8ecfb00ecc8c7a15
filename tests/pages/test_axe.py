"""The accessibility check itself, and the pages without tests of their own."""

from typing import Literal

import pytest
from playwright.async_api import expect

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.axe import find_violations
from tests.support.browser import open_page
from tests.support.raw_peer import KEY


async def test_axe_sees_what_is_wrong_under_the_policy_of_the_pages() -> None:
    """It finds bad contrast and a button without a name, although the page's policy allows no scripts."""
    async with serve_rooms(HostedRooms()) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/#{KEY}")
        await page.evaluate("""() => {
          const [text, button] = [document.createElement('p'), document.createElement('button')];
          text.textContent = 'hardly to be read';
          text.id = 'faint';
          text.style.color = '#ddd';
          button.id = 'nameless';
          document.querySelector('main').append(text, button);
        }""")
        found = await find_violations(page)
        assert "color-contrast: #faint" in found
        assert "button-name: #nameless" in found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/microphone/main"])
async def test_landing_and_microphone_page_are_accessible(path: str, scheme: Literal["light", "dark"]) -> None:
    """axe finds nothing on a wide screen and on a narrow phone; the other pages have their own tests."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.emulate_media(color_scheme=scheme)
        await page.goto(f"http://127.0.0.1:{port}{path}#{KEY}")
        await expect(page.get_by_role("button").first).to_be_visible()
        rooms.say("1-0", "solid", "grey", rev=1)
        for width in (1280, 320):
            await page.set_viewport_size({"width": width, "height": 640})
            assert await find_violations(page) == []
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
