"""Doubtful words are numbered as readers of a caption count them."""

from collections.abc import Sequence

import pytest

from app.captions.doubt import number_doubtful
from app.decode.hypothesis import Word


def words_of(*texts: str, spaced: bool = True) -> Sequence[Word]:
    """Return words; a text that begins with ? is doubtful, one that begins with + follows without a space."""
    return [
        Word(text.lstrip("?+"), 0.0, 0.0, 1.0, spaced and "+" not in text[:2], is_doubtful=text.startswith("?"))
        for text in texts
    ]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (words_of("Am", "3.", "Oktober"), ()),
        (words_of("Am", "?3.", "?Oktober", "kommt"), (1, 2)),
        (words_of("?l'", "+homme", "est"), (0,)),
        (words_of("sie", "war", "?da", "?+."), (2,)),
        (words_of("今天", "?天气", "很好。", spaced=False), (2, 3)),
        (words_of("Das", "?東京", "+ist", "?gut"), (1, 2, 4)),
        ((), ()),
    ],
)
def test_words_are_numbered_at_spaces(words: Sequence[Word], numbers: tuple[int, ...]) -> None:
    """In scripts without spaces each character has a number."""
    assert number_doubtful(words) == numbers


def test_a_text_can_be_doubtful_as_a_whole() -> None:
    """Every word has its number."""
    words = words_of("?all", "?of", "?it.")
    assert number_doubtful(words) == (0, 1, 2)
