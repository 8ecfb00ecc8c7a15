"""The words of pages in the reader's language, for pages that the service fills itself because they run no script.

The texts are those of `static/words`, one JSON file a language; `static/room/words.js` does the same in the browser.
"""

import json
import re
from functools import cache
from html import escape

from starlette.requests import Request

from app.web.static_dir import static_dir

ENGLISH = "en"
"""The language of the pages as they are written."""

MARKED = re.compile(r'<(?P<tag>[^<>]*?) data-words="(?P<parts>[^"]+)"(?P<rest>[^<>]*)>(?P<text>[^<]*)')
"""A tag with `data-words`, and the text after it."""


def pick_language(request: Request) -> str:
    """Return the language to speak to a reader: of the address (`?ui=`), of the browser, or English."""
    wanted = [request.query_params.get("ui", ""), *_accepted(request.headers.get("accept-language", ""))]
    return next((base for tag in wanted if (base := tag.lower().split("-")[0]) in languages()), ENGLISH)


@cache
def languages() -> frozenset[str]:
    """Return the languages that have a file."""
    return frozenset(path.stem for path in (static_dir() / "words").glob("*.json"))


@cache
def read_words(language: str) -> dict[str, str]:
    """Return the texts of a language by their keys, without those that have plural forms."""
    texts = json.loads((static_dir() / "words" / f"{language}.json").read_text(encoding="utf-8"))
    return {key: text for key, text in texts.items() if isinstance(text, str)}


def fill_page(page: str, language: str) -> str:
    """Return a page with its words in a language.

    `data-words` has the key of an element's text, and `attribute=key` for its attributes.
    """
    words = read_words(language)

    def fill(found: re.Match[str]) -> str:
        tag, text = f"{found['tag']}{found['rest']}", found["text"]
        for part in found["parts"].split():
            attribute, _, key = part.rpartition("=")
            said = escape(words[key])
            if attribute:
                value = f'{attribute}="{said}"'.replace("\\", r"\\")
                tag = re.sub(rf'\b{attribute}="[^"]*"', value, tag)
            else:
                text = said
        return f"<{tag}>{text}"

    return MARKED.sub(fill, page.replace(f'<html lang="{ENGLISH}"', f'<html lang="{language}"'))


def say_problem(code: str, message: str, language: str) -> str:
    """Return the sentence for a refusal: by its code, or as it is. In English the message is more exact."""
    if language == ENGLISH:
        return message
    words = read_words(language)
    return words.get(f"problem.{code}") or words["problem.other"].replace("{message}", message)


def _accepted(header: str) -> list[str]:
    """Return the languages of an Accept-Language header, the most wanted first."""
    ranked = []
    for part in header.split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            ranked.append((float(quality or 1), tag))
        except ValueError:
            continue
    return [tag for quality, tag in sorted(ranked, key=lambda one: -one[0]) if quality > 0]
