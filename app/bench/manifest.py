"""Reads manifests: JSON lines that each name a recording, what is said in it, and when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.bench import json_lines, score
from app.bench.diarization import SpeakerSpan
from app.bench.json_lines import JsonLine, Span, TimedWord, parse_seconds
from app.bench.timeline import SpokenWordTime
from app.decode.request import Task
from app.errors import SettingsError

_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One clip of a manifest."""

    audio: Path
    language: str | None
    """Whisper's code of the spoken language, None to detect it."""
    task: Task
    reference: str
    """The right text; empty for sound without speech."""
    words: tuple[TimedWord, ...] = ()
    """The spoken words and their times; in the spoken language, also where the reference is a translation."""
    speech: tuple[Span, ...] | None = None
    """Where somebody speaks, in seconds since the start of the recording; None if unknown."""
    speakers: tuple[SpeakerSpan, ...] = ()
    """Who speaks when; empty if unknown."""
    translations: dict[str, str] = field(default_factory=dict, hash=False)
    """What was said, as written in other languages: code to text."""

    @property
    def track(self) -> str:
        """The track on which the reference should appear."""
        return "en" if self.task == "translate" else "original"

    @property
    def is_english(self) -> bool:
        """Whether the reference is English for sure."""
        return self.task == "translate" or self.language == "en"


def read(path: Path) -> list[ManifestLine]:
    """Read a manifest; paths of clips are relative to the manifest's folder.

    Raises:
        SettingsError: The file cannot be read, or a line is invalid; the sentence names the line.
    """
    lines = [_parse_line(line, path.parent) for line in json_lines.read(path, "manifest")]
    if not lines:
        raise SettingsError(f"Expected at least one clip in {path.name}, but it is empty.")
    return lines


def time_words(line: ManifestLine, heard: Sequence[TimedWord] = ()) -> list[SpokenWordTime]:
    """Return the words of the reference, each with the moment at which it had been said.

    Times come from the line's words, else from `heard`, an offline pass in the spoken language. They are matched to the
    reference by edit distance; a word without a match has no time. A translated word's moment is proportional to its
    place in the source sentence: word i of n had been said when i/n of the sentence had. If source and translation
    have different numbers of sentences, the whole text counts as one sentence.
    """
    source = line.words or tuple(heard)
    if line.task == "translate":
        return _time_translation(line.reference, source)
    wanted = score.split_words(line.reference)
    timed = [(word, timed.end_s) for timed in source for word in score.split_words(timed.text)]
    pairs = score.match_words(wanted, [word for word, _ in timed])
    return [SpokenWordTime(word, timed[pairs[i]][1] if i in pairs else None) for i, word in enumerate(wanted)]


def _time_translation(reference: str, source: Sequence[TimedWord]) -> list[SpokenWordTime]:
    if not source:
        return [SpokenWordTime(word, None) for word in score.split_words(reference)]
    targets = _split_sentences(reference.split())
    origins = _split_sentences([word.text for word in source])
    if len(targets) != len(origins):
        targets, origins = [reference.split()], [[word.text for word in source]]
    placed: list[SpokenWordTime] = []
    first = 0
    for target, origin in zip(targets, origins, strict=True):
        start_s, end_s = source[first].start_s, source[first + len(origin) - 1].end_s
        first += len(origin)
        words = score.split_words(" ".join(target))
        placed += [
            SpokenWordTime(word, start_s + (end_s - start_s) * i / len(words)) for i, word in enumerate(words, start=1)
        ]
    return placed


def _split_sentences(words: Sequence[str]) -> list[list[str]]:
    sentences: list[list[str]] = [[]]
    for word in words:
        sentences[-1].append(word)
        if word.rstrip("\"'»”)").endswith(_SENTENCE_ENDS):
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def _parse_line(line: JsonLine, folder: Path) -> ManifestLine:
    given, place = line.fields, line.place
    allowed = {
        "audio",
        "language",
        "task",
        "reference",
        "words",
        "speech",
        "speakers",
        "translations",
    }
    if unknown := sorted(set(given) - allowed):
        raise SettingsError(f"{place} has {', '.join(unknown)}; known are {', '.join(sorted(allowed))}.")
    audio, task, reference = given.get("audio"), given.get("task", "transcribe"), given.get("reference")
    if not isinstance(audio, str) or not audio:
        raise SettingsError(f"{place} should name a recording in audio; got {audio!r}.")
    if not (folder / audio).is_file():
        raise SettingsError(
            f"{place} names the recording {audio}, which does not exist. Paths are relative to the manifest."
        )
    if task not in ("transcribe", "translate"):
        raise SettingsError(f"{place} should have the task transcribe or translate; got {task!r}.")
    if not isinstance(reference, str):
        raise SettingsError(f"{place} should have the spoken text as reference, empty for noise; got {reference!r}.")
    translations = given.get("translations", {})
    if not isinstance(translations, dict) or not all(isinstance(text, str) for text in translations.values()):
        raise SettingsError(
            f"{place} should have translations as an object of language codes and texts; got {translations!r}."
        )
    return ManifestLine(
        folder / audio,
        line.language(),
        task,
        reference,
        line.words(),
        line.speech(),
        _read_speakers(line),
        translations,
    )


def _read_speakers(line: JsonLine) -> tuple[SpeakerSpan, ...]:
    """Return who speaks when; raises SettingsError."""
    given = line.fields.get("speakers") or []
    spans: list[SpeakerSpan] = []
    for one in given if isinstance(given, list) else [given]:
        fields = one if isinstance(one, dict) else {}
        name = fields.get("speaker")
        start_s, end_s = parse_seconds(fields.get("start_s")), parse_seconds(fields.get("end_s"))
        if not isinstance(name, str) or not name or start_s is None or end_s is None or end_s < start_s:
            raise SettingsError(
                f"{line.place} should have speakers as a list of objects with speaker, start_s and end_s; "
                f"got {one!r:.80}."
            )
        spans.append(SpeakerSpan(name, start_s, end_s))
    return tuple(spans)
