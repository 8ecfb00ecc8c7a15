"""Replacing texts in words."""

import pytest

from app.decode.hypothesis import Word, join_words
from app.decode.replacement import Replacements


def said(text: str, *, spaced: bool = True) -> tuple[Word, ...]:
    """Return words half a second long; without spaces one a letter."""
    parts = text.split() if spaced else list(text)
    return tuple(Word(part, i / 2, i / 2 + 0.5, 0.9, spaced) for i, part in enumerate(parts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we use sir title.", "we use Surtitle."),
        ("Sir Title, please", "Surtitle, please"),
        ("a sirtitle", "a Surtitle"),
        ("kuba netties and sir title", "Kubernetes and Surtitle"),
        ("the sir", "the sir"),
        ("gem and i", "Gemini Pro"),
        ("well, you know, it works", "well, it works"),
        ("it works, you know.", "it works."),
        ("— you know", "—"),
        ("you know", ""),
    ],
)
def test_apply(text: str, expected: str) -> None:
    """Texts of one or several words are replaced or deleted, and the punctuation after them stays."""
    texts = {
        "sir title": "Surtitle",
        "kuba netties": "Kubernetes",
        "gem and i": "Gemini Pro",
        "gem": "Stone",
        "you know": "",
    }
    assert join_words(Replacements(texts).apply(said(text))) == expected


def test_text_without_spaces_is_replaced() -> None:
    """In Japanese a text spans the words of several letters."""
    replaced = Replacements({"神木": "上期"}).apply(said("神木の売上", spaced=False))
    assert join_words(replaced) == "上期の売上"


def test_new_words_share_the_time_of_the_old_ones_and_their_doubt() -> None:
    """The times are spread evenly."""
    first, *others = said("gem and i")
    doubtful = (Word(first.text, first.start_s, first.end_s, 0.3, True, True), *others)
    words = Replacements({"gem and i": "Gemini Pro"}).apply(doubtful)
    assert [(word.start_s, word.end_s) for word in words] == [(0.0, 0.75), (0.75, 1.5)]
    assert [(word.probability, word.is_doubtful) for word in words] == [(0.3, True)] * 2


def test_find_names_the_texts_in_order() -> None:
    """Each occurrence counts, and the longest match wins."""
    texts = Replacements({"sir title": "Surtitle", "sir": "Sir"})
    assert list(texts.find(said("sir, the sir title"))) == ["sir", "sir title"]
    assert list(Replacements({}).find(said("sir"))) == []
