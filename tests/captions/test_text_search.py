"""Searching and replacing in one text."""

import pytest

from app.captions.text_search import TextSearch, replace_matches
from app.errors import SettingsError


@pytest.mark.parametrize(
    ("search", "text", "parts"),
    [
        (TextSearch("ada"), "Ada met Adam.", ("", "Ada", " met ", "Ada", "m.")),
        (TextSearch("ada", is_whole_word=True), "Ada met Adam.", ("", "Ada", " met Adam.")),
        (TextSearch("ada", matches_case=True), "Ada met Adam.", ("Ada met Adam.",)),
        (TextSearch("a.b"), "axb a.b", ("axb ", "a.b", "")),
        (TextSearch(" new  york "), "In New\u00a0York.", ("In ", "New\u00a0York", ".")),
        (TextSearch("don't"), "I don\u2019t.", ("I ", "don\u2019t", ".")),
        (TextSearch("straße", is_whole_word=True), "Die Straße.", ("Die ", "Straße", ".")),
        (TextSearch("天天", is_whole_word=True), "今天天气", ("今", "天天", "气")),
        (TextSearch("हिन", is_whole_word=True), "हिन्दी", ("हिन्दी",)),
        (TextSearch("ада"), "Это АДА.", ("Это ", "АДА", ".")),
        (TextSearch(".", is_whole_word=True), "a.b", ("a", ".", "b")),
    ],
)
def test_a_text_is_split_at_its_matches(search: TextSearch, text: str, parts: tuple[str, ...]) -> None:
    """Parts alternate; words end where their script says so, and spaces and apostrophes may be of any kind."""
    assert search.split(text) == parts
    assert "".join(parts) == text


@pytest.mark.parametrize(
    ("parts", "replacement", "text"),
    [
        (("", "Ada", " met ", "Ada", "m."), "Eve", "Eve met Evem."),
        (("a ", "um", " b"), "", "a b"),
        (("", "Um", " so"), "", "so"),
        (("a", "um", "b"), "", "ab"),
        (("", "um", ""), " ", ""),
        (("x ", "y", ""), r"\1 $&", r"x \1 $&"),
    ],
)
def test_matches_are_replaced(parts: tuple[str, ...], replacement: str, text: str) -> None:
    """The replacement is taken as it is; an empty one leaves no double spaces."""
    assert replace_matches(parts, replacement) == text


def test_spaces_are_no_search() -> None:
    """A search for nothing is refused with a sentence."""
    with pytest.raises(SettingsError, match="only spaces"):
        TextSearch(" \t")
