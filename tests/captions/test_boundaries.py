"""Where phrases end and where sound is cut."""

import pytest

from app.captions.boundaries import (
    find_boundary,
    find_context_s,
    find_cut_s,
    find_largest_gap,
    may_end_sentence,
    silence_between_s,
)
from app.captions.limits import LIMITS
from app.captions.windows import Window
from app.decode.hypothesis import Word
from tests.fakes.speaker import VoicedWords, spoken_words


def window(words: tuple[Word, ...], end_s: float, *, is_paused: bool = False) -> Window:
    """Return a window over these words."""
    return Window(0.0, end_s, is_paused, VoicedWords(words))


def test_a_pause_within_a_breath_ends_nothing() -> None:
    """People who search for a word are silent for most of a second."""
    words = (*spoken_words("we will meet"), *spoken_words("in the hall", start_s=2.1))
    assert find_boundary(words, (), window(words, 4.0), 0.0, "en", 0, 0, LIMITS) is None


def test_a_long_phrase_ends_at_a_short_pause() -> None:
    """After eight seconds a pause of 0.4 s is enough."""
    words = (*spoken_words("word " * 20), *spoken_words("then more", start_s=8.5))
    assert find_boundary(words, (), window(words, 9.5), 0.0, "en", 0, 0, LIMITS) == 19


def test_the_full_stop_of_an_abbreviation_ends_no_clause() -> None:
    """Not in a long phrase either."""
    words = spoken_words("word " * 19 + "Dr. Miller speaks now")
    assert find_boundary(words, (), window(words, 9.6), 0.0, "en", 0, 0, LIMITS) is None


def test_the_cut_is_in_the_middle_of_the_silence() -> None:
    """Not at the start of the next word."""
    words = (*spoken_words("so"), *spoken_words("then", start_s=1.4))
    assert find_cut_s(words[0], words[1], window(words, 2.0)) == (0.4 + 1.4) / 2


def test_words_that_run_together_are_cut_at_the_quietest_moment() -> None:
    """There is no silence to cut in."""
    words = spoken_words("so then")
    assert 0.3 <= find_cut_s(words[0], words[1], window(words, 2.0)) <= 0.5


def test_the_largest_gap_is_between_settled_words() -> None:
    """Not among the newest two seconds."""
    words = (*spoken_words("one two three"), *spoken_words("four five", start_s=1.5), *spoken_words("six", start_s=4.0))
    assert find_largest_gap(words, (), 5.2, 0, LIMITS) == 4


def test_voice_between_two_words_is_no_silence() -> None:
    """A word that the model left out was still said."""
    said = spoken_words("so well then", gap_s=0.1)
    assert silence_between_s(said[0], said[2], VoicedWords(said)) < 0.25


def test_the_context_begins_at_a_gap() -> None:
    """Two to five seconds before a cut in mid-sentence, without cutting a word in two."""
    words = (*spoken_words("one two three four five"), *spoken_words("six seven eight nine ten", start_s=2.3))
    assert find_context_s(words, 4.5, "en", LIMITS) == (2.0 + 2.3) / 2
    assert find_context_s(spoken_words("the end."), 1.3, "en", LIMITS) == 1.3
    assert find_context_s((), 1.3, "en", LIMITS) == 1.3


@pytest.mark.parametrize(
    ("following", "gap_s", "n_after", "expected"),
    [("We", 0.0, 1, None), ("We", 0.0, 2, True), ("we", 0.0, 2, False), ("we", 0.2, 1, True), ("We", 0.2, 1, True)],
)
def test_the_end_of_a_sentence_needs_a_pause_or_agreed_words(
    following: str, gap_s: float, n_after: int, expected: bool | None
) -> None:
    """After a full stop: a pause, or two agreed words of which the first has a capital."""
    first, second = spoken_words(f"morning. {following}", gap_s=gap_s)
    assert may_end_sentence(first, second, VoicedWords((first, second)), n_after, "en", LIMITS) is expected
