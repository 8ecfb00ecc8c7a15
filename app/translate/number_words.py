"""Numbers that are written in words, found in a text; pure. The grammars are those of app/captions/numbers.json."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from app.captions.numbers import CARDINAL, GRAMMARS, GROUP_MAX, number_keys

AMBIGUOUS = {"fr": {"neuf", "neufs"}, "it": {"sei"}}
"""Words that mean something else too, new and "you are", so they count only with another number word."""

_HALVES = {"de": {"halb"}, "en": {"half"}, "nl": {"half"}}
"""Words before the hour that is still to come: "halb drei" is half past two."""

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+(?:[.,]\d+)?")

_PERCENT = ("per", "por", "pour")


@dataclass(frozen=True, slots=True)
class SpokenNumber:
    """A number of at least 2 in words, such as "fünfzehn" or "2 Millionen"."""

    start: int
    end: int
    keys: frozenset[str]
    """Its values, as `read_keys` gives them; without its last scale too: "2 Millionen" is 2 million."""
    parts: tuple[frozenset[str], ...] = ()
    """The numbers that it may be instead: "fünf und zwanzig" is 25, or 5 and 20."""
    digits: str = ""
    """It in digits; empty if it has a unit or decimals."""


@dataclass(frozen=True, slots=True)
class _NumberWords:
    pattern: re.Pattern[str]
    """One or more number words."""
    weak: frozenset[str]
    """Words that begin no number."""
    units: frozenset[str]
    joiner: str
    scales: Mapping[str, int]


def has_number_words(language: str) -> bool:
    """Return whether number words of this language are known."""
    return language in _vocabularies()


@lru_cache(maxsize=256)
def find_number_words(text: str, language: str, *, has_ambiguous: bool = False) -> tuple[SpokenNumber, ...]:
    """Return the numbers in words; none of a language whose words are unknown.

    `has_ambiguous`: with words that may mean something else, for a text that is searched for an expected number.

    The latest texts are remembered, because a sentence is translated into several languages.
    """
    vocabulary = _vocabularies().get(language)
    if vocabulary is None:
        return ()
    words = [(found[0], found.start(), found.end()) for found in _WORD.finditer(text)]
    if not any(_is_part(word, language) for word, _, _ in words if not word[0].isdigit()):
        return ()
    found = tuple(_find(text, words, language, vocabulary))
    ambiguous = () if has_ambiguous else AMBIGUOUS.get(language, ())
    return tuple(one for one in found if _fold(text[one.start : one.end]) not in ambiguous)


def _find(
    text: str, words: list[tuple[str, int, int]], language: str, vocabulary: _NumberWords
) -> Iterator[SpokenNumber]:
    at = 0
    while at < len(words):
        group = _longest_group(text, words, at, language, vocabulary)
        if not group:
            at += 1
            continue
        value = _without_unit(tuple(word for word, _, _ in words[at : at + group]), vocabulary)
        found = _read_group(value, language, vocabulary)
        before = words[at - 1][0].lower() if at else ""
        if found and before not in _HALVES.get(language, ()):
            yield SpokenNumber(words[at][1], words[at + len(value) - 1][2], *found)
        at += group


def _longest_group(
    text: str, words: list[tuple[str, int, int]], first: int, language: str, vocabulary: _NumberWords
) -> int:
    """Return how many words from `first` on are one number; 0 if none are."""
    if not _is_part(words[first][0], language) or _fold(words[first][0]) in vocabulary.weak:
        return 0
    n = 1
    while n < GROUP_MAX and first + n < len(words):
        word, start, _ = words[first + n]
        if not (_is_part(word, language) and text[words[first + n - 1][2] : start].isspace()):
            break
        n += 1
    while n:
        group = tuple(word for word, _, _ in words[first : first + n])
        if _fold(group[-1]) != vocabulary.joiner and any(
            key.startswith(CARDINAL) for key in number_keys(group, language)
        ):
            return n
        n -= 1
    return 0


def _without_unit(group: tuple[str, ...], vocabulary: _NumberWords) -> tuple[str, ...]:
    """Return a number without "Prozent", "pour cent" or "Euro" at its end."""
    if len(group) > 2 and _fold(group[-2]) in _PERCENT:
        return group[:-2]
    return group[:-1] if len(group) > 1 and _fold(group[-1]) in vocabulary.units else group


def _read_group(
    group: tuple[str, ...], language: str, vocabulary: _NumberWords
) -> tuple[frozenset[str], tuple[frozenset[str], ...], str] | None:
    """Return keys, parts and digits of a number in words; None if it is only digits or small."""
    if all(word[0].isdigit() for word in group):
        return None
    keys = _values(group, language)
    if not keys or keys & {"0", "1"}:
        return None
    folded = [_fold(word) for word in group]
    parts: tuple[frozenset[str], ...] = ()
    if vocabulary.joiner in folded[1:-1]:
        place = folded.index(vocabulary.joiner)
        sides = _values(group[:place], language), _values(group[place + 1 :], language)
        parts = sides if all(sides) else ()
    if len(group) > 1 and folded[-1] in vocabulary.scales:
        keys |= _values(group[:-1], language)
    digits = next((key for key in sorted(keys, key=len, reverse=True)), "")
    return keys, parts, digits if digits.isdigit() and not any(word[0].isdigit() for word in group) else ""


def _values(group: tuple[str, ...], language: str) -> frozenset[str]:
    found = (key for key in number_keys(group, language) if key.startswith(CARDINAL))
    return frozenset(re.sub(r"[^\d.]", "", key) for key in found)


@lru_cache(maxsize=8192)
def _is_part(word: str, language: str) -> bool:
    """Return whether a word is made of number words, or is digits."""
    if word[0].isdigit():
        return True
    return _vocabularies()[language].pattern.fullmatch(_fold(word)) is not None


@lru_cache(maxsize=8192)
def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


@cache
def _vocabularies() -> Mapping[str, _NumberWords]:
    read = json.loads(GRAMMARS.read_text(encoding="utf-8"))
    del read["source"]
    vocabularies = {}
    for language, grammar in read.items():
        weak = {grammar["joiner"], grammar["point"], *_PERCENT, *grammar["units"]}
        words = {*grammar["values"], *grammar["scales"], *weak}
        pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        vocabularies[language] = _NumberWords(
            re.compile(f"(?:{pattern})+"),
            frozenset(weak),
            frozenset(grammar["units"]),
            grammar["joiner"],
            grammar["scales"],
        )
    return vocabularies
