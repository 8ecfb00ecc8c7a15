"""Compares written text with what was said; pure.

Texts are compared word by word after `normalize`. Needs rapidfuzz, which the extra `bench` installs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from app.decode.tokens import fold_word
from app.errors import SettingsError

try:
    from rapidfuzz.distance import Levenshtein
except ImportError as exc:
    raise SettingsError("Figures need the extra bench: install surtitle[bench].") from exc

_SEPARATORS = str.maketrans(dict.fromkeys("—–…/", " "))
"""Marks that separate two words even without a space."""


def normalize(text: str) -> str:
    """Return a text as it is compared: NFKC, no case, no punctuation, single spaces; numbers stay as they are."""
    return " ".join(split_words(text))


def split_words(text: str) -> list[str]:
    """Return the normalized words of a text; punctuation alone is not a word."""
    words = (fold_word(word) for word in text.translate(_SEPARATORS).split())
    return [word for word in words if word]


@dataclass(frozen=True, slots=True)
class Errors:
    """How many edits turn a reference into the written text, and how long the reference is."""

    n_errors: int = 0
    """Substitutions, deletions and insertions of the shortest edit (Levenshtein)."""
    n_reference: int = 0

    @property
    def rate(self) -> float | None:
        """Errors per unit of reference; None for an empty reference."""
        return self.n_errors / self.n_reference if self.n_reference else None


def count_word_errors(reference: str, written: str) -> Errors:
    """Count word errors; their rate is the WER (NIST sclite's definition, as in jiwer) after `normalize`."""
    wanted = split_words(reference)
    return Errors(Levenshtein.distance(wanted, split_words(written)), len(wanted))


def count_letter_errors(reference: str, written: str) -> Errors:
    """Count character errors, spaces included; their rate is the CER, as in jiwer, after `normalize`."""
    wanted = normalize(reference)
    return Errors(Levenshtein.distance(wanted, normalize(written)), len(wanted))


def add_errors(parts: Iterable[Errors]) -> Errors:
    """Add up the errors of several texts, weighted by length; texts without a reference are left out."""
    counted = [part for part in parts if part.n_reference]
    return Errors(sum(part.n_errors for part in counted), sum(part.n_reference for part in counted))


def match_words(reference: Sequence[str], written: Sequence[str]) -> dict[int, int]:
    """Match the words of a reference with the written words: {place in reference: place in written}.

    Both are normalized. Only equal words that the shortest edit keeps are matched.
    """
    pairs: dict[int, int] = {}
    for block in Levenshtein.opcodes(reference, written):
        if block.tag == "equal":
            pairs.update(
                zip(range(block.src_start, block.src_end), range(block.dest_start, block.dest_end), strict=True)
            )
    return pairs


SPARE_WORDS = 8
"""By how many words the shown start of a text may differ in length from the same start of the final text."""


def match_start(final: Sequence[str], shown: Sequence[str], spare: int = SPARE_WORDS) -> dict[int, int]:
    """Match the words shown so far with the start of the final text: {place in final: place in shown}.

    The start with the smallest edit distance is chosen; if several are equal, the one closest in length. So a word is
    not matched with a repetition much later. `spare` is the number of words by which the lengths may differ.
    """
    same = count_common_start(final, shown)
    tail = shown[same:]
    rest = final[same : same + len(tail) + spare]
    if not tail or not rest:
        return {place: place for place in range(same)}
    shortest = max(0, min(len(tail) - spare, len(rest)))
    lengths = range(shortest, len(rest) + 1)
    best = min(lengths, key=lambda n: (Levenshtein.distance(rest[:n], tail), abs(n - len(tail))))
    pairs = {place: place for place in range(same)}
    return pairs | {same + place: same + other for place, other in match_words(rest[:best], tail).items()}


def count_common_start(first: Sequence[str], second: Sequence[str]) -> int:
    """Count the words at the start that are the same in both."""
    n_same = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        n_same += 1
    return n_same


def count_insertions(reference: str, written: str) -> int:
    """Count the written words that the shortest edit inserts."""
    blocks = Levenshtein.opcodes(split_words(reference), split_words(written))
    return sum(block.dest_end - block.dest_start for block in blocks if block.tag == "insert")


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Median and 95th percentile, linearly interpolated (numpy's default); None if nothing was measured."""

    p50: float | None
    p95: float | None

    def as_json(self) -> dict[str, float | None]:
        """Return both by name."""
        return {"p50": self.p50, "p95": self.p95}


def measure_percentiles(values: Sequence[float]) -> Percentiles:
    """Return median and 95th percentile of the values, to the millisecond if they are seconds."""
    if not values:
        return Percentiles(None, None)
    p50, p95 = (round(float(np.percentile(values, percent)), 3) for percent in (50, 95))
    return Percentiles(p50, p95)
