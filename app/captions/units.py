"""Words as they are compared: with the bare punctuation that belongs to them; pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.captions.numbers import SYMBOLS
from app.decode.hypothesis import Word

OPENING = frozenset({"Pd", "Ps", "Pi"})
"""Unicode categories of marks that belong to the word after them: dashes, opening brackets and quotes."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A word with the bare punctuation that belongs to it."""

    text: str
    """The word as written."""
    letters: str
    """What is compared: letters, digits and symbols that are read as a word."""
    index: int
    """Number of the word, from 0."""
    n_words: int
    """Words up to the end of this unit."""
    start_s: float
    end_s: float

    @property
    def middle_s(self) -> float:
        """Its middle."""
        return (self.start_s + self.end_s) / 2

    def cut_letters(self, n: int) -> str:
        """Return its text without the first `n` letters that are compared."""
        return next((self.text[i:] for i in range(len(self.text)) if len(fold_letters(self.text[:i])) == n), "")


def read_units(words: Sequence[Word]) -> list[Unit]:
    """Return the units of words; bare punctuation without a word to belong to is none."""
    units: list[Unit] = []
    for i, word in enumerate(words):
        letters = fold_letters(word.text)
        if letters:
            units.append(Unit(word.text, letters, i, i + 1, word.start_s, word.end_s))
        elif units and units[-1].n_words == i and not is_opening(word.text):
            last = units[-1]
            units[-1] = Unit(last.text, last.letters, last.index, i + 1, last.start_s, last.end_s)
    return units


def is_timed(units: Sequence[Unit]) -> bool:
    """Return whether units have times; those of a draft are all at one moment."""
    return bool(units) and units[0].start_s != units[-1].end_s


def is_opening(text: str) -> bool:
    """Return whether a word is bare punctuation that belongs to the word after it."""
    return not fold_letters(text) and (text[0] in "\"'¿¡" or unicodedata.category(text[0]) in OPENING)


@lru_cache(maxsize=8192)
def fold_letters(text: str) -> str:
    """Return what is compared of a text: compatibility forms folded, no case, no punctuation but symbols."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] in "LNM" or letter in SYMBOLS)
