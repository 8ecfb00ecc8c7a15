"""Which decode follows one whose text is not believed."""

import numpy as np
import pytest

from app.captions.attempt import DecodeAttempt
from app.captions.filters import Fault, FilterVerdict
from app.captions.windows import Window
from app.decode.request import DecodeRequest
from tests.fakes.speaker import VoicedWords, spoken_words

WORDS = spoken_words("we start now")


def attempt(*, is_paused: bool, words: str = "we start now") -> DecodeAttempt:
    """Return the first attempt at two seconds of these words."""
    window = Window(0.0, 2.0, is_paused, VoicedWords(spoken_words(words)))
    return DecodeAttempt(DecodeRequest(np.zeros(32000, np.float32), previous="so"), window)


def count_tries(first: DecodeAttempt, verdict: FilterVerdict) -> int:
    """Return how many attempts follow."""
    n_tries = 0
    following = first.next(verdict, "en")
    while following is not None:
        n_tries += 1
        following = following.next(verdict, "en")
    return n_tries


@pytest.mark.parametrize(
    ("fault", "is_paused", "expected"),
    [("logprob", True, 4), ("loop", True, 4), ("loop", False, 1), ("logprob", False, 0), ("empty", True, 1)],
)
def test_tries(fault: Fault, is_paused: bool, expected: int) -> None:
    """The end of an utterance climbs the whole ladder, a running one only after a loop, an empty answer once."""
    verdict = FilterVerdict(WORDS, fault)
    assert count_tries(attempt(is_paused=is_paused), verdict) == expected


def test_what_nobody_said_is_not_tried_again() -> None:
    """Two signs are enough."""
    assert attempt(is_paused=True).next(FilterVerdict((), "loop", is_invented=True), "en") is None


def test_an_empty_answer_without_voice_is_not_tried_again() -> None:
    """A cough gives no text."""
    assert attempt(is_paused=True, words="a").next(FilterVerdict((), "empty"), "en") is None


def test_the_most_probable_candidate_is_kept() -> None:
    """Whatever the order of the attempts."""
    first = attempt(is_paused=True).note_rejected(FilterVerdict(WORDS, "loop"), -0.9)
    assert first.note_rejected(FilterVerdict(WORDS[:1], "loop"), -1.2).candidate == WORDS
    assert first.note_rejected(FilterVerdict(WORDS[:1], "loop"), -0.2).candidate == WORDS[:1]
    assert first.note_rejected(FilterVerdict((), "empty"), 0.0).candidate == WORDS
