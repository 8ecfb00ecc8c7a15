"""Finds speech that a hypothesis leaves without words; pure.

A model may stop writing at a pause within a window, or begin after one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.captions.windows import VoiceActivity
from app.decode.hypothesis import Word

EDGE_S = 0.6
"""With this much voice before the first or after the last word something was left out. Chosen with traces of hesitant
speakers and the demo model."""

INNER_S = 1.5
"""The same between two words: a drawn-out "um", which models leave out, is shorter."""

WORD_ERROR_S = 0.3
"""Voice this close to a word belongs to it: alignment errs, and speech detection hears up to 0.2 s too much."""

LETTER_S = 0.07
"""Time of a letter at a normal pace: alignment sometimes gives a long last word hardly any time."""


@dataclass(frozen=True, slots=True)
class Unwritten:
    """The first stretch of speech without words."""

    is_first: bool
    """Whether it comes before the first word."""
    start_s: float
    """Where it begins, with a little silence before it."""
    end_s: float
    """Where the next word, or the sound, begins or ends."""


def find_unwritten(words: Sequence[Word], start_s: float, end_s: float, sound: VoiceActivity) -> Unwritten | None:
    """Return the first stretch of speech between two moments that the words there leave out; None if there is none."""
    if not words or all(word.end_s <= word.start_s for word in words):
        return None
    edges = [(start_s, words[0].start_s)]
    edges += [(word.end_s, following.start_s) for word, following in pairwise(words)]
    last = words[-1]
    edges.append((max(last.end_s, last.start_s + LETTER_S * len(last.text)), end_s))
    for n_before, (first_s, last_s) in enumerate(edges):
        is_inner = 0 < n_before < len(words)
        error_after_s = WORD_ERROR_S if n_before < len(words) else 0.0
        error_before_s = WORD_ERROR_S if n_before else 0.0
        voice = sound.spans(first_s + error_before_s, last_s - error_after_s)
        if sum(span[1] - span[0] for span in voice) >= (INNER_S if is_inner else EDGE_S):
            return Unwritten(not n_before, max(first_s, voice[0][0] - WORD_ERROR_S), last_s)
    return None
