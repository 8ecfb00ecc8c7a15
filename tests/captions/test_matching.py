"""Finding committed words again in a new hypothesis."""

import pytest

from app.captions.matching import count_agreed, count_repeated, match_committed
from tests.fakes.speaker import spoken_words


@pytest.mark.parametrize(
    ("committed", "words", "expected"),
    [
        ("", "a b", 0),
        ("a b", "a b c", 2),
        ("a b", "A, b. c", 2),
        ("a b c", "a x c d", 3),
        ("a b c", "a c d", 2),
        ("a b c", "a b b c d", 4),
        ("a b c d", "x y z w", None),
        ("a b", "", None),
    ],
)
def test_match(committed: str, words: str, expected: int | None) -> None:
    """The committed words end where the edit distance is smallest; too few of them is a contradiction."""
    assert match_committed(spoken_words(committed), spoken_words(words)) == expected


def test_equal_distances_are_decided_by_time() -> None:
    """Of two equal matches, the one whose last word ends where the committed words ended is chosen."""
    committed = spoken_words("a b")
    assert match_committed(committed, spoken_words("a c d")) == 2
    assert match_committed(committed, (*spoken_words("a"), *spoken_words("c d", start_s=0.9))) == 1


def test_agreement_ignores_case_and_punctuation() -> None:
    """Words agree when they are the same but for case and punctuation."""
    assert count_agreed(spoken_words("Guten Morgen, zusammen"), spoken_words("guten morgen alle")) == 2


def test_repeated_needs_the_words_to_come_early() -> None:
    """Words that repeat the phrase before count only where they follow the cut at once."""
    tail = spoken_words("in berlin.")
    assert count_repeated(tail, spoken_words("in Berlin then", word_s=0.2), 0.4) == 2
    assert count_repeated(tail, spoken_words("in Berlin then", start_s=1.0), 0.4) == 0
