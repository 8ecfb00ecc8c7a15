"""Times of words from the path of an alignment."""

import pytest

from app.decode.tokens import SpelledWord
from app.decode.word_timing import longest_s, time_words

TWO_WORDS = [SpelledWord(" Guten", 0, 1, 0, 1), SpelledWord(" Morgen.", 1, 4, 1, 3)]


def test_a_word_ends_where_its_punctuation_begins() -> None:
    """A word lasts from its first heard token's frame to the end of its last heard one, at 20 ms a frame."""
    words = time_words(TWO_WORDS, [(0, 5), (0, 9), (1, 20), (2, 30), (3, 40), (4, 50)], [0.9, 0.8, 0.6, 0.1], 2.0)
    assert [(word.start_s, word.end_s) for word in words] == [(0.1, 0.4), (0.4, 0.8)]
    assert words[1].probability == pytest.approx(0.7)
    assert [word.text for word in words] == ["Guten", "Morgen."]


def test_times_stay_within_the_sound_and_in_order() -> None:
    """A path that runs past the sound is cut at its end."""
    grouped = [SpelledWord(" a", 0, 1, 0, 1), SpelledWord(" b", 1, 2, 1, 2)]
    words = time_words(grouped, [(0, 90), (1, 200), (2, 300)], [0.5, 0.5], 2.0)
    assert [(word.start_s, word.end_s) for word in words] == [(1.8, 2.0), (2.0, 2.0)]


def test_silence_before_the_first_word_is_not_part_of_it() -> None:
    """The path begins at frame 0 whatever is heard there; the first word is as long as it can be, and keeps its end."""
    [first, _] = time_words(TWO_WORDS, [(0, 0), (1, 200), (2, 215), (3, 225), (4, 230)], [0.9] * 4, 5.0)
    assert first.end_s == 4.0
    assert first.start_s == pytest.approx(4.0 - longest_s("Guten"))


def test_a_pause_after_a_word_is_not_part_of_it() -> None:
    """A word in mid-sentence that lasts too long keeps its start, because the pause is behind it."""
    grouped = [SpelledWord(f" {text}", i, i + 1, i, i + 1) for i, text in enumerate(["Guten", "Morgen"])]
    words = time_words(grouped, [(0, 0), (1, 15), (2, 240)], [0.9, 0.9], 5.0)
    assert words[1].start_s == pytest.approx(0.3)
    assert words[1].end_s == pytest.approx(0.3 + longest_s("Morgen"))


def test_silence_of_a_blank_token_is_a_gap() -> None:
    """The blank before a word takes the pause, so the word begins at its own first letter."""
    grouped = [SpelledWord("你", 0, 1, 0, 1), SpelledWord(" 好", 1, 3, 2, 3)]
    words = time_words(grouped, [(0, 0), (1, 10), (2, 60), (3, 75)], [0.9] * 3, 5.0)
    assert [(word.start_s, word.end_s) for word in words] == [(0.0, 0.2), (1.2, 1.5)]


def test_punctuation_apart_takes_no_time() -> None:
    """A dash of dialogue stands where the next word begins."""
    grouped = [SpelledWord(" -", 0, 1, 1, 1), SpelledWord(" Ja.", 1, 3, 1, 2)]
    words = time_words(grouped, [(0, 0), (1, 40), (2, 60), (3, 90)], [0.5] * 3, 5.0)
    assert [(word.start_s, word.end_s) for word in words] == [(0.8, 0.8), (0.8, 1.2)]


@pytest.mark.parametrize(
    ("text", "spoken_s"), [("a", 0.3), ("Straßenbahnhaltestelle", 1.8), ("2026", 1.9), ("你", 0.4), ("ZDF", 1.0)]
)
def test_every_word_may_be_said_slowly(text: str, spoken_s: float) -> None:
    """The bound leaves room for slow speech, also of numbers and abbreviations, but not for a pause of seconds."""
    assert spoken_s < longest_s(text) < spoken_s + 1.8
