"""The self-test."""

import math

import pytest

from app.decode.hypothesis import DecodeResult, Hypothesis, Word
from app.decode.self_test import judge
from app.errors import ModelError


def answer(text: str, *, logprob: float = -0.1, capped: bool = False) -> list[DecodeResult]:
    """Return a result for the clip."""
    words = tuple(Word(part, 0.0, 0.1, 0.9) for part in text.split())
    return [DecodeResult("en", {"transcribe": Hypothesis(words, logprob, capped)})]


def test_speech_passes() -> None:
    """Any plausible words pass, because models differ a little."""
    assert judge(answer("Today I would like to talk"), "small", "Today I would") == "Today I would like to talk"


@pytest.mark.parametrize(
    ("decoded", "wrong"),
    [
        (answer(""), "answer is empty"),
        (answer("a a a a a"), "repeated itself"),
        (answer("some words", capped=True), "repeated itself"),
        (answer("some words", logprob=math.nan), "not finite"),
        (answer("some words", logprob=-math.inf), "not finite"),
    ],
)
def test_nonsense_stops_the_start_with_a_sentence(decoded: list[DecodeResult], wrong: str) -> None:
    """Empty, looping and non-finite answers raise an error that names the fault and what to try."""
    with pytest.raises(ModelError, match=f"{wrong}.*--device cpu"):
        judge(decoded, "small", "Today I would")
