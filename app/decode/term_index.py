"""Finds the entries of a glossary that sound like something in a text; pure, and fast for thousands of entries."""

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from app.decode.sound_key import fold_letters, sound_key

LIKENESS_MIN = 0.5
"""Least likeness of an entry that is found, 0..1. Of 200 names that are respelled by ear, with up to two more errors, a
choice of twelve has 78 % with 0.6, 83 % with 0.55 and 89 % with 0.5; of 5,000 names it has 73, 75 and 78 %. Unrelated
words that are found too only compete for a place in the prompt."""

SPAN_WORDS = 3
"""A misheard term is written as up to three words ..."""

SPAN_LETTERS = 8
"""... or as up to eight letters in a script without spaces."""

KEY_MIN = 3
"""A span with a shorter key is only compared letter by letter: "in" sounds like too many things."""

UNITS_MAX = 120
"""Only the end of a long text is searched, in words or letters without spaces: half a minute of fast speech."""

SHARED_MIN = 0.35
"""Share of common pairs of sounds from which on two keys are compared in full, ..."""

COMPARED_MAX = 4
"""... for the best of them, in each of the two groups."""

CACHED_SPANS = 4096
"""Spans whose result is remembered: a hypothesis repeats most of the one before."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, Kana and Han."""

_UNITS = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['’.-][^\W_{_UNSPACED}]+)*")

_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")


class TermIndex:
    """The entries of one glossary, by their sound."""

    def __init__(self, entries: Sequence[str], n_first: int | None = None) -> None:
        """Index the entries; they are known by their position.

        The first `n_first` are one group and the others another: a text is searched once for both.
        """
        self._n_first = len(entries) if n_first is None else n_first
        letters = [fold_letters(entry) for entry in entries]
        self._keys = [sound_key(folded) for folded in letters]
        self._letters = letters
        self._exact: dict[str, int] = {}
        for i, folded in enumerate(letters):
            self._exact.setdefault(folded, i)
        rows: dict[str, list[int]] = {}
        for i, key in enumerate(self._keys):
            for pair in _pairs(key):
                rows.setdefault(pair, []).append(i)
        self._rows = {pair: np.array(found, np.int32) for pair, found in rows.items()}
        """The entries that contain a pair of sounds."""
        self._sizes = np.array([len(_pairs(key)) for key in self._keys], np.float32)
        self._cache: OrderedDict[str, tuple[tuple[int, float], ...]] = OrderedDict()

    def find(self, text: str) -> dict[int, float]:
        """Return the entries that something in the text resembles, with their likeness, 0..1; 1 is the entry itself."""
        found: dict[int, float] = {}
        for span in spans(text):
            for entry, likeness in self._find_span(span):
                found[entry] = max(likeness, found.get(entry, 0.0))
        return found

    def _find_span(self, span: str) -> tuple[tuple[int, float], ...]:
        known = self._cache.get(span)
        if known is None:
            known = tuple(self._compare(span))
            self._cache[span] = known
            if len(self._cache) > CACHED_SPANS:
                self._cache.popitem(last=False)
        return known

    def _compare(self, span: str) -> Iterator[tuple[int, float]]:
        exact = self._exact.get(span)
        if exact is not None:
            yield exact, 1.0
        key = sound_key(span)
        if len(key) < KEY_MIN:
            return
        pairs = _pairs(key)
        rows = [self._rows[pair] for pair in pairs if pair in self._rows]
        if len(rows) < SHARED_MIN * len(pairs) / 2:
            return
        key_places, span_places = _find_places(key), _find_places(span)
        shared = 2 * np.bincount(np.concatenate(rows), minlength=len(self._keys)) / (self._sizes + len(pairs))
        for entry in (*_largest(shared[: self._n_first]), *(_largest(shared[self._n_first :]) + self._n_first)):
            other = self._keys[entry]
            if entry == exact or abs(len(key) - len(other)) > (1 - LIKENESS_MIN) * max(len(key), len(other)):
                continue  # their lengths alone make them too different
            sound = _ratio(key, key_places, other)
            if sound < LIKENESS_MIN:
                continue
            likeness = (sound + _ratio(span, span_places, self._letters[entry])) / 2
            if likeness >= LIKENESS_MIN:
                # two different spellings are never as alike as a word and itself
                yield int(entry), min(likeness, 0.99)


def spans(text: str) -> Iterator[str]:
    """Yield the folded letters of every one to SPAN_WORDS words, or letters without spaces, that follow each other."""
    units = [match[0] for match in _UNITS.finditer(text)][-UNITS_MAX:]
    folded = [fold_letters(unit) for unit in units]
    for first, unit in enumerate(units):
        joined = ""
        for letters in folded[first : first + (SPAN_LETTERS if _IS_UNSPACED.match(unit) else SPAN_WORDS)]:
            joined += letters
            yield joined


def _pairs(key: str) -> frozenset[str]:
    """Return the pairs of neighbouring sounds, with the two ends."""
    padded = f"^{key}$"
    return frozenset(padded[i : i + 2] for i in range(len(padded) - 1))


def _largest(shared: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the positions of the best entries that share enough."""
    enough = np.flatnonzero(shared >= SHARED_MIN)
    if len(enough) > COMPARED_MAX:
        enough = enough[np.argpartition(shared[enough], -COMPARED_MAX)[-COMPARED_MAX:]]
    return enough


def _find_places(text: str) -> dict[str, int]:
    """Return where each letter of a text is, one bit for each place."""
    places: dict[str, int] = {}
    for i, letter in enumerate(text):
        places[letter] = places.get(letter, 0) | 1 << i
    return places


def _ratio(one: str, places: Mapping[str, int], other: str) -> float:
    """Return 1 minus the edit distance over the longer length; `places` are those of `one`."""
    longest = max(len(one), len(other))
    return 1.0 - _distance(one, places, other) / longest if longest else 0.0


def _distance(one: str, places: Mapping[str, int], other: str) -> int:
    """Return the Levenshtein distance, one bit a letter. Source: Hyyrö 2003, after Myers 1999."""
    if not one or not other:
        return len(one) + len(other)
    full, last = (1 << len(one)) - 1, 1 << len(one) - 1
    more, less, distance = full, 0, len(one)
    for letter in other:
        equal = places.get(letter, 0)
        diagonal = ((equal & more) + more ^ more) | equal | less
        right_more = less | ~(diagonal | more) & full
        right_less = more & diagonal
        distance += bool(right_more & last) - bool(right_less & last)
        right_more = right_more << 1 | 1
        more = (right_less << 1 | ~(diagonal | right_more)) & full
        less = right_more & diagonal
    return distance
