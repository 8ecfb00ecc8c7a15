"""Corrections of what a model tends to write, where the sound allows them; pure.

A glossary's `wrong => right` is replaced only if the model, listening to the same sound, finds the right text at least
as probable. So a rule for a name leaves the everyday word alone where somebody says the everyday word.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.decode.tokens import SpelledWord, fold_word

SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "।", "؟", "۔")
"""Punctuation that stays when the last words of a sentence are deleted."""

FOLLOWING = 2
"""Tokens after a correction that are scored with it: without a word that was said, the next ones fit no longer."""

PROBABILITY_MIN = 1e-9
"""Smallest probability of a token; its logarithm stays finite."""


@dataclass(frozen=True, slots=True)
class TermCorrection:
    """A place of a text where a correction may apply."""

    first: int
    """Number of the first token that is replaced."""
    last: int
    """One past the last one."""
    tokens: list[int] = field(default_factory=list)
    """What replaces them; empty deletes the words, for which no score is needed."""


def find_corrections(
    words: Sequence[SpelledWord], pairs: Sequence[tuple[str, str]], encode: Callable[[str], list[int]]
) -> list[TermCorrection]:
    """Return where the `wrong` of a (wrong, right) pair stands in a text, in order and not overlapping.

    Words are compared without case, punctuation and spaces: `Sir Title` is also found as `SirTitle`. At one place the
    longest `wrong` counts. `encode` turns text into tokens.
    """
    rights = {"".join(fold_word(part) for part in wrong.split()): right.strip() for wrong, right in pairs}
    rights.pop("", None)
    longest = max(map(len, rights), default=0)
    folded = [fold_word(word.text) for word in words]
    found: list[TermCorrection] = []
    i = 0
    while i < len(words):
        said, end = "", 0
        for j in range(i, len(words)):
            said += folded[j]
            if not folded[i] or len(said) > longest:
                break
            if folded[j] and said in rights:
                end, right = j + 1, rights[said]
        if not end:
            i += 1
            continue
        if right:
            # the text keeps the punctuation around the place, and its space if the first heard token contains it
            space = " " if words[i].text.startswith(" ") and words[i].spoken_first == words[i].first else ""
            found.append(TermCorrection(words[i].spoken_first, words[end - 1].spoken_last, encode(space + right)))
        else:
            found.append(_delete(words, i, end))
        i = end
    return found


def _delete(words: Sequence[SpelledWord], begin: int, end: int) -> TermCorrection:
    """Return a correction without the words from `begin` up to `end`; their sentence still ends."""
    last = words[end - 1]
    if begin and last.text.rstrip().endswith(SENTENCE_ENDS):
        return TermCorrection(words[begin - 1].spoken_last, last.spoken_last)
    return TermCorrection(words[begin].first, last.last)


def apply_corrections(tokens: Sequence[int], corrections: Sequence[TermCorrection]) -> list[int]:
    """Return the tokens with corrections that do not overlap."""
    corrected = list(tokens)
    for correction in sorted(corrections, key=lambda one: one.first, reverse=True):
        corrected[correction.first : correction.last] = correction.tokens
    return corrected


def is_as_probable(
    texts: tuple[Sequence[int], Sequence[int]], probabilities: tuple[Sequence[float], Sequence[float]]
) -> bool:
    """Return whether the second of two texts is at least as probable as the first.

    `texts` are their tokens, `probabilities` those of the tokens under forced alignment with the same sound. The mean
    log-probability is compared of the tokens that differ, with FOLLOWING tokens after them. The sum would favour
    whichever text has fewer tokens, and names have many.
    """
    before, after = texts
    shorter = min(len(before), len(after))
    first = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    same = next((i for i in range(shorter - first) if before[-1 - i] != after[-1 - i]), shorter - first)
    scores = [_mean_logprob(own[first : max(first + 1, len(own) - same + FOLLOWING)]) for own in probabilities]
    return scores[1] >= scores[0]


def _mean_logprob(probabilities: Sequence[float]) -> float:
    logs = [math.log(max(probability, PROBABILITY_MIN)) for probability in probabilities]
    return sum(logs) / len(logs) if logs else 0.0
