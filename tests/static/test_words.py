"""The words of the pages for readers: every language has every text, each is used, and none is left in the pages."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest

from app.web.compression import strip_comments
from app.web.data_protection import FactCode
from tests.support.static_files import STATIC

PAGES = ("audience", "stage", "overlay", "slide", "poster", "microphone", "problem")
"""The pages for readers; console, landing page, builder and the page of the certificate are for operators: English."""

FILES = sorted((STATIC / "words").glob("*.json"))

CODES = frozenset({"access", "busy", "error", "path", "room", "store"})
"""Codes of the service's refusals that readers see translated."""

SAME = frozenset({"SRT", "WebVTT", "JSON", "A−", "A+", "Aa", "↓", "100%", "MESSAGE"})
"""Texts of pages that are the same in every language."""

SPOKEN = ("title", "aria-label", "placeholder", "alt")
"""Attributes that people read or hear."""

ENGLISH = {
    "access_key.js",  # the console's question
    "rest.js",  # problems.js says it
    "socket.js",  # the pages say "problem.lost"
    "device_links.js",  # the console's
    "keys.js",  # the labels of keys, which the console shows
    "invitation_texts.js",  # has its own languages
    "sample_text.js",  # the same
    "page.js",  # an error for developers
    "debug_view.js",  # for operators
    "languages.js",  # names in English, for the console
    "parameters.js",  # names of parameters
    "function_words.js",
}
"""Scripts whose sentences are for operators, or are said in another way."""

STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')

SENTENCE = re.compile(r"[A-Za-z’]{2,} [a-z’]{2,}")
"""Two words, the second in small letters."""

SHOWN = re.compile(r'(?:setText\([^,]*, |textContent = |title = |new Option\(|new Error\()["`]\s*[A-Za-z]')
"""A place where even one word is text for people."""

NOT_SENTENCES = re.compile(
    r"^(visually-hidden|text second|caption-|state |input:not|key list|sample text$|[\w./-]+\.js$)"
)


def texts_of(file: Path) -> dict[str, str | dict[str, str]]:
    """Return the texts of a language."""
    texts: dict[str, str | dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return texts


def forms_of(text: str | dict[str, str]) -> list[str]:
    """Return a text, or its plural forms."""
    return [text] if isinstance(text, str) else list(text.values())


def scripts_of(page: str) -> set[Path]:
    """Return the scripts that a page loads, also those that it loads when they are needed."""
    waiting, seen = [STATIC / page / f"{page}.html"], set[Path]()
    while waiting:
        file = waiting.pop()
        seen.add(file)
        text = file.read_text(encoding="utf-8")
        named = [STATIC / path for path in re.findall(r"/static/([\w./]+\.js)", text)]
        named += [(file.parent / path).resolve() for path in re.findall(r'"(\.\.?/[\w./]+\.js)"', text)]
        waiting += set(named) - seen
    return {file for file in seen if file.suffix == ".js"}


def code_of(script: Path) -> str:
    """Return a script without comments."""
    code = strip_comments(script.read_bytes()).decode()
    return re.sub(r"(?<![:\"'`])//.*|/\*\*.*?\*/", "", code)


class PageReader(HTMLParser):
    """Collects what a page says: texts with their keys, "" for a text without one."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.said: list[tuple[str, str]] = []
        self._keys: list[str] = []
        self.feed((STATIC / page / f"{page}.html").read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the texts of the attributes, and the key of the text that follows."""
        values = {name: value or "" for name, value in attrs}
        keys = {name: key for name, _, key in (part.rpartition("=") for part in values.get("data-words", "").split())}
        names = (*SPOKEN, "content") if values.get("name") == "description" else SPOKEN
        self.said += [(keys.get(name, ""), values[name]) for name in names if name in values]
        if tag not in ("meta", "link", "input", "img", "br", "wbr", "path", "circle"):
            self._keys.append(keys.get("", ""))

    def handle_endtag(self, tag: str) -> None:
        """Forget the key of the element."""
        if tag not in ("path", "circle"):
            self._keys.pop()

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if data.strip() and data.strip() not in SAME and not data.startswith("<!"):
            self.said.append((self._keys[-1] if self._keys else "", data.strip()))


def test_every_language_has_every_text_with_the_same_values() -> None:
    """No key is missing or superfluous, plural forms are there, and the names in braces are the same."""
    english = texts_of(STATIC / "words" / "en.json")
    assert len(FILES) >= 5
    for file in FILES:
        texts = texts_of(file)
        assert list(texts) == list(english), set(texts) ^ set(english)
        for key, text in texts.items():
            assert isinstance(text, str) == isinstance(english[key], str), (file.name, key)
            assert isinstance(text, str) or {"one", "other"} <= text.keys(), (file.name, key)
            for form in forms_of(text):
                assert form.strip() == form != "", (file.name, key)
                expected = set(re.findall(r"\{\w+\}", forms_of(english[key])[0]))
                assert set(re.findall(r"\{\w+\}", form)) == expected, (file.name, key)


def test_the_pages_offer_exactly_the_languages_that_have_a_file() -> None:
    """A new file needs its code in the list, and the list needs the files."""
    (listed,) = re.findall(r"LANGUAGES = (\[.*\])", (STATIC / "room" / "words.js").read_text(encoding="utf-8"))
    assert sorted(json.loads(listed)) == [file.stem for file in FILES]


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    """Keys come from the pages, their scripts, and codes of the service."""
    code = "\n".join(code_of(script) for script in set().union(*map(scripts_of, PAGES)))
    marked = {key for page in PAGES for key, _ in PageReader(page).said if key}
    keys = set(texts_of(STATIC / "words" / "en.json"))
    used = marked | {key for key in keys if f'"{key}"' in code}
    used |= {f"problem.{name}" for name in CODES} | {f"privacy.{name}" for name in get_args(FactCode)}
    for prefix, suffix in re.findall(r"`([a-z]+\.)\$\{[^}]*\}(\w*)`", code):
        used |= {key for key in keys if re.fullmatch(rf"{prefix}[a-z]+{suffix}", key) and prefix != "problem."}
    assert used == keys


@pytest.mark.parametrize("page", PAGES)
def test_no_text_is_left_in_a_page(page: str) -> None:
    """What a page says before its words are loaded is the English text of a key."""
    english = texts_of(STATIC / "words" / "en.json")
    for key, text in PageReader(page).said:
        assert key, f"{text!r} in {page}.html has no data-words"
        assert english[key] == text


@pytest.mark.parametrize("page", PAGES)
def test_no_sentence_is_left_in_a_script(page: str) -> None:
    """Whatever looks like words for people is in the files of words."""
    for script in scripts_of(page):
        if script.name in ENGLISH:
            continue
        code = code_of(script)
        strings = [re.sub(r"\$\{[^}]*\}", "", one or other) for one, other in STRING.findall(code)]
        assert [text for text in strings if SENTENCE.search(text) and not NOT_SENTENCES.match(text)] == [], script
        assert SHOWN.findall(code) == [], script
