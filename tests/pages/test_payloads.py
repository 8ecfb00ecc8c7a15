"""All text of a room stays text on every page: no markup or script in it has an effect."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import Dialog, Page, expect

from app.captions.room_state import SourceState
from app.store.rooms import RoomSettings
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.browser import open_page, wait_until
from tests.support.html_payloads import PAYLOADS
from tests.support.raw_peer import KEY

AT_ONCE = 5
CENSUS = """() => [...document.querySelectorAll('*')].map((node) => {
  const names = [...node.attributes].map(({ name }) => name).filter((name) => /^on|^style$|^srcdoc$/.test(name));
  return [node.localName, ...names].join(' ');
})"""
LACKS = """(texts) => {
  const bare = (text) => text.replace(/\\s/gu, '');
  const shown = bare(document.querySelector(PLACE).textContent);
  return texts.filter((text) => !shown.includes(bare(text)));
}"""
OVERLAY = {"html", "html style", "head", "meta", "title", "link", "script", "body", "main", "h1", "div", "p", "span"}
"""The elements of the overlay; its own script sets the looks on the root."""
MICROPHONE = OVERLAY | {
    "b",
    "h2",
    "section",
    "label",
    "select",
    "option",
    "button",
    "div style",
    "details",
    "summary",
    "ul",
    "li",
    "input",
}
INDEX = MICROPHONE | {"template", "a", "code", "datalist", "fieldset", "h3", "h4", "i", "img", "input", "legend"}
INDEX |= {"form", "header", "ol", "small", "strong", "output"}
AUDIENCE = MICROPHONE | {"header", "h3", "optgroup", "input", "output", "fieldset", "legend", "small", "dialog", "br"}
AUDIENCE |= {"form", "svg", "circle", "path", "ol"}


@asynccontextmanager
async def watched(*options: str) -> AsyncIterator[Page]:
    """Open a page, and fail if it shows a dialog or violates its policy."""
    harm: list[str] = []
    async with open_page(*options) as page:

        async def dismiss(dialog: Dialog) -> None:
            harm.append("dialog")
            await dialog.dismiss()

        page.on("dialog", dismiss)
        await page.expose_function("tellHarm", lambda directive: harm.append(directive))
        await page.add_init_script(
            "addEventListener('securitypolicyviolation', (event) => tellHarm(event.violatedDirective))"
        )
        yield page
    assert harm == []


async def expect_text(page: Page, place: str, texts: list[str]) -> None:
    """Wait until all texts are in an element, letter by letter except for spaces."""
    lacks = LACKS.replace("PLACE", json.dumps(place))
    await wait_until(page, f"(texts) => !({lacks})(texts).length", texts)


def test_the_corpus_is_large() -> None:
    """There are at least a hundred different payloads."""
    assert len(set(PAYLOADS)) >= 100


@pytest.mark.parametrize(
    ("path", "place", "made_of"),
    [
        ("/overlay/main?lang=original&clear=0&lines=8", "#stage", OVERLAY),
        ("/stage/main?lang=original&clear=0&lines=8&scale=0.5", "#stage", OVERLAY | {"button"}),
        ("/microphone/main", "#preview", MICROPHONE),
        ("/v/main?lang=original", "#captions", AUDIENCE),
    ],
    ids=["overlay", "stage", "microphone", "audience"],
)
async def test_captions_stay_text(path: str, place: str, made_of: set[str]) -> None:
    """Committed, tentative and corrected words are shown literally, without element, dialog or policy violation."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, watched() as page:
        await page.goto(f"http://127.0.0.1:{port}{path}")
        rooms.say("0-0", "ready", rev=1, final=True)  # a page that connects later gets only the last phrases
        await expect_text(page, place, ["ready"])
        for first in range(0, len(PAYLOADS), AT_ONCE):
            texts = PAYLOADS[first : first + AT_ONCE]
            for number, text in enumerate(texts, first):
                rooms.say(f"1-{number}", text, rev=1, final=True)
            await expect_text(page, place, texts)
            assert set(await page.evaluate(CENSUS)) <= made_of
        rooms.say("2-0", PAYLOADS[0], PAYLOADS[1], rev=1)
        await expect_text(page, place, [PAYLOADS[1]])
        rooms.say("2-0", "x", rev=2, final=True)
        rooms.main.correct("2-0", "original", PAYLOADS[2])
        await expect_text(page, place, [PAYLOADS[2]])
        assert set(await page.evaluate(CENSUS)) <= made_of


async def test_room_details_on_the_index_stay_text() -> None:
    """Names and errors of sources, problems and the glossary are text, with all payloads at once."""
    rooms = HostedRooms()
    await rooms.change_room("main", RoomSettings(glossary="\n".join(PAYLOADS)))
    for number, text in enumerate(PAYLOADS):
        rooms.main.set_source(SourceState(f"{number} {text}", "failed", text))
        rooms.main.set_problem(str(number), text)
    async with serve_rooms(rooms) as port, watched() as page:
        await page.goto(f"http://127.0.0.1:{port}/#{KEY}")
        await expect_text(page, "#rooms", PAYLOADS)
        assert set(await page.evaluate(CENSUS)) <= INDEX


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "{{7*7}}", "\u202e\x01", "%", "javascript:alert(1)"])
async def test_names_in_addresses_stay_text(name: str) -> None:
    """A link with a payload as room, look and key opens a page that shows only the name."""
    asked = "&".join(f"{what}={quote(name)}" for what in ("font", "color", "bg", "lang", "fontSize", "theme", "track"))
    async with serve_rooms(HostedRooms()) as port, watched() as page:
        await page.goto(f"http://127.0.0.1:{port}/microphone/{quote(name)}#{name}")
        await expect(page.locator("#place")).to_have_text(name)
        assert set(await page.evaluate(CENSUS)) <= MICROPHONE
        await page.goto(f"http://127.0.0.1:{port}/overlay/main?{asked}#{name}")
        await expect(page.locator(".caption-box")).to_have_count(1)
        assert set(await page.evaluate(CENSUS)) <= OVERLAY


class _Inline(HTMLParser):
    """Finds what a policy without `unsafe-inline` blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check one element."""
        given = dict(attrs)
        self.found += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.found.append(tag)
        self.found += [f"{tag} {link}" for link in (given.get("src"), given.get("href")) if link and link[0] != "/"]


def test_pages_hold_no_code_and_load_nothing_from_elsewhere(root: Path) -> None:
    """Code and styles are in files of our own, and no script creates elements or code from text."""
    for path in (root / "static").rglob("*.html"):
        page = _Inline()
        page.feed(path.read_text(encoding="utf-8"))
        assert page.found == [], path.name
    sinks = (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "srcdoc",
        "cssText",
    )
    for path in (root / "static").rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert [sink for sink in sinks if sink in text] == [], path.name
        assert "http://" not in text.replace("http://127.0.0.1", ""), path.name
