"""Words that the last decode skips stay."""

import pytest

from app.captions.skipped import restore_skipped
from app.decode.hypothesis import Word, join_words
from tests.fakes.speaker import VoicedWords, spoken_words

SAID = spoken_words("we have a good idea for the next year")


def pick(*numbers: int) -> tuple[Word, ...]:
    """Return some of the words."""
    return tuple(SAID[i] for i in numbers)


@pytest.mark.parametrize("kept", [(0, 1, 2, 3), (0, 1, 6, 7, 8), (4, 5, 6, 7, 8), (), tuple(range(9))])
def test_voice_without_words_gets_the_words_of_before(kept: tuple[int, ...]) -> None:
    """At the end, in the middle or at the start; they are marked."""
    restored = restore_skipped(pick(*kept), SAID, VoicedWords(SAID))
    assert join_words(restored) == join_words(SAID)
    assert [word.is_doubtful for word in restored] == [i not in kept for i in range(9)]


def test_other_text_in_their_place_replaces_them() -> None:
    """What the model now writes differently is no skip."""
    other = (*SAID[:3], Word("great", 1.2, 2.0, 0.9), *SAID[5:])
    assert restore_skipped(other, SAID, VoicedWords(SAID)) == other


def test_words_without_voice_are_gone() -> None:
    """Nobody said them."""
    assert restore_skipped(SAID[:4], SAID, VoicedWords(SAID[:4])) == SAID[:4]


def test_a_word_written_twice_is_not_kept_twice() -> None:
    """Its place has a word already."""
    doubled = (*SAID[:4], SAID[3], *SAID[4:])
    assert restore_skipped(SAID, doubled, VoicedWords(SAID)) == SAID
