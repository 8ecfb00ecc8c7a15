"""Tokens and alignment to words."""

import pytest

from app.decode.tokens import fold_word, group_tokens, time_words

PIECES = {1: " Guten", 2: " Mor", 3: "gen", 4: ".", 5: "你", 6: "好", 7: " "}


def decode(tokens: list[int]) -> str:
    """Write tokens of a small vocabulary."""
    return "".join(PIECES[token] for token in tokens)


@pytest.mark.parametrize(
    ("tokens", "language", "expected"),
    [
        ([1, 2, 3, 4], "de", [(" Guten", 1), (" Morgen.", 3)]),
        ([5, 6, 4], "zh", [("你", 1), ("好.", 2)]),
        ([7], "de", []),
        ([], "de", []),
    ],
)
def test_tokens_become_words(tokens: list[int], language: str, expected: list[tuple[str, int]]) -> None:
    """Words begin at spaces, or at every character where a language has none; punctuation joins the word before."""
    assert group_tokens(tokens, decode, language) == expected


def test_half_a_character_waits_for_its_other_half() -> None:
    """A token that ends inside a character is joined with the next."""
    halves = {(1,): "\ufffd", (1, 2): " ä"}
    assert group_tokens([1, 2], lambda tokens: halves[tuple(tokens)], "de") == [(" ä", 2)]


def test_a_word_begins_at_its_first_frame() -> None:
    """A word lasts from its first token's frame to the next word's, at 20 ms a frame."""
    words = time_words(
        [(" Guten", 1), (" Morgen.", 3)],
        [(0, 5), (0, 9), (1, 20), (2, 30), (3, 40), (4, 50)],
        [0.9, 0.8, 0.6, 0.7],
        2.0,
    )
    assert [(word.start_s, word.end_s) for word in words] == [(0.1, 0.4), (0.4, 1.0)]
    assert words[1].probability == pytest.approx(0.7)
    assert [word.text for word in words] == ["Guten", "Morgen."]


def test_times_stay_within_the_sound_and_in_order() -> None:
    """A path that runs past the sound is cut at its end."""
    words = time_words([(" a", 1), (" b", 1)], [(0, 90), (1, 200), (2, 300)], [0.5, 0.5], 2.0)
    assert [(word.start_s, word.end_s) for word in words] == [(1.8, 2.0), (2.0, 2.0)]


@pytest.mark.parametrize(
    ("text", "expected"), [("Morgen.", "morgen"), ("Ｈａｌｌｏ!", "hallo"), ("it's", "its"), ("…", "")]
)
def test_words_fold(text: str, expected: str) -> None:
    """Words are compared without case, punctuation and compatibility forms."""
    assert fold_word(text) == expected
