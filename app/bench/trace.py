"""What was decoded while clips played, as JSON lines: a report of a fault that contains no sound.

`surtitle bench stream --trace` writes it, `surtitle bench replay` reads it; docs/bench.md describes the lines.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.bench.json_lines import Span, TimedWord
from app.decode.hypothesis import Hypothesis, LanguageDetection, Word
from app.decode.request import Task
from app.decode.scripts import UNSPACED

JOIN_S = 0.25
"""Spoken words closer together than this are one span of speech: speech detection does not see such gaps either."""

LINGER_S = 2.0
"""Silence after the last word of a clip without a duration: long enough to close the last phrase."""


@dataclass(frozen=True, slots=True)
class TracedDecode:
    """One decode of a clip; all times are seconds since the start of the clip."""

    start_s: float
    """Where its window began."""
    end_s: float
    """Where its window ended."""
    hypothesis: Hypothesis | None
    """The transcription, with times on the clip's clock; None if the decode was for a translation alone."""
    translation: Hypothesis | None = None
    """The translation, whose words have no times."""
    language: str | None = None
    detection: LanguageDetection | None = None
    is_final: bool = False
    """Whether the utterance had ended."""


@dataclass(frozen=True, slots=True)
class TracedClip:
    """One clip and its decodes, in the order in which they were made."""

    name: str
    duration_s: float
    language: str | None = None
    """The language it was decoded in; None if it was detected."""
    task: Task = "transcribe"
    reference: str | None = None
    """What was said; None if unknown, empty if nothing was said."""
    words: tuple[TimedWord, ...] = ()
    """The spoken words and their times; empty if unknown."""
    speech: tuple[Span, ...] = ()
    """Where somebody speaks."""
    phase_s: float = 0.0
    """A moment at which a decode of running speech falls; see `TickTiming.phase_s`."""
    decodes: tuple[TracedDecode, ...] = ()

    @property
    def track(self) -> str:
        """The track on which the reference should appear."""
        return "en" if self.task == "translate" else "original"


def write(path: Path, clips: Iterable[TracedClip]) -> None:
    """Write a trace.

    Raises:
        OSError: The file cannot be written.
    """
    lines = (json.dumps(line, ensure_ascii=False) + "\n" for clip in clips for line in make_lines(clip))
    path.write_text("".join(lines), encoding="utf-8")


def make_lines(clip: TracedClip) -> Iterator[dict[str, object]]:
    """Yield the line of a clip, then one for each of its decodes."""
    line: dict[str, object] = {
        "type": "clip",
        "name": clip.name,
        "duration_s": round(clip.duration_s, 3),
        "language": clip.language,
        "task": clip.task,
        "phase_s": round(clip.phase_s, 3),
        "speech": [[round(start_s, 3), round(end_s, 3)] for start_s, end_s in clip.speech],
    }
    if clip.reference is not None:
        line["reference"] = clip.reference
    if clip.words:
        line["words"] = [
            {"text": word.text, "start_s": round(word.start_s, 3), "end_s": round(word.end_s, 3)} for word in clip.words
        ]
    yield line
    for decode in clip.decodes:
        yield _make_decode_line(decode)


def join_spans(spans: Iterable[Span], gap_s: float = JOIN_S) -> tuple[Span, ...]:
    """Return spans in order, those that overlap or are at most `gap_s` apart joined."""
    joined: list[Span] = []
    for start_s, end_s in sorted(spans):
        if joined and start_s - joined[-1][1] <= gap_s:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        else:
            joined.append((start_s, end_s))
    return tuple(joined)


def collect_words(decodes: Sequence[TracedDecode]) -> tuple[TimedWord, ...]:
    """Return the words of all decodes as one text: a later decode replaces what was heard from its first to its last
    word.
    """
    heard: list[Word] = []
    for decode in decodes:
        words = decode.hypothesis.words if decode.hypothesis else ()
        if words:
            before = [word for word in heard if _middle_s(word) < words[0].start_s]
            heard = [*before, *words, *(word for word in heard if _middle_s(word) > words[-1].end_s)]
    return tuple(TimedWord(word.text, word.start_s, word.end_s) for word in heard)


def clip_words(words: Sequence[Word], start_s: float, end_s: float) -> tuple[Word, ...]:
    """Return the words whose middle lies in a window."""
    return tuple(word for word in words if start_s <= _middle_s(word) < end_s)


def _middle_s(word: Word) -> float:
    return (word.start_s + word.end_s) / 2


def _make_decode_line(decode: TracedDecode) -> dict[str, object]:
    main = decode.hypothesis or decode.translation or Hypothesis()
    line: dict[str, object] = {
        "type": "decode",
        "start_s": round(decode.start_s, 4),
        "end_s": round(decode.end_s, 4),
        "is_final": decode.is_final,
        "language": decode.language,
        "avg_logprob": round(main.avg_logprob, 4),
        "no_speech_prob": round(main.no_speech_prob, 4),
    }
    if main.capped:
        line["capped"] = True
    if decode.detection is not None:
        line["detection"] = {
            "language": decode.detection.language,
            "probability": round(decode.detection.probability, 4),
            "shares": {
                language: round(share, 4) for language, share in decode.detection.shares.items() if share >= 5e-5
            },
        }
    if decode.hypothesis is not None:
        line["words"] = [_make_word(word, decode.language) for word in decode.hypothesis.words]
    if decode.translation is not None:
        line["translation"] = decode.translation.text
        if decode.hypothesis is not None:
            line["translation_avg_logprob"] = round(decode.translation.avg_logprob, 4)
    return line


def _make_word(word: Word, language: str | None) -> dict[str, object]:
    line: dict[str, object] = {
        "text": word.text,
        "start_s": round(word.start_s, 3),
        "end_s": round(word.end_s, 3),
        "probability": round(word.probability, 3),
    }
    return line if word.spaced == has_spaces(language) else line | {"spaced": word.spaced}


def has_spaces(language: str | None) -> bool:
    """Return whether a language separates its words by spaces."""
    return language not in UNSPACED
