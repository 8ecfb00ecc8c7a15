"""Words of a hypothesis."""

import pytest

from app.decode.hypothesis import Hypothesis, Word


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((Word("Guten", 0, 1, 0.9), Word("Morgen.", 1, 2, 0.9)), "Guten Morgen."),
        ((Word("你", 0, 1, 0.9, spaced=False), Word("好。", 1, 2, 0.9, spaced=False)), "你好。"),
        ((), ""),
    ],
)
def test_words_are_joined_as_their_language_writes(words: tuple[Word, ...], text: str) -> None:
    """A space precedes a word only where its language has spaces."""
    assert Hypothesis(words).text == text


def test_a_shifted_word_keeps_its_length_and_its_doubt() -> None:
    """Both times move by the same, and nothing else changes."""
    word = Word("a", 1.0, 1.5, 0.9, spaced=False, is_doubtful=True)
    assert word.shifted(2.0) == Word("a", 3.0, 3.5, 0.9, spaced=False, is_doubtful=True)
