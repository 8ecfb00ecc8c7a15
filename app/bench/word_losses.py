"""Counts the spoken words that a text lacks, and those that it has twice; pure.

Both texts are aligned by the shortest edit, with `%` as a word of its own. Words that are only written apart or
together, as `web site` and `website`, are the same, and so is a number in words and in digits. Where the alignment
differs, a written word stands for a spoken one, right or wrong; a spoken word for which none is left is lost. Written
words that no spoken word is left for are doubled if the same words stand near them, alike in at least four fifths of
their letters or as the beginning of a compound; otherwise they are invented.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from app.bench import score
from app.captions.numbers import is_same_number

PERCENT = "percent"

PERCENT_WORDS = frozenset({"percent", "prozent", "procent", "pourcent"})
"""The word for it where it is one word."""

LETTERS_MIN = 4
"""A shorter beginning of a word is a word of its own: `in` and `innen`."""

SIMILARITY_MIN = 0.8
"""Two passages this similar are one that was heard twice."""

PASSAGE_WORDS = 2
"""From this length on, a passage counts as doubled even if other words stand between, ..."""

BETWEEN_WORDS = 12
"""... but not more than these: the length of a sentence."""


@dataclass(frozen=True, slots=True)
class WordLosses:
    """How a written text differs from what was said."""

    lost: tuple[int, ...]
    """Places of the spoken words that the text lacks."""
    n_doubled: int
    """Words that it has twice."""
    n_invented: int
    """Words for which nothing was said and which double nothing."""


@dataclass(slots=True)
class _Difference:
    """A stretch in which the texts differ: places in the reference and in the written text."""

    spoken: list[int] = field(default_factory=list)
    written: list[int] = field(default_factory=list)
    unmatched: list[int] = field(default_factory=list)
    """Spoken places for which the alignment has no written word."""


def split_spoken(text: str) -> list[str]:
    """Return the normalized words of a text, with a percent sign as the word for it."""
    words = score.split_words(text.replace("%", f" {PERCENT} "))
    return [PERCENT if word in PERCENT_WORDS else word for word in words]


def compare_words(reference: Sequence[str], written: Sequence[str]) -> WordLosses:
    """Compare the words of a text with those that were said, both from `split_spoken`."""
    lost: list[int] = []
    n_doubled = n_invented = 0
    for difference in _find_differences(reference, written):
        spoken = [reference[place] for place in difference.spoken]
        said = [written[place] for place in difference.written]
        if "".join(spoken) == "".join(said) or is_same_number(spoken, said):
            continue
        n_twice = _count_doubled(written, difference.written, len(said) - len(spoken))
        n_missing = max(0, len(spoken) - (len(said) - n_twice))
        chosen = [*difference.unmatched, *(place for place in difference.spoken if place not in difference.unmatched)]
        lost += sorted(chosen[:n_missing])
        n_doubled += n_twice
        n_invented += max(0, len(said) - n_twice - len(spoken))
    return WordLosses(tuple(lost), n_doubled, n_invented)


def _find_differences(reference: Sequence[str], written: Sequence[str]) -> list[_Difference]:
    """Return the stretches between equal words; two words that the other text writes as one are one."""
    first, second = _join_apart(reference, set(written)), _join_apart(written, set(reference))
    found = [_Difference()]
    for block in Levenshtein.opcodes([text for text, _ in first], [text for text, _ in second]):
        if block.tag == "equal":
            found.append(_Difference())
            continue
        spoken = [place for _, places in first[block.src_start : block.src_end] for place in places]
        found[-1].spoken += spoken
        found[-1].written += [place for _, places in second[block.dest_start : block.dest_end] for place in places]
        found[-1].unmatched += spoken if block.tag == "delete" else []
    return [difference for difference in found if difference.spoken or difference.written]


def _join_apart(words: Sequence[str], others: set[str]) -> list[tuple[str, range]]:
    """Return the words with their places, two that the other text writes as one joined."""
    joined: list[tuple[str, range]] = []
    place = 0
    while place < len(words):
        pair = "".join(words[place : place + 2])
        n_words = 2 if len(words) - place > 1 and pair in others else 1
        joined.append((pair if n_words == 2 else words[place], range(place, place + n_words)))
        place += n_words
    return joined


def _count_doubled(written: Sequence[str], places: Sequence[int], n_excess: int) -> int:
    """Return how many of the words at successive places double the words around them.

    Words beyond the excess stand for spoken ones, unless they are a whole passage.
    """
    n_doubled = 0
    while places:
        for n_words in range(len(places), 0, -1):
            is_allowed = n_words <= n_excess - n_doubled or n_words >= PASSAGE_WORDS
            if is_allowed and _is_doubled(written, places[0], n_words):
                n_doubled += n_words
                places = places[n_words:]
                break
        else:
            places = places[1:]
    return n_doubled


def _is_doubled(written: Sequence[str], first: int, n_words: int) -> bool:
    """Return whether the words at a place stand just before or after it too."""
    for shift in range(-n_words, 1):  # of "a b c a b c", the shortest edit may insert "b c a"
        start = first + shift
        if start >= 0 and written[start : start + n_words] == written[start + n_words : start + 2 * n_words]:
            return True
    own = written[first : first + n_words]
    for n_other in range(max(1, n_words - 1), n_words + 2):
        before = written[max(0, first - n_other) : first]
        after = written[first + n_words : first + n_words + n_other]
        if _is_alike(own, before) or _is_alike(own, after):
            return True
    if n_words < PASSAGE_WORDS:
        return False
    far_before = written[max(0, first - n_words - BETWEEN_WORDS) : first]
    far_after = written[first + n_words : first + 2 * n_words + BETWEEN_WORDS]
    return _contains(far_before, own) or _contains(far_after, own)


def _is_alike(words: Sequence[str], others: Sequence[str]) -> bool:
    """Return whether two passages are the same thing heard twice."""
    one, other = "".join(words), "".join(others)
    shorter, longer = sorted((one, other), key=len)
    if len(words) == len(others) == 1:
        return shorter == longer or (len(shorter) >= LETTERS_MIN and longer.startswith(shorter))
    if min(len(words), len(others)) < 2:
        return shorter == longer
    return Levenshtein.normalized_similarity(one, other) >= SIMILARITY_MIN


def _contains(words: Sequence[str], passage: Sequence[str]) -> bool:
    return any(words[i : i + len(passage)] == passage for i in range(len(words) - len(passage) + 1))
