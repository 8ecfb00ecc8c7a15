"""Tests for app.language_names."""

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES

from app import language_names
from app.errors import SettingsError


def test_every_language_of_whisper_has_a_name() -> None:
    """The names are those of the languages in Whisper's tokenizer."""
    assert set(language_names.names()) == set(_LANGUAGE_CODES)


def test_no_name_has_two_meanings() -> None:
    """Each code and each name is understood as the language it is listed for."""
    for code, names in language_names.names().items():
        assert {language_names.parse_one(name, "--language") for name in (code, *names)} == {code}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("german", ("de",)),
        ("Deutsch, ENG", ("de", "en")),
        ("espanol", ("es",)),
        ("日本語", ("ja",)),
        ("de,German", ("de",)),
        ("auto", ()),
    ],
)
def test_names_become_codes(text: str, codes: tuple[str, ...]) -> None:
    """English and native names and longer codes are understood, each language once; auto means any."""
    assert language_names.parse(text, "--language") == codes


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("germn", "de (German)"),
        ("de-CH", "de (German)"),
        ("jp", "ja (Japanese)"),
        ("portugese", "pt (Portuguese)"),
        ("xx", None),
    ],
)
def test_what_was_probably_meant_is_suggested(text: str, suggestion: str | None) -> None:
    """A mistyped name, a region and a country lead to a language; a code that does not exist leads to the list."""
    with pytest.raises(SettingsError) as error:
        language_names.parse(text, "--language")
    ending = f"Did you mean {suggestion}?" if suggestion else "`surtitle models --languages` lists them."
    assert str(error.value).endswith(ending)


def test_languages_are_described_for_people() -> None:
    """A sentence names the languages and their codes."""
    assert language_names.describe(("de", "en")) == "German (de) and English (en)"
    assert language_names.describe(("de",)) == "German (de)"
    assert language_names.describe(()) == "any language"
