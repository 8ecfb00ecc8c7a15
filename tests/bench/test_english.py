"""Word errors after Whisper's English normalizer."""

import pytest

from app.bench.english import count_english_errors
from app.bench.score import Errors


@pytest.mark.parametrize(
    ("reference", "written", "expected"),
    [
        ("Mr. Miller won't pay twenty percent.", "mister miller will not pay 20%", Errors(0, 6)),
        ("The colour of two thousand and five", "the color of 2005", Errors(0, 4)),
        ("Um, it's a website.", "it is a website [applause]", Errors(0, 4)),
        ("I came, I saw", "I came, I saw it", Errors(1, 4)),
    ],
)
def test_spelling_is_no_error(reference: str, written: str, expected: Errors) -> None:
    """Number words, contractions, titles, British spelling and hesitation are no errors; other words are."""
    assert count_english_errors(reference, written) == expected
