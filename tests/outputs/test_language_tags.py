"""Language tags get the country that meeting programs need."""

import pytest

from app.outputs.language_tags import is_tag, with_country


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("de", "de-DE"),
        ("pt", "pt-BR"),
        ("uk", "uk-UA"),
        ("EN-gb", "en-GB"),
        ("zh-Hant-TW", "zh-TW"),
        ("es-419", "es-419"),
        ("auto detect", "auto detect"),
    ],
)
def test_a_country_is_added(tag: str, expected: str) -> None:
    """A tag keeps its country, or gets the one of most speakers; text that is not a tag is unchanged."""
    assert with_country(tag) == expected


@pytest.mark.parametrize(
    ("text", "is_valid"), [("en", True), ("deu", True), ("zh-Hant-TW", True), ("english", False), ("en_US", False)]
)
def test_tags_are_recognized(text: str, is_valid: bool) -> None:
    """A tag is a language code, with or without script and country."""
    assert is_tag(text) is is_valid
