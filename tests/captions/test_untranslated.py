"""A translation is divided among the phrases of its sentence: nothing lost, nothing doubled, nothing empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.captions.untranslated import divide_words
from app.decode.hypothesis import Word, join_words


def words_of(text: str) -> tuple[Word, ...]:
    """Return words without times."""
    return tuple(Word(part, 0.0, 0.0, 0.9) for part in text.split())


@pytest.mark.parametrize(
    ("text", "weights", "parts"),
    [
        ("a b c d", [1], ["a b c d"]),
        ("a b c d", [10, 10], ["a b", "c d"]),
        ("a b c d e f", [10, 20], ["a b", "c d e f"]),
        ("When he comes tomorrow, we begin at once.", [12, 12], ["When he comes tomorrow,", "we begin at once."]),
        ("Yes, we begin with the work of today.", [20, 20], ["Yes, we begin with", "the work of today."]),
        ("a b c", [1, 100, 1], ["a", "b", "c"]),
        ("a", [5, 5], ["", "a"]),
        ("", [5, 5], ["", ""]),
        ("a b", [0, 0], ["a", "b"]),
    ],
)  # fmt: skip
def test_a_text_is_divided_in_proportion(text: str, weights: list[float], parts: list[str]) -> None:
    """Rather after a comma that is near."""
    assert [join_words(part) for part in divide_words(words_of(text), weights)] == parts


@given(st.lists(st.sampled_from(["a", "b,", "c."]), max_size=30), st.lists(st.integers(0, 50), min_size=1, max_size=6))
def test_no_word_is_lost_or_doubled(texts: list[str], weights: list[int]) -> None:
    """As long as there are enough words, every part has one."""
    words = words_of(" ".join(texts))
    parts = divide_words(words, weights)
    assert len(parts) == len(weights)
    assert tuple(word for part in parts for word in part) == words
    if len(words) >= len(weights):
        assert all(parts)
