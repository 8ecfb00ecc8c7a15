"""Tokens to words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decode.tokens import SpelledWord, fold_word, group_tokens
from app.decode.word_timing import time_words
from tests.support.real_vocabulary import build_tokenizer

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


def test_a_broken_character_costs_only_itself() -> None:
    """The words after bytes that are no character are kept."""
    tokenizer = build_tokenizer("multilingual", 100)
    half = tokenizer.encode("འ", add_special_tokens=False).ids[:1]
    assert tokenizer.decode(half).endswith("\ufffd")
    rest = tokenizer.encode(" Guten Morgen.", add_special_tokens=False).ids
    words = group_tokens([*half, *rest], tokenizer.decode, "de")
    assert [word.text for word in words] == [" Guten", " Morgen."]


@pytest.mark.parametrize(
    ("text", "expected"), [("Morgen.", "morgen"), ("Ｈａｌｌｏ!", "hallo"), ("it's", "its"), ("…", "")]
)
def test_words_fold(text: str, expected: str) -> None:
    """Words are compared without case, punctuation and compatibility forms."""
    assert fold_word(text) == expected


@settings(max_examples=300, deadline=None)
@given(tokens=st.lists(st.integers(0, 50_255), max_size=30), language=st.sampled_from(["de", "zh", "km", "my", "bo"]))
def test_any_tokens_become_words_in_order(tokens: list[int], language: str) -> None:
    """Whatever a model writes, its words own tokens in order, and together they are its text."""
    tokenizer = build_tokenizer("multilingual", 100)
    words = group_tokens(tokens, tokenizer.decode, language)
    places = [place for word in words for place in (word.first, word.spoken_first, word.spoken_last, word.last)]
    assert places == sorted(places)
    assert all(0 <= place <= len(tokens) for place in places)
    text = tokenizer.decode(tokens)
    if "\ufffd" not in text:
        assert "".join(word.text for word in words).split() == text.split()
    path = [(i, 3 * i) for i in range(len(tokens) + 1)]
    times = [(word.start_s, word.end_s) for word in time_words(words, path, [0.5] * len(tokens), 30.0)]
    assert all(start_s <= end_s for start_s, end_s in times)
    assert [moment for pair in times for moment in pair] == sorted(moment for pair in times for moment in pair)
