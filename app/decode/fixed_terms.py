"""Finds the terms of a glossary whose translation is fixed; pure, and fast for thousands of terms."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

ACRONYM_MAX = 4
"""A term in capitals of at most this many letters is found in capitals only: IT is not "it", and WHO is not "who"."""

GENITIVE_MIN = 4
"""Fewest letters of a word that gets a German genitive ending: shorter ones become other words."""

_NO_GENITIVE = ("s", "x", "z", "ß")
"""Letters after which the German genitive is not an s."""

_UNSPACED = "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Thai, Lao, Tibetan, Burmese, Khmer, Kana and Han: words follow each other without a space."""

_RUNS = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+|[^\w\s]")
"""Where a term may begin: a letter without spaces, a word, or a sign."""

JOINED = re.compile(rf"[^\W_{_UNSPACED}]")
"""A letter that would be part of the same word."""

_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]")
"""Katakana are a word of their own among other letters: a term is not a part of a longer one."""

_HANGUL = re.compile("[\uac00-\ud7af]")
"""A Korean word has its particles at its end."""

_SIGNS = str.maketrans({"’": "'", "‘": "'", "‐": "-", "‑": "-", "–": "-", "\u00a0": " ", "\u202f": " ", "\n": " "})


@dataclass(frozen=True, slots=True)
class FixedTerm:
    """A term and its translation."""

    source: str
    translation: str
    """The same text for a term that stays as it is."""
    targets: frozenset[str] = frozenset()
    """Codes of the languages that the translation is for; none for all."""

    def is_for(self, target: str) -> bool:
        """Return whether the translation is for a language."""
        return not self.targets or target in self.targets

    @property
    def is_kept(self) -> bool:
        """Whether the term stays as it is."""
        return self.source == self.translation


class FixedTerms:
    """The fixed terms of one glossary, by how they begin."""

    def __init__(self, terms: Sequence[FixedTerm]) -> None:
        """Index the terms; of two for the same text and language the later one wins, and a translation beats "keep"."""
        self._terms: dict[str, list[FixedTerm]] = {}
        for term in terms:
            self._terms.setdefault(_fold(" ".join(term.source.split())), []).append(term)
        self._starts: dict[str, list[str]] = {}
        """Terms by their first run of letters, the longest first."""
        for folded in sorted(self._terms, key=len, reverse=True):
            if start := _RUNS.search(folded):
                self._starts.setdefault(start[0], []).append(folded[start.start() :])
        self._whole = {folded[found.start() :]: folded for folded in self._terms if (found := _RUNS.search(folded))}

    def find(self, text: str, language: str, target: str) -> tuple[tuple[str, str], ...]:
        """Return (text that was found, translation) of every term, each once, in the order of the text."""
        if not self._starts:
            return ()
        found: dict[str, str] = {}
        folded = _fold(text)
        end = 0
        for run in _RUNS.finditer(folded):
            if run.start() < end:
                continue
            for candidate in self._candidates(run[0], language):
                start, at = run.start(), run.start() + len(candidate)
                stop = _find_end(folded, start, at, language) if folded.startswith(candidate, start) else 0
                translation = self._translation(candidate, text[start:at], target) if stop else None
                if translation is not None:
                    found.setdefault(text[start:stop], translation)
                    end = stop
                    break
        return tuple(found.items())

    def _candidates(self, run: str, language: str) -> Sequence[str]:
        """Return the terms that begin like a run of letters, those with more letters first."""
        found = self._starts.get(run, ())
        if language == "de" and len(run) > GENITIVE_MIN and run.endswith("s"):
            genitives = [run[:-1], run[:-2]] if run.endswith("es") else [run[:-1]]
            return [*found, *(stem for stem in genitives if stem in self._starts.get(stem, ()))]
        if "\uac00" <= run <= "\ud7b0":
            stems = [run[:n] for n in range(len(run) - 1, 0, -1)]
            return [*found, *(stem for stem in stems if stem in self._starts.get(stem, ()))]
        return found

    def _translation(self, term: str, said: str, target: str) -> str | None:
        """Return the translation of a term that was found, None if there is none for this language."""
        fitting = [
            one
            for one in self._terms[self._whole[term]]
            if one.is_for(target) and (not _is_acronym(one.source) or said == one.source)
        ]
        best = [one for one in fitting if one.targets] or fitting
        return best[-1].translation if best else None


def _find_end(text: str, start: int, end: int, language: str) -> int:
    """Return where a term that begins at `start` ends, with the ending that it has here; 0 if it is part of a word."""
    last = text[end - 1]
    if _KATAKANA.match(last) and (_KATAKANA.match(text, end) or (start and _KATAKANA.match(text, start - 1))):
        return 0
    if not JOINED.match(last) or not JOINED.match(text, end) or _HANGUL.match(last):
        return end
    if language == "de" and last.isalpha() and not last.endswith(_NO_GENITIVE):
        word = re.split(r"[\s-]", text[start:end])[-1]
        for ending in ("s", "es"):
            stop = end + len(ending)
            if len(word) >= GENITIVE_MIN and text.startswith(ending, end) and not JOINED.match(text, stop):
                return stop
    return 0


def _is_acronym(term: str) -> bool:
    return len(term) <= ACRONYM_MAX and term.isupper() and term.isalpha()


def _fold(text: str) -> str:
    """Return a text of the same length without case, with plain apostrophes, hyphens and spaces."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    return lower.translate(_SIGNS)
