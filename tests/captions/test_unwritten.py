"""Speech that a hypothesis leaves without words."""

import pytest

from app.captions.unwritten import find_unwritten
from app.decode.hypothesis import Word
from tests.fakes.speaker import VoicedWords, spoken_words

FIRST = spoken_words("we all think", start_s=0.5)
SECOND = spoken_words("of the plan", start_s=2.6)
THIRD = spoken_words("for this year", start_s=4.7)
SOUND = VoicedWords((*FIRST, *SECOND, *THIRD))


@pytest.mark.parametrize(
    ("written", "is_first", "start_s"),
    [((*FIRST, *SECOND), False, 4.5), ((*SECOND, *THIRD), True, 0.3), (FIRST, False, 2.4), (THIRD, True, 0.3)],
)
def test_a_stretch_without_words_is_found(written: tuple[Word, ...], is_first: bool, start_s: float) -> None:
    """After the last word or before the first one."""
    found = find_unwritten(written, 0.0, 6.5, SOUND)
    assert found is not None
    assert found.is_first == is_first
    assert found.start_s == pytest.approx(start_s, abs=0.15)


@pytest.mark.parametrize("written", [(*FIRST, *SECOND, *THIRD), (*FIRST, *THIRD), ()])
def test_whole_text_and_short_gaps_are_left_alone(written: tuple[Word, ...]) -> None:
    """An "um" between two words may be left out, and an empty answer is another fault."""
    assert find_unwritten(written, 0.0, 6.5, SOUND) is None


def test_words_without_times_say_nothing() -> None:
    """A draft has none."""
    assert find_unwritten((Word("we", 0.0, 0.0, 0.9),), 0.0, 6.5, SOUND) is None
