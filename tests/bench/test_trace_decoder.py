"""Answers from a trace."""

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE
from app.bench.trace import TracedClip, TracedDecode
from app.bench.trace_decoder import REQUESTS_MAX, TraceDecoder
from app.decode.hypothesis import DecodeResult, Hypothesis, LanguageDetection, Word
from app.decode.request import DecodeRequest, Task
from app.errors import DecodeError


def traced(
    text: str, start_s: float, end_s: float, language: str | None = "de", translation: str | None = None
) -> TracedDecode:
    """Make a decode with a word a second, each from the start to the end of its second."""
    words = tuple(Word(part, start_s + i, start_s + i + 1.0, 0.9) for i, part in enumerate(text.split()))
    english = None if translation is None else Hypothesis(tuple(Word(p, 0, 0, 0.9) for p in translation.split()), -0.3)
    return TracedDecode(start_s, end_s, Hypothesis(words, -0.2, no_speech_prob=0.1), english, language)


def decoder(*decodes: TracedDecode, language: str | None = "de") -> TraceDecoder:
    """Answer from a clip with these decodes."""
    return TraceDecoder(TracedClip("clip", 20.0, language, decodes=decodes))


def ask(
    decoder: TraceDecoder,
    start_s: float,
    end_s: float,
    *,
    language: str | None = "de",
    tasks: tuple[Task, ...] = ("transcribe",),
    detect: bool = False,
    timed: bool = True,
) -> DecodeResult:
    """Ask for a window."""
    samples = np.zeros(round((end_s - start_s) * SAMPLE_RATE), np.float32)
    request = DecodeRequest(
        samples,
        tasks,
        language=language,
        detect=detect,
        timed=timed,
        feature_stream="bench/1",
        first_sample=round(start_s * SAMPLE_RATE),
    )
    [result] = decoder.decode([request])
    return result


def written(result: DecodeResult) -> str:
    """Return the text."""
    return result.hypotheses["transcribe"].text


def test_a_recorded_window_has_its_own_answers_in_turn() -> None:
    """The first request gets the first decode of the window, then come the next ones, and the last one stays."""
    answers = decoder(traced("one", 0, 2), traced("all of it", 0, 9), traced("two", 0, 2), traced("three", 0, 2))
    assert [written(ask(answers, 0, 2)) for _ in range(4)] == ["one", "two", "three", "three"]
    assert (answers.n_answered, answers.n_recorded) == (4, 4)


def test_words_are_on_the_windows_clock() -> None:
    """A decode's words are moved to the start of the window; those of an untimed request have no times."""
    answers = decoder(traced("Guten Tag", 3, 6))
    words = ask(answers, 3, 6).hypotheses["transcribe"].words
    assert [(word.text, word.start_s, word.end_s) for word in words] == [("Guten", 0.0, 1.0), ("Tag", 1.0, 2.0)]
    untimed = ask(answers, 3, 6, timed=False).hypotheses["transcribe"]
    assert [(word.text, word.start_s, word.end_s) for word in untimed.words] == [("Guten", 0, 0), ("Tag", 0, 0)]
    assert (untimed.avg_logprob, untimed.no_speech_prob) == (-0.2, 0.1)


def test_another_window_gets_the_decode_that_overlaps_it_most() -> None:
    """Its words are clipped by their middles, and the first of equals answers."""
    answers = decoder(traced("a b", 0, 2), traced("c d e f g", 0, 5), traced("h i j k l m", 0, 6))
    assert written(ask(answers, 1.2, 4.4)) == "d e f"
    assert written(ask(answers, 1.2, 5.6)) == "i j k l m"
    assert written(ask(answers, 7, 9)) == ""
    assert answers.n_recorded == 0


def test_a_word_at_the_edge_stays_in_its_window() -> None:
    """A word whose middle is in the window ends with it at the latest."""
    [word] = ask(decoder(traced("a", 0, 3)), 0.0, 0.6).hypotheses["transcribe"].words
    assert (word.start_s, word.end_s) == (0.0, 0.6)


def test_each_language_of_a_window_has_its_own_decode() -> None:
    """A window that was decoded in two languages is answered in the one that is asked for."""
    answers = decoder(traced("okay super", 0, 2, "de"), traced("okay, super!", 0, 2, "en"))
    assert written(ask(answers, 0, 2, language="en")) == "okay, super!"
    assert written(ask(answers, 0, 2, language="de")) == "okay super"


def test_the_detection_is_the_recorded_one() -> None:
    """Without a record the decode's language was detected for sure; nothing is detected unasked."""
    detection = LanguageDetection("en", 0.6, {"en": 0.02, "de": 0.01})
    noted = TracedDecode(0, 2, Hypothesis(), language="de", detection=detection)
    answers = decoder(noted, traced("Tag", 4, 6, "fr"), language=None)
    assert ask(answers, 0, 2, detect=True).detection == detection
    assert ask(answers, 0, 2).detection is None
    detected = ask(answers, 4, 6, language=None)
    assert detected.language == "fr"
    assert detected.detection is not None
    assert detected.detection.shares == {"fr": 1.0}


def test_translations_are_answered_by_decodes_that_have_one() -> None:
    """A translation's words are spread over what was spoken, and clipped like it."""
    answers = decoder(
        traced("Guten Tag zusammen heute", 0, 5, translation="good day everyone today"), traced("x", 0, 9)
    )
    result = ask(answers, 0, 9, tasks=("transcribe", "translate"))
    assert (written(result), result.hypotheses["translate"].text) == ("x", "good day everyone today")
    assert ask(answers, 0, 2, tasks=("translate",)).hypotheses["translate"].text == "good day"
    assert all(word.end_s == 0 for word in result.hypotheses["translate"].words)


def test_a_session_that_never_ends_is_stopped() -> None:
    """The same window again and again is an error that names it."""
    answers = decoder(traced("a", 0, 2))
    for _ in range(REQUESTS_MAX):
        ask(answers, 0, 2)
    with pytest.raises(DecodeError, match=r"from 0\.00 s to 2\.00 s of clip"):
        ask(answers, 0, 2)
