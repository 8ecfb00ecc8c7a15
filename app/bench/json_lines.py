"""Reads files of JSON lines and the fields that manifests and traces share; an error names the file and the line."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import SettingsError

Span = tuple[float, float]
"""Start and end in seconds."""


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word as it was spoken."""

    text: str
    start_s: float
    """Seconds since the start of the recording."""
    end_s: float

    def shifted(self, by_s: float) -> "TimedWord":
        """Return the word `by_s` seconds later."""
        return TimedWord(self.text, self.start_s + by_s, self.end_s + by_s)


@dataclass(frozen=True, slots=True)
class JsonLine:
    """One line of a file."""

    place: str
    """Names line and file in sentences about errors, as in `Line 3 of clips.jsonl`."""
    content: str
    fields: dict[str, object]

    def seconds(self, name: str, default: float | None = None) -> float:
        """Return a moment or a length.

        Raises:
            SettingsError: It is no number of seconds, or missing without a default.
        """
        value = self.fields.get(name)
        if value is None and default is not None:
            return default
        parsed = parse_seconds(value)
        if parsed is None:
            raise SettingsError(f"{self.place} should have seconds from 0 on in {name}; got {value!r}.")
        return parsed

    def number(self, name: str, default: float) -> float:
        """Return a number.

        Raises:
            SettingsError: It is no number.
        """
        value = self.fields.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise SettingsError(f"{self.place} should have a number in {name}; got {value!r}.")
        return float(value)

    def language(self, name: str = "language") -> str | None:
        """Return a language code, None if there is none.

        Raises:
            SettingsError: It is no language code.
        """
        value = self.fields.get(name)
        if value is None or (isinstance(value, str) and value.isalpha()):
            return value
        raise SettingsError(f"{self.place} should have a language code such as de, or null; got {value!r}.")

    def words(self) -> tuple[TimedWord, ...]:
        """Return the spoken words of a clip, empty if there are none.

        Raises:
            SettingsError: They are no list of words with times.
        """
        given = self.fields.get("words") or []
        if not isinstance(given, list):
            raise SettingsError(f"{self.place} should have a list of words with text, start_s and end_s.")
        return tuple(self._parse_word(word) for word in given)

    def speech(self) -> tuple[Span, ...] | None:
        """Return the spans in which somebody speaks, in order; None if the line does not say.

        Raises:
            SettingsError: They are no list of spans.
        """
        given = self.fields.get("speech")
        if given is None:
            return None
        spans = [_parse_span(span) for span in given] if isinstance(given, list) else [None]
        known = [span for span in spans if span is not None]
        if len(known) < len(spans):
            raise SettingsError(f"{self.place} should have speech as a list of [start_s, end_s]; got {given!r:.80}.")
        return tuple(sorted(known))

    def _parse_word(self, given: object) -> TimedWord:
        if isinstance(given, dict):
            text, span = given.get("text"), _parse_span([given.get("start_s"), given.get("end_s")])
            if isinstance(text, str) and span is not None:
                return TimedWord(text, *span)
        raise SettingsError(
            f"{self.place} has the word {given!r}; expected text, start_s and end_s, in seconds and in order."
        )


def read(path: Path, kind: str) -> Iterator[JsonLine]:
    """Yield the lines of a file that is called `kind` in sentences; empty lines count only for the numbering.

    Raises:
        SettingsError: The file cannot be read, or a line is no JSON object.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"Expected a {kind} with one JSON object per line, but {path} cannot be read.") from exc
    for number, content in enumerate(text.split("\n"), start=1):
        if content.strip():
            yield _parse_line(content, f"Line {number} of {path.name}")


def parse_seconds(value: object) -> float | None:
    """Return a number of seconds, None if the value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def _parse_line(content: str, place: str) -> JsonLine:
    try:
        fields = json.loads(content)
    except ValueError as exc:
        raise SettingsError(f"{place} is not JSON: {exc}. Write one JSON object per line.") from exc
    if not isinstance(fields, dict):
        raise SettingsError(f"{place} should be a JSON object; got {content[:40]}.")
    return JsonLine(place, content, fields)


def _parse_span(given: object) -> Span | None:
    if not isinstance(given, list) or len(given) != 2:
        return None
    start_s, end_s = parse_seconds(given[0]), parse_seconds(given[1])
    return (start_s, end_s) if start_s is not None and end_s is not None and start_s <= end_s else None
