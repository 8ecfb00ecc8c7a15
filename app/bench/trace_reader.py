"""Reads a trace; every field that a line may leave out gets a sensible value, and every wrong one a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.bench import json_lines
from app.bench.json_lines import JsonLine, TimedWord, parse_seconds
from app.bench.trace import LINGER_S, TracedClip, TracedDecode, collect_words, has_spaces, join_spans
from app.decode.hypothesis import Hypothesis, LanguageDetection, Word
from app.errors import SettingsError

PROBABILITY = 0.9
"""Probability of a word that has none: the model was sure of it."""

LOGPROB = -0.2
"""Mean log-probability of a decode that has none: the model was sure of it."""


@dataclass(slots=True)
class _OpenClip:
    """A clip whose decodes are still being read."""

    line: JsonLine
    name: str
    language: str | None
    decodes: list[TracedDecode] = field(default_factory=list)


def read(path: Path) -> list[TracedClip]:
    """Read a trace: each clip line is followed by its decode lines.

    Unknown fields are ignored, since a newer version may write more of them.

    Raises:
        SettingsError: The file cannot be read, or a line is invalid; the sentence names the line.
    """
    clips: list[_OpenClip] = []
    for line in json_lines.read(path, "trace"):
        kind = line.fields.get("type")
        if kind == "clip":
            clips.append(_OpenClip(line, _parse_name(line, f"clip {len(clips) + 1}"), line.language()))
        elif kind != "decode":
            raise SettingsError(f"{line.place} should have the type clip or decode; got {kind!r}.")
        elif not clips:
            raise SettingsError(f"{line.place} is a decode before the first clip. Write its clip line first.")
        else:
            clips[-1].decodes.append(_parse_decode(line, clips[-1].language))
    if not clips:
        raise SettingsError(f"Expected at least one clip in {path.name}, but it is empty.")
    return [_make_clip(clip) for clip in clips]


def _make_clip(clip: _OpenClip) -> TracedClip:
    line, decodes = clip.line, tuple(clip.decodes)
    task, reference, words = line.fields.get("task") or "transcribe", line.fields.get("reference"), line.words()
    if task not in ("transcribe", "translate"):
        raise SettingsError(f"{line.place} should have the task transcribe or translate; got {task!r}.")
    if reference is not None and not isinstance(reference, str):
        raise SettingsError(f"{line.place} should have the spoken text as reference; got {reference!r}.")
    if reference is None and words and task == "transcribe":
        reference = " ".join(word.text for word in words)
    speech = line.speech()
    if speech is None:
        speech = join_spans((word.start_s, word.end_s) for word in words or _list_words(decodes))
    ends_s = [decode.end_s for decode in decodes] + [end_s + LINGER_S for _, end_s in speech] + [LINGER_S]
    return TracedClip(
        name=clip.name,
        duration_s=line.seconds("duration_s", max(ends_s)),
        language=clip.language,
        task=task,
        reference=reference,
        words=words or (collect_words(decodes) if task == "transcribe" else ()),
        speech=join_spans(speech, 0.0),
        phase_s=line.seconds("phase_s", 0.0),
        decodes=decodes,
    )


def _list_words(decodes: Sequence[TracedDecode]) -> list[TimedWord]:
    """Return the words of all decodes."""
    words = [word for decode in decodes if decode.hypothesis for word in decode.hypothesis.words]
    return [TimedWord(word.text, word.start_s, word.end_s) for word in words]


def _parse_name(line: JsonLine, default: str) -> str:
    name = line.fields.get("name")
    if name is None:
        return default
    if not isinstance(name, str):
        raise SettingsError(f"{line.place} should have a name as text; got {name!r}.")
    return name


def _parse_decode(line: JsonLine, clip_language: str | None) -> TracedDecode:
    start_s, end_s = line.seconds("start_s"), line.seconds("end_s")
    if start_s > end_s:
        raise SettingsError(f"{line.place} ends before it starts: {start_s} s to {end_s} s.")
    language = line.language() or clip_language
    avg_logprob, no_speech_prob = line.number("avg_logprob", LOGPROB), line.number("no_speech_prob", 0.0)
    capped = line.fields.get("capped") is True
    translation = _parse_translation(line, avg_logprob, no_speech_prob)
    hypothesis = None
    if line.fields.get("words") is not None or translation is None:
        hypothesis = Hypothesis(_parse_words(line, language), avg_logprob, capped, no_speech_prob)
    return TracedDecode(
        start_s=start_s,
        end_s=end_s,
        hypothesis=hypothesis,
        translation=translation,
        language=language,
        detection=_parse_detection(line),
        is_final=line.fields.get("is_final") is True,
    )


def _parse_words(line: JsonLine, language: str | None) -> tuple[Word, ...]:
    given = line.fields.get("words")
    if given is None:
        return ()
    if not isinstance(given, list):
        raise SettingsError(f"{line.place} should have a list of words with text, start_s and end_s.")
    words = [_parse_word(word, line.place, language) for word in given]
    return tuple(word for word in words if word.text)


def _parse_word(given: object, place: str, language: str | None) -> Word:
    if isinstance(given, dict):
        text, probability = given.get("text"), given.get("probability", PROBABILITY)
        start_s, end_s = parse_seconds(given.get("start_s")), parse_seconds(given.get("end_s"))
        is_sure = isinstance(probability, int | float) and 0 <= probability <= 1
        if isinstance(text, str) and start_s is not None and end_s is not None and start_s <= end_s and is_sure:
            is_spaced = given.get("spaced", has_spaces(language) or text.startswith(" "))
            return Word(text.strip(), start_s, end_s, float(probability), is_spaced is True)
    raise SettingsError(
        f"{place} has the word {given!r}; expected text, start_s and end_s in seconds and in order, and perhaps "
        "probability from 0 to 1."
    )


def _parse_translation(line: JsonLine, avg_logprob: float, no_speech_prob: float) -> Hypothesis | None:
    """Return the translation: given as a text, or as an object with a text."""
    given = line.fields.get("translation")
    if given is None:
        return None
    avg_logprob = line.number("translation_avg_logprob", avg_logprob)
    text = given.get("text") if isinstance(given, dict) else given
    if not isinstance(text, str):
        raise SettingsError(f"{line.place} should have the English text in translation; got {given!r}.")
    words = tuple(Word(part, 0.0, 0.0, PROBABILITY) for part in text.split())
    return Hypothesis(words, avg_logprob, no_speech_prob=no_speech_prob)


def _parse_detection(line: JsonLine) -> LanguageDetection | None:
    given = line.fields.get("detection")
    if given is None:
        return None
    if isinstance(given, dict):
        language, probability = given.get("language"), given.get("probability")
        shares = given.get("shares") or {}
        if isinstance(language, str) and isinstance(probability, int | float) and isinstance(shares, dict):
            return LanguageDetection(language, float(probability), {str(code): float(p) for code, p in shares.items()})
    raise SettingsError(f"{line.place} should have a detection with language, probability and shares; got {given!r}.")
