"""Divides the translation of a sentence among its phrases, and hides the end of one that may change; pure."""

import re
from collections.abc import Sequence

from app.captions.event import UNSPACED
from app.captions.sentences import ends_clause
from app.captions.untranslated import CLAUSE_WORDS

MASKED_WORDS = 2
"""Last words of a preview that are not shown while somebody speaks: they change most with the words that follow
(hold-n, Liu et al. 2020)."""

MASKED_LETTERS = 4
"""The same for scripts without spaces."""

_UNIT = re.compile(rf"\s*(?:[{UNSPACED}][\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*|[^\s{UNSPACED}]+)")
"""A word with the space before it, or one letter of a script without spaces."""

_CLOSERS = tuple("、。，．！？：；」』）】》〉…ー々っッゃャゅュょョーぁァぃィぅゥぇェぉォ")
"""Characters that never begin a part of a text."""


def divide_text(text: str, weights: Sequence[float], language: str) -> list[str]:
    """Divide a text into parts about as long as their weights, rather at the end of a clause.

    The parts, one after the other, are the text. Every part has a word, as long as there are enough.
    """
    units = _split_units(text)
    if len(units) < len(weights):
        return [*units, *[""] * (len(weights) - len(units))]
    parts: list[str] = []
    first = 0
    for number in range(1, len(weights)):
        exact = len(units) * sum(weights[:number]) / max(sum(weights), 1e-9)
        cuts = range(first + 1, len(units) - (len(weights) - number) + 1)
        last = min(cuts, key=lambda cut: abs(cut - exact) - CLAUSE_WORDS * _is_clause(units, cut, language))
        parts.append("".join(units[first:last]))
        first = last
    return [*parts, "".join(units[first:])]


def mask_end(text: str) -> str:
    """Return a text without its last words, or without its last letters in a script without spaces."""
    units = _split_units(text)
    if not units:
        return ""
    is_unspaced = bool(re.match(rf"\s*[{UNSPACED}]", units[-1]))
    return "".join(units[: -(MASKED_LETTERS if is_unspaced else MASKED_WORDS)]).rstrip()


def count_units(text: str) -> int:
    """Return how many words a text has; in scripts without spaces, two letters count as a word."""
    units = _split_units(text)
    n_letters = sum(bool(re.match(rf"\s*[{UNSPACED}]", unit)) for unit in units)
    return len(units) - n_letters + n_letters // 2


def _split_units(text: str) -> list[str]:
    units: list[str] = []
    for match in _UNIT.finditer(text):
        if units and match[0].startswith(_CLOSERS):
            units[-1] += match[0]
        else:
            units.append(match[0])
    if units:
        units[-1] += text[sum(map(len, units)) :]
    return units


def _is_clause(units: Sequence[str], cut: int, language: str) -> bool:
    following = units[cut].strip() if cut < len(units) else None
    return 0 < cut <= len(units) and ends_clause(units[cut - 1].strip(), language, following)
