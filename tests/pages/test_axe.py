"""The checker of the pages, checked."""

from typing import Literal

import pytest
from playwright.async_api import expect

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.axe import find_violations
from tests.support.browser import open_page


async def test_axe_sees_what_is_wrong_under_the_policy_of_the_pages() -> None:
    """A page with a bad contrast and a button without a name is found out, though its policy lets no script in."""
    async with serve_rooms(HostedRooms()) as port, open_page() as page:
        await page.goto(f"http://127.0.0.1:{port}/")
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
async def test_the_first_page_and_the_one_to_speak_from_are_for_everybody(
    path: str, scheme: Literal["light", "dark"]
) -> None:
    """Nothing to object to on a wide screen and on a narrow phone; the other pages have tests of their own."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await page.emulate_media(color_scheme=scheme)
        await page.goto(f"http://127.0.0.1:{port}{path}")
        await expect(page.get_by_role("button").first).to_be_visible()
        rooms.say("1-0", "solid", "grey", rev=1)
        for width in (1280, 320):
            await page.set_viewport_size({"width": width, "height": 640})
            assert await find_violations(page) == []
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
