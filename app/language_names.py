"""The spoken languages by name: what a person writes, such as German, Deutsch, deu or DE, becomes Whisper's code.

The codes are those of Whisper's tokenizer; the names are English, native, and the codes of ISO 639-2.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from app import choices
from app.errors import SettingsError

FILE = Path(__file__).with_suffix(".json")
"""Code to names: English, native, then others."""

ANY = ("any", "all", "auto", "none")
"""Words for: detect the language among all that the model knows."""

NONE = "none"
"""Word for: translate into no language."""

COUNTRIES: Mapping[str, str] = {
    "at": "de",
    "cn": "zh",
    "cz": "cs",
    "dk": "da",
    "ee": "et",
    "gb": "en",
    "gr": "el",
    "il": "he",
    "in": "hi",
    "ir": "fa",
    "jp": "ja",
    "kr": "ko",
    "rs": "sr",
    "se": "sv",
    "tw": "zh",
    "ua": "uk",
    "us": "en",
    "vn": "vi",
}
"""Codes of countries that are no codes of languages; suggested, never taken."""


def parse(text: str, where: str) -> tuple[str, ...]:
    """Return the codes of the languages in a text, separated by commas, each once; none for a word of ANY.

    `where` names what the value is for, such as `--language`.

    Raises:
        SettingsError: One is not a language that Whisper knows.
    """
    if text.strip().casefold() in ANY:
        return ()
    return tuple(dict.fromkeys(parse_one(part, where) for part in text.split(",")))


def parse_targets(text: str, where: str) -> tuple[str, ...]:
    """Return the codes of the languages to translate into, each once; none for the word none; raises SettingsError."""
    if text.strip().casefold() == NONE:
        return ()
    return tuple(dict.fromkeys(parse_one(part, where, "a language") for part in text.split(",")))


def parse_one(text: str, where: str, kind: str = "a spoken language") -> str:
    """Return the code of one language; `kind` is what the sentence calls it; raises SettingsError."""
    code = _codes().get(_fold(text))
    if code is None:
        suggestion = _suggest(text)
        sentences = choices.expect(f"{kind} such as de or German", where, text.strip(), suggestion)
        raise SettingsError(sentences if suggestion else f"{sentences} `surtitle models --languages` lists them.")
    return code


def describe(codes: Sequence[str]) -> str:
    """Return languages for people: `German (de) and English (en)`; `any language` if there is none."""
    named = [f"{get_name(code)} ({code})" for code in codes]
    if not named:
        return "any language"
    return f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else named[0]


def get_name(code: str) -> str:
    """Return the English name of a language; the code itself if it is unknown."""
    return names().get(code, (code,))[0]


@cache
def names() -> Mapping[str, tuple[str, ...]]:
    """Return the names of each language by its code: English, native, then others."""
    return {code: tuple(listed) for code, listed in json.loads(FILE.read_text(encoding="utf-8")).items()}


@cache
def _codes() -> Mapping[str, str]:
    return {_fold(name): code for code, listed in names().items() for name in (code, *listed)}


def _suggest(text: str) -> str | None:
    """Return the language that was probably meant: of a region such as de-CH, a country such as jp, or a like word."""
    folded = _fold(text)
    base = folded.replace("_", "-").partition("-")[0]
    code = _codes().get(base) or COUNTRIES.get(base) if len(base) <= 3 else None
    if code is None and len(folded) > 3:
        alike = choices.suggest(folded, _codes(), {})
        code = _codes()[alike] if alike else None
    return f"{code} ({get_name(code)})" if code else None


def _fold(text: str) -> str:
    """Return a name as it is compared: without case and without accents."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
