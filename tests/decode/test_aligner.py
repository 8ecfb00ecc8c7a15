"""Corrections that the sound allows, with the bundled demo model."""

import pytest

from app.decode import models, self_test
from app.decode.aligner import Aligner
from app.decode.generation import TaskRow
from app.decode.request import DecodeRequest
from app.decode.whisper import Whisper


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    """Load the demo model once."""
    return models.load(models.choose("demo", "transcribe"))


def correct(whisper: Whisper, *pairs: tuple[str, str], previous: str = "") -> str:
    """Return the text of the self-test clip with corrections."""
    clip = self_test.read_clip()
    [decoded] = whisper.decode([DecodeRequest(clip.samples, language="en", corrections=pairs, previous=previous)])
    hypothesis = decoded.hypotheses["transcribe"]
    starts = [word.start_s for word in hypothesis.words]
    assert starts == sorted(starts)
    assert all(word.end_s <= len(clip.samples) / 16_000 for word in hypothesis.words)
    return hypothesis.text


def test_a_correction_that_was_not_said_is_not_made(whisper: Whisper) -> None:
    """The model hears the everyday word, so a rule for another one leaves it alone."""
    said = self_test.read_clip().text
    assert said == "Today I would like to talk about the new version."
    assert correct(whisper, ("version", "xylophone"), ("I would", "I"), ("Today", "Friday evening")) == said


@pytest.mark.parametrize(
    ("written", "pair"),
    [
        ("Today I would like to walk about the new version.", ("walk", "talk")),
        ("Today I would like to talk about the new Virgin.", ("Virgin", "version")),
        ("To day I would like to talk about the new version.", ("to day", "Today")),
    ],
)
def test_a_correction_that_was_said_is_made(whisper: Whisper, written: str, pair: tuple[str, str]) -> None:
    """Of a wrong and a right text the sound decides for the right one."""
    clip = self_test.read_clip()
    request = DecodeRequest(clip.samples, language="en", corrections=(pair,))
    model, tokenizer = whisper.faster_whisper.model, whisper._tokenizer
    encoded = model.encode(whisper._mel([request], 512))
    tokens = Aligner(model, tokenizer, encoded, 1).correct(
        TaskRow(0, request, (), "en", "transcribe"), tokenizer.encode(written)
    )
    assert tokenizer.decode(tokens).strip() == clip.text


def test_unwanted_words_are_deleted_without_a_score(whisper: Whisper) -> None:
    """An empty right side means that the words are never wanted, said or not; the sentence still ends."""
    assert correct(whisper, ("today", ""), ("new version", "")) == "I would like to talk about the."


def test_corrections_are_scored_after_the_prompt(whisper: Whisper) -> None:
    """A prompt of another length changes neither places nor times."""
    said = self_test.read_clip().text
    previous = "We met today to talk about the plan for the new product and the team in Berlin. " * 2
    assert correct(whisper, ("version", "xylophone"), previous=previous) == said
