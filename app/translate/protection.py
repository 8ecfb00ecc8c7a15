"""Hides the parts of a sentence that a model must not translate, locked terms and literals; pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.decode.fixed_terms import JOINED
from app.translate.literals import Literal, find_literals
from app.translate.number_words import find_number_words
from app.translate.request import LockedTerm

PLACEHOLDERS_MAX = 9
"""Placeholders that a model knows; more parts than this stay in the text as they are."""

AND = {"de": "und", "en": "and", "fr": "et", "pt": "e", "es": "y", "it": "e", "nl": "en"}
"""The word before the last one of a list."""

FindPlaceholder = Callable[[int], str | None]
"""Returns the text of a placeholder that the model copies, for numbers from 1 to 9."""


@dataclass(frozen=True, slots=True)
class ProtectedPart:
    """A part of the text, and what the translation has instead."""

    start: int
    end: int
    shown: str
    is_term: bool
    is_word: bool = True
    """Whether it is a word of its own; else it cannot be taken out of the text."""


@dataclass(frozen=True, slots=True)
class ProtectedText:
    """A text with placeholders."""

    text: str
    hidden: tuple[tuple[str, ProtectedPart], ...]
    """The placeholders with the parts behind them."""
    signs: frozenset[str]
    """Letters of placeholders that the text did not have: a translation that keeps one is broken."""

    def restore(self, translation: str) -> str | None:
        """Return a translation with the parts; None if a placeholder is missing, doubled or broken."""
        places: list[tuple[int, int, str]] = []
        for placeholder, part in self.hidden:
            found = list(_pattern(placeholder).finditer(translation))
            if len(found) != 1:
                return None
            places.append((*found[0].span(), part.shown))
        places.sort()
        restored, end = "", 0
        for start, stop, shown in places:
            restored = _join(restored + translation[end:start], shown)
            end = stop
            if JOINED.match(translation, end) and JOINED.match(shown[-1]):
                restored += " "
        left_over = "".join(translation[a:b] for a, b in _gaps(places, len(translation)))
        return None if any(sign in left_over for sign in self.signs) else restored + translation[end:]


def find_parts(text: str, terms: Sequence[LockedTerm], literals: Sequence[Literal]) -> tuple[ProtectedPart, ...]:
    """Return the parts of a text in its order; of two in the same place the longer one wins, or the term."""
    parts = [ProtectedPart(one.start, one.end, one.shown, is_term=False, is_word=one.is_apart) for one in literals]
    if terms:
        parts = [*_find_terms(text, terms), *parts]
        parts.sort(key=lambda part: part.start - part.end)
        kept: list[ProtectedPart] = []
        for part in parts:
            if all(part.end <= other.start or part.start >= other.end for other in kept):
                kept.append(part)
        parts = sorted(kept, key=lambda part: part.start)
    return tuple(parts)


def find_number_parts(
    text: str, parts: Sequence[ProtectedPart], language: str, target: str
) -> tuple[ProtectedPart, ...]:
    """Return the parts with the numbers in words too, which are then written in digits."""
    found = [*parts]
    for number in find_number_words(text, language):
        is_free = all(number.end <= part.start or number.start >= part.end for part in parts)
        if number.digits and is_free:
            shown = next((one.shown for one in find_literals(number.digits, target, target)), number.digits)
            found.append(ProtectedPart(number.start, number.end, shown, is_term=False))
    return tuple(sorted(found, key=lambda part: part.start))


def merge_lists(text: str, parts: Sequence[ProtectedPart], language: str, target: str) -> tuple[ProtectedPart, ...]:
    """Return the parts with those of a list as one: "Ada, Bo und Cy" needs one placeholder."""
    merged: list[ProtectedPart] = []
    for part in parts:
        joiner = text[merged[-1].end : part.start] if merged else ""
        between = joiner if joiner in (", ", " ") else ""
        if joiner.strip() == AND.get(language) and target in AND:
            between = f" {AND[target]} "
        if between and merged[-1].is_word and part.is_word:
            last = merged.pop()
            is_term = last.is_term or part.is_term
            merged.append(ProtectedPart(last.start, part.end, last.shown + between + part.shown, is_term))
        else:
            merged.append(part)
    return tuple(merged)


def hide(text: str, parts: Sequence[ProtectedPart], find_placeholder: FindPlaceholder) -> ProtectedText | None:
    """Return a text with placeholders for its parts, terms first; None if the model has no placeholders.

    A term that finds no placeholder is written as its translation.
    """
    if find_placeholder(1) is None:
        return None
    free = [
        placeholder
        for number in range(1, PLACEHOLDERS_MAX + 1)
        if (placeholder := find_placeholder(number)) is not None and placeholder not in text
    ]
    ranked = sorted((part for part in parts if part.is_word), key=lambda part: not part.is_term)
    chosen = sorted(ranked[: len(free)], key=lambda part: part.start)
    hidden = tuple(zip(free, chosen, strict=False))
    placeholders = {part.start: placeholder for placeholder, part in hidden}
    signs = frozenset("".join(free)) - frozenset(text)
    return ProtectedText(
        _replace(text, parts, lambda part: placeholders.get(part.start)),
        hidden,
        frozenset(sign for sign in signs if not sign.isalnum() and not sign.isspace()),
    )


def write_shown(text: str, parts: Sequence[ProtectedPart]) -> str:
    """Return a text with each part as the translation must have it."""
    return _replace(text, parts, lambda part: part.shown if part.is_word else None)


def split_text(text: str, parts: Sequence[ProtectedPart]) -> list[str]:
    """Return what is between the parts: one text more than there are parts, some of them empty."""
    ends = [0, *(part.end for part in parts)]
    starts = [*(part.start for part in parts), len(text)]
    return [text[end:start] for end, start in zip(ends, starts, strict=True)]


def join_text(fragments: Sequence[str], parts: Sequence[ProtectedPart]) -> str:
    """Return translated fragments with the parts between them."""
    joined = fragments[0]
    for part, fragment in zip(parts, fragments[1:], strict=True):
        joined = _join(_join(joined, part.shown), fragment)
    return joined.strip()


def count_whole(text: str, part: str) -> int:
    """Return how often a text has a part that is not inside a longer word."""
    return len(_whole_pattern(part).findall(text)) if part else 0


def lost_terms(parts: Sequence[ProtectedPart], translation: str) -> list[str]:
    """Return the locked terms that a translation does not have often enough, in the glossary's form."""
    wanted = [part.shown for part in parts if part.is_term]
    return [
        shown
        for shown in dict.fromkeys(wanted)
        if count_whole(translation, shown) < sum(shown in other for other in wanted)
    ]


def _find_terms(text: str, terms: Iterable[LockedTerm]) -> Iterator[ProtectedPart]:
    for term in terms:
        pattern = _whole_pattern(term.source)
        found = list(pattern.finditer(text)) or list(re.finditer(pattern.pattern, text, re.IGNORECASE))
        for one in found:
            yield ProtectedPart(one.start(), one.end(), term.target, is_term=True)


def _replace(text: str, parts: Sequence[ProtectedPart], find_text: Callable[[ProtectedPart], str | None]) -> str:
    replaced, end = "", 0
    for part in parts:
        new = find_text(part)
        if new is not None:
            replaced += text[end : part.start] + new
            end = part.end
    return replaced + text[end:]


def _join(before: str, shown: str) -> str:
    """Return two texts as one, with a space between two words."""
    is_glued = bool(before and shown) and JOINED.match(before[-1]) is not None and JOINED.match(shown[0]) is not None
    return f"{before} {shown}" if is_glued else before + shown


def _gaps(places: Sequence[tuple[int, int, str]], length: int) -> Iterator[tuple[int, int]]:
    end = 0
    for start, stop, _ in places:
        yield end, start
        end = stop
    yield end, length


@lru_cache(maxsize=64)
def _pattern(placeholder: str) -> re.Pattern[str]:
    """Return a pattern that finds a placeholder with spaces in it too, as some tokenizers write it."""
    return re.compile(r"\s*".join(map(re.escape, placeholder)))


@lru_cache(maxsize=1024)
def _whole_pattern(part: str) -> re.Pattern[str]:
    before = rf"(?<!{JOINED.pattern})" if JOINED.match(part[0]) else ""
    is_open = "\uac00" <= part[-1] <= "\ud7a3" or not JOINED.match(part[-1])
    return re.compile(before + re.escape(part) + ("" if is_open else rf"(?!{JOINED.pattern})"))
