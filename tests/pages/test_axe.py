"""The checker of the pages, checked."""

from tests.pages.axe import violations
from tests.pages.browser import chromium
from tests.web.doors import Rooms, serving


async def test_axe_sees_what_is_wrong_under_the_policy_of_the_pages() -> None:
    """A page with a bad contrast and a button without a name is found out, though its policy lets no script in."""
    async with serving(Rooms()) as port, chromium() as page:
        await page.goto(f"http://127.0.0.1:{port}/")
        await page.evaluate("""() => {
          const [text, button] = [document.createElement('p'), document.createElement('button')];
          text.textContent = 'hardly to be read';
          text.id = 'faint';
          text.style.color = '#ddd';
          button.id = 'nameless';
          document.querySelector('main').append(text, button);
        }""")
        found = await violations(page)
        assert "color-contrast: #faint" in found
        assert "button-name: #nameless" in found
