"""The lines of a glossary: terms, corrections, and translations that are fixed; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app import language_names
from app.errors import SettingsError

ARROW = "=>"

QUOTED_MAX = 200
"""Most characters of a line that an error repeats."""

_LINE_MAX = 1_000
"""A longer line is a term or a correction, beyond the limits of a glossary, and not searched for more."""

_COMMENT = "#"

_LANGUAGES = re.compile(r"(.*?)\s*\[\s*([^\W\d_][\w\s,;()-]*)\]")
"""A text and the languages behind it: `Northern Light [en, fr]`."""

_KEPT = re.compile(r"(.*?)\s*(?<![=<>!])=\s*keep(?:\s*\[([^\[\]]*)\])?", re.IGNORECASE)
"""A term that is not translated: `Surtitle = keep`, or `Surtitle = keep [fr]`."""


@dataclass(frozen=True, slots=True)
class GlossaryLine:
    """One line with an entry."""

    number: int
    """From 1."""
    kind: Literal["term", "correction", "translation", "keep"]
    left: str
    """The term, or the text to replace."""
    right: str = ""
    """What replaces it, or its translation; the term itself if it is kept."""
    targets: tuple[str, ...] = ()
    """Codes of the languages that a translation is for; none for all."""


def read_lines(text: str, *, is_strict: bool) -> Iterator[GlossaryLine]:
    """Yield the entries of a text.

    If `is_strict`, a language that does not exist is an error; else its line is a correction, as it was in glossaries
    that were stored before there were translations.

    Raises:
        SettingsError: A line has nothing on its left, or (if strict) an unknown language or no translation.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition(_COMMENT)[0].strip()
        if not content:
            continue
        left, arrow, right = (part.strip() for part in content.partition(ARROW))
        if not arrow:
            yield _read_term(number, content, is_strict)
        elif not left:
            raise _error(number, f"'wrong {ARROW} right' or 'unwanted {ARROW}'", content, "the text to replace")
        else:
            yield _read_rule(number, left, right, is_strict)


def _read_term(number: int, content: str, is_strict: bool) -> GlossaryLine:
    """Return a plain term, or one that is kept."""
    kept = _KEPT.fullmatch(content) if len(content) <= _LINE_MAX else None
    if kept is None:
        return GlossaryLine(number, "term", content)
    term, listed = kept[1], kept[2]
    if not term:
        raise _error(number, "'term = keep'", content, "the term")
    targets = _read_languages(number, listed, is_strict) if listed and listed.strip() else ()
    if targets is None:
        return GlossaryLine(number, "term", content)
    return GlossaryLine(number, "keep", term, term, targets)


def _read_rule(number: int, left: str, right: str, is_strict: bool) -> GlossaryLine:
    """Return a translation if languages stand behind it, else a correction."""
    found = _LANGUAGES.fullmatch(right) if len(right) <= _LINE_MAX else None
    targets = _read_languages(number, found[2], is_strict and bool(found[1])) if found else None
    if found is None or targets is None:
        return GlossaryLine(number, "correction", left, right)
    if not found[1]:
        if not is_strict:
            return GlossaryLine(number, "correction", left, right)
        raise SettingsError(
            f"Glossary line {number}: expected a translation before [{found[2]}], but there is none. Write "
            f"'{left[:QUOTED_MAX]} {ARROW} translation [{found[2]}]'; '{left[:QUOTED_MAX]} = keep' leaves it as it is."
        )
    return GlossaryLine(number, "translation", left, found[1], targets)


def _read_languages(number: int, listed: str, is_strict: bool) -> tuple[str, ...] | None:
    """Return the codes of the languages in a list, each once; None if one is unknown and that is no error."""
    names = [name for name in re.split(r"[,;]", listed) if name.strip()]
    try:
        return tuple(dict.fromkeys(language_names.parse_one(name, f"line {number} of the glossary") for name in names))
    except SettingsError:
        if is_strict:
            raise
        return None


def _error(number: int, expected: str, content: str, missing: str) -> SettingsError:
    return SettingsError(
        f"Glossary line {number}: expected {expected}, got {content[:QUOTED_MAX]!r}. Write {missing} on the left."
    )
