"""Tokens to words."""

import pytest

from app.decode.tokens import SpelledWord, fold_word, group_tokens

PIECES = {1: " Guten", 2: " Mor", 3: "gen", 4: ".", 5: "你", 6: "好", 7: " ", 8: ' "', 9: '"', 10: " -"}


def decode(tokens: list[int]) -> str:
    """Write tokens of a small vocabulary."""
    return "".join(PIECES[token] for token in tokens)


@pytest.mark.parametrize(
    ("tokens", "language", "expected"),
    [
        ([1, 2, 3, 4], "de", [SpelledWord(" Guten", 0, 1, 0, 1), SpelledWord(" Morgen.", 1, 4, 1, 3)]),
        ([5, 6, 4], "zh", [SpelledWord("你", 0, 1, 0, 1), SpelledWord("好.", 1, 3, 1, 2)]),
        ([8, 2, 3, 9], "de", [SpelledWord(' "', 0, 1, 1, 1), SpelledWord(' Morgen"', 1, 4, 1, 3)]),
        ([8, 3], "de", [SpelledWord(' "gen', 0, 2, 1, 2)]),
        ([10, 1], "de", [SpelledWord(" -", 0, 1, 1, 1), SpelledWord(" Guten", 1, 2, 1, 2)]),
        ([7], "de", []),
        ([], "de", []),
    ],
)
def test_tokens_become_words(tokens: list[int], language: str, expected: list[SpelledWord]) -> None:
    """Words begin at spaces, or at every character where a language has none; only letters of a word are heard."""
    assert group_tokens(tokens, decode, language) == expected


@pytest.mark.parametrize(
    ("tokens", "language", "expected"),
    [
        ([7, 5, 6], "zh", [SpelledWord(" 你", 0, 2, 1, 2), SpelledWord("好", 2, 3, 2, 3)]),
        ([5, 7, 6], "zh", [SpelledWord("你", 0, 1, 0, 1), SpelledWord(" 好", 1, 3, 2, 3)]),
        ([1, 7, 2, 3], "de", [SpelledWord(" Guten", 0, 1, 0, 1), SpelledWord(" Morgen", 1, 4, 2, 4)]),
        ([1, 7], "de", [SpelledWord(" Guten", 0, 1, 0, 1)]),
    ],
)
def test_a_blank_token_keeps_its_place(tokens: list[int], language: str, expected: list[SpelledWord]) -> None:
    """It belongs to the word after it without being heard, so all later words keep their own tokens."""
    assert group_tokens(tokens, decode, language) == expected


def test_half_a_character_waits_for_its_other_half() -> None:
    """A token that ends inside a character is joined with the next; at the end of a cut text it is left out."""
    halves = {(1,): "\ufffd", (1, 2): " ä"}
    word = SpelledWord(" ä", 0, 2, 0, 2)
    assert group_tokens([1, 2], lambda tokens: halves[tuple(tokens)], "de") == [word]
    assert group_tokens([1, 2, 1], lambda tokens: halves[tuple(tokens)], "de") == [word]


@pytest.mark.parametrize(
    ("text", "expected"), [("Morgen.", "morgen"), ("Ｈａｌｌｏ!", "hallo"), ("it's", "its"), ("…", "")]
)
def test_words_fold(text: str, expected: str) -> None:
    """Words are compared without case, punctuation and compatibility forms."""
    assert fold_word(text) == expected
