"""Words are given to whoever said them, and a phrase is cut where another person goes on."""

from app.captions.policy import ClosedPhrase
from app.captions.speaker_turns import OneSpeaker, find_turns, split_by_speaker
from tests.fakes.speaker import spoken_words
from tests.fakes.turns import GivenTurns

WORDS = spoken_words("good morning all thank you Ada")


def _until(number: int, first: str | None, second: str | None) -> GivenTurns:
    """Return turns that change at the beginning of a word."""
    return GivenTurns((0.0, first), (WORDS[number].start_s - 0.01, second))


def test_a_source_with_a_name_has_one_turn() -> None:
    """Every word of a named source has its name."""
    assert find_turns(WORDS, OneSpeaker("Ada")) == [(0, "Ada")]
    assert find_turns((), OneSpeaker("Ada")) == []


def test_turns_begin_at_words() -> None:
    """A turn begins with the first word that somebody else says."""
    assert find_turns(WORDS, _until(3, "Speaker 1", "Speaker 2")) == [(0, "Speaker 1"), (3, "Speaker 2")]


def test_unknown_words_join_their_neighbours() -> None:
    """Words that nobody is known to have said belong to the turn around them."""
    assert find_turns(WORDS, _until(2, None, "Speaker 1")) == [(0, "Speaker 1")]
    assert find_turns(WORDS, _until(4, "Speaker 1", None)) == [(0, "Speaker 1")]
    assert find_turns(WORDS, OneSpeaker(None)) == [(0, None)]


def test_half_a_word_is_no_turn() -> None:
    """A turn of a few tenths of a second at the edge of a phrase is an error of the times."""
    late = GivenTurns((0.0, "Speaker 2"), (WORDS[0].end_s, "Speaker 1"))
    assert find_turns(WORDS, late) == [(0, "Speaker 1")]
    short = GivenTurns((0.0, "Speaker 1"), (WORDS[2].start_s, "Speaker 2"), (WORDS[3].start_s, "Speaker 1"))
    assert find_turns(WORDS, short) == [(0, "Speaker 1")]


def test_a_phrase_is_cut_where_the_speaker_changes() -> None:
    """The parts have all words once, and their cuts rise up to that of the phrase."""
    closed = ClosedPhrase(WORDS, WORDS[-1].end_s + 0.1, WORDS[-1].end_s)
    parts = split_by_speaker(closed, _until(3, "Speaker 1", "Speaker 2"))
    assert [label for _, label in parts] == ["Speaker 1", "Speaker 2"]
    assert tuple(word for part, _ in parts for word in part.words) == WORDS
    assert WORDS[2].end_s <= parts[0][0].cut_s <= WORDS[3].start_s
    assert (parts[1][0].cut_s, parts[1][0].context_s) == (closed.cut_s, closed.context_s)


def test_a_phrase_of_one_person_stays_whole() -> None:
    """Nothing is cut without a change."""
    closed = ClosedPhrase(WORDS, 9.0, 8.0)
    assert split_by_speaker(closed, OneSpeaker(None)) == [(closed, None)]
