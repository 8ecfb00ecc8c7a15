"""How far written text is from what was said; pure.

Texts come in as people write them and are compared word by word behind `normalize`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from app.decode.tokens import fold_word

_SEPARATORS = str.maketrans(dict.fromkeys("—–…/", " "))
"""Marks that part two words although no space stands beside them."""


def normalize(text: str) -> str:
    """Return a text as it is compared: NFKC, no case, no punctuation, single spaces; numbers are left as they are."""
    return " ".join(split(text))


def split(text: str) -> list[str]:
    """Return the normalized words of a text; what is only punctuation is none."""
    words = (fold_word(word) for word in text.translate(_SEPARATORS).split())
    return [word for word in words if word]


@dataclass(frozen=True, slots=True)
class Errors:
    """Edits that turn a reference into what was written, and how long the reference is."""

    n_errors: int = 0
    """Substitutions, deletions and insertions of the shortest edit (Levenshtein)."""
    n_reference: int = 0

    @property
    def rate(self) -> float | None:
        """Errors per unit of reference; None for an empty reference, of which no share can be wrong."""
        return self.n_errors / self.n_reference if self.n_reference else None


def word_errors(reference: str, written: str) -> Errors:
    """Count word errors; their rate is the WER (NIST sclite's definition, as in jiwer) after `normalize`."""
    wanted = split(reference)
    return Errors(Levenshtein.distance(wanted, split(written)), len(wanted))


def letter_errors(reference: str, written: str) -> Errors:
    """Count character errors, spaces included; their rate is the CER, as in jiwer, after `normalize`."""
    wanted = normalize(reference)
    return Errors(Levenshtein.distance(wanted, normalize(written)), len(wanted))


def total(parts: Iterable[Errors]) -> Errors:
    """Add up errors of several texts, so that each weighs by its length; texts without reference are left out."""
    counted = [part for part in parts if part.n_reference]
    return Errors(sum(part.n_errors for part in counted), sum(part.n_reference for part in counted))


def matched(reference: Sequence[str], written: Sequence[str]) -> dict[int, int]:
    """Return which written word stands for which word of the reference: {place in reference: place in written}.

    Both are normalized. Only equal words that the shortest edit leaves alone are matched.
    """
    pairs: dict[int, int] = {}
    for block in Levenshtein.opcodes(reference, written):
        if block.tag == "equal":
            pairs.update(
                zip(range(block.src_start, block.src_end), range(block.dest_start, block.dest_end), strict=True)
            )
    return pairs


SPARE_WORDS = 8
"""By how many words what is shown of a text may differ in length from what it will be."""


def matched_start(final: Sequence[str], shown: Sequence[str], spare: int = SPARE_WORDS) -> dict[int, int]:
    """Match what is shown so far with the start of a text that is still to grow: {place in final: place in shown}.

    The start is the one with the shortest edit, of equals the one most like in length; so a word that comes again much
    later is not taken for its later self. `spare` is by how many words the lengths may differ.
    """
    same = common_start(final, shown)
    tail = shown[same:]
    rest = final[same : same + len(tail) + spare]
    if not tail or not rest:
        return {place: place for place in range(same)}
    shortest = max(0, min(len(tail) - spare, len(rest)))
    lengths = range(shortest, len(rest) + 1)
    best = min(lengths, key=lambda n: (Levenshtein.distance(rest[:n], tail), abs(n - len(tail))))
    pairs = {place: place for place in range(same)}
    return pairs | {same + place: same + other for place, other in matched(rest[:best], tail).items()}


def common_start(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many words at the start are the same in both."""
    n_same = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        n_same += 1
    return n_same


def insertions(reference: str, written: str) -> int:
    """Count the written words that the shortest edit puts where the reference has none."""
    blocks = Levenshtein.opcodes(split(reference), split(written))
    return sum(block.dest_end - block.dest_start for block in blocks if block.tag == "insert")


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 95th percentile, linearly interpolated (numpy's default); None where nothing was measured."""

    p50: float | None
    p95: float | None

    def as_json(self) -> dict[str, float | None]:
        """Return both by name."""
        return {"p50": self.p50, "p95": self.p95}


def spread(values: Sequence[float]) -> Spread:
    """Return median and 95th percentile of the values, to the millisecond if they are seconds."""
    if not values:
        return Spread(None, None)
    p50, p95 = (round(float(np.percentile(values, percent)), 3) for percent in (50, 95))
    return Spread(p50, p95)
