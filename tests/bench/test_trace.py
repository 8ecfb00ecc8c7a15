"""Traces as they are written and read again, and the spans and words in them."""

from pathlib import Path

import pytest

from app.bench import trace, trace_reader
from app.bench.json_lines import TimedWord
from app.bench.trace import TracedClip, TracedDecode, clip_words, collect_words, join_spans
from app.decode.hypothesis import Hypothesis, LanguageDetection, Word

DECODE = TracedDecode(
    1.0,
    3.0,
    Hypothesis((Word("Guten", 1.2, 1.5, 0.9), Word("Tag.", 1.6, 2.0, 0.8)), -0.3, no_speech_prob=0.02),
    Hypothesis((Word("Good", 0.0, 0.0, 0.9), Word("day.", 0.0, 0.0, 0.9)), -0.4, no_speech_prob=0.02),
    "de",
    LanguageDetection("de", 0.9, {"de": 0.8, "en": 0.1}),
    is_final=True,
)

CLIP = TracedClip(
    "talk.wav",
    5.0,
    "de",
    "translate",
    "Good day.",
    (TimedWord("Guten", 1.2, 1.5), TimedWord("Tag.", 1.6, 2.0)),
    ((1.0, 2.1), (3.0, 4.0)),
    0.25,
    (DECODE, TracedDecode(0.0, 1.0, None, DECODE.translation, "de")),
)


def word(text: str, start_s: float, end_s: float) -> Word:
    """Make a word."""
    return Word(text, start_s, end_s, 0.9)


def test_a_trace_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Writing and reading change nothing but what no line holds: the confidence of a lone translation's copy."""
    path = tmp_path / "trace.jsonl"
    trace.write(path, [CLIP, TracedClip("b", 2.0, None, reference="")])
    first, second = trace_reader.read(path)
    assert first == CLIP
    assert (second.name, second.language, second.reference, second.decodes) == ("b", None, "", ())


def test_languages_without_spaces_keep_them_out(tmp_path: Path) -> None:
    """Chinese words need no mark, and a Latin word between them keeps its space."""
    path = tmp_path / "trace.jsonl"
    words = (Word("你", 0.1, 0.2, 0.9, False), Word("Whisper", 0.2, 0.6, 0.9, True), Word("好", 0.6, 0.7, 0.9, False))
    clip = TracedClip("c", 2.0, "zh", reference="", decodes=(TracedDecode(0, 2, Hypothesis(words), language="zh"),))
    trace.write(path, [clip])
    assert path.read_text(encoding="utf-8").count("spaced") == 1
    [read] = trace_reader.read(path)
    assert read.decodes[0].hypothesis is not None
    assert read.decodes[0].hypothesis.text == "你 Whisper好"


@pytest.mark.parametrize(
    ("spans", "joined"),
    [
        ([(1.0, 2.0), (2.1, 3.0)], ((1.0, 3.0),)),
        ([(2.5, 3.0), (1.0, 2.0)], ((1.0, 2.0), (2.5, 3.0))),
        ([(1.0, 4.0), (2.0, 3.0)], ((1.0, 4.0),)),
        ([], ()),
    ],
)
def test_near_spans_are_joined(spans: list[tuple[float, float]], joined: tuple[tuple[float, float], ...]) -> None:
    """Spans with gaps below a quarter of a second are one."""
    assert join_spans(spans) == joined


def test_later_decodes_replace_what_they_heard_again() -> None:
    """The words of all decodes are one text, and an empty decode removes nothing."""
    decodes = [
        TracedDecode(0, 2, Hypothesis((word("the", 0.5, 0.8), word("bag", 0.8, 1.2), word("is", 1.3, 1.5)))),
        TracedDecode(0, 3, Hypothesis((word("the", 0.5, 0.8), word("bug", 0.8, 1.2)))),
        TracedDecode(0, 4, Hypothesis()),
        TracedDecode(2, 5, Hypothesis((word("fixed", 3.0, 3.4),))),
    ]
    assert [heard.text for heard in collect_words(decodes)] == ["the", "bug", "is", "fixed"]


def test_words_belong_to_a_window_by_their_middle() -> None:
    """A word that lies half in a window belongs to it if its middle does."""
    words = (word("a", 0.0, 1.0), word("b", 0.8, 1.4), word("c", 1.8, 2.4))
    assert [one.text for one in clip_words(words, 1.0, 2.0)] == ["b"]
