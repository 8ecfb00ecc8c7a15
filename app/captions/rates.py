"""How fast people talk: the time that a text needs, and hypotheses that do not fit theirs; pure.

Words are a poor measure: a Thai or Chinese word is often one token, a Finnish one has 15 letters. Time is counted by
letters, whose least duration depends on their script.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache

from app.captions.windows import VoiceActivity
from app.decode.hypothesis import Word

LETTERS_PER_S = 45.0
"""The fastest letters of an alphabet or syllabary, twice as fast as ordinary speech at 1.5 times its pace (15 letters a
second; Spanish and Italian reach 18). Vowel signs and other marks take no time of their own: Khmer and Burmese write up
to four code points for a syllable."""

IDEOGRAPHS_PER_S = 25.0
"""The fastest ideographs and Hangul syllables; Mandarin and Korean have 5 to 7 a second at ordinary pace."""

SPOKEN = 1.6
"""Text is spoken if it has at least this many times its least time: 28 letters a second, or 16 ideographs."""

SQUEEZED = 0.6
"""A stretch of words in less than this share of its least time was not said where the alignment puts it."""

SQUEEZED_S = 0.5
"""Least time, at the fastest pace, of a stretch that is tested; alignment is accurate to a tenth of a second."""

SPARSE_SPEECH_S = 2.5
"""Voice beyond the words must last this long before they are too few for it: a pause has no voice, a tone has."""

SPARSE_SHARE = 0.3
SPARSE_WORDS = 3
"""Words that cover more than this share of the voice, or are more than this many, are slow speech, or speech after
laughter and singing, which count as voice too."""

WORD_MAX_S = 1.5
"""A word covers at most this much voice: alignment stretches a lone word over a whole tone."""

REACH_S = 0.3
"""Voice this close to a word belongs to it."""


def shortest_s(text: str) -> float:
    """Return the least time in seconds in which a person can say a text."""
    return sum(_letter_s(letter) for letter in text)


def spoken_s(text: str) -> float:
    """Return the time in seconds that a text needs when somebody talks fast."""
    return SPOKEN * shortest_s(text)


def is_too_fast(words: Sequence[Word]) -> bool:
    """Return whether any stretch of the timed words was written into far less time than a person needs."""
    needs = [shortest_s(word.text) for word in words]
    first, need_s = 0, 0.0
    for last, word in enumerate(words):
        need_s += needs[last]
        while need_s - needs[first] >= SQUEEZED_S:
            need_s -= needs[first]
            first += 1
        if need_s >= SQUEEZED_S and word.end_s - words[first].start_s < SQUEEZED * need_s:
            return True
    return bool(words) and words[-1].end_s - words[0].start_s < sum(needs) - SQUEEZED_S


def is_too_sparse(words: Sequence[Word], sound: VoiceActivity, start_s: float, end_s: float | None) -> bool:
    """Return whether much of the voice between two moments has no words, and the words cover little of it."""
    voiced_s = sound.voiced_s(start_s, end_s) if end_s is not None else 0.0
    if voiced_s < SPARSE_SPEECH_S or len(words) > SPARSE_WORDS:
        return False
    covered_s, done_s = 0.0, start_s
    for word in words:
        first_s = max(done_s, word.start_s - REACH_S)
        done_s = max(first_s, min(word.end_s, word.start_s + WORD_MAX_S) + REACH_S)
        covered_s += sound.voiced_s(first_s, done_s)
    return voiced_s - covered_s >= SPARSE_SPEECH_S and covered_s < SPARSE_SHARE * voiced_s


@cache
def _letter_s(letter: str) -> float:
    if unicodedata.category(letter)[0] not in "LN":
        return 0.0
    name = unicodedata.name(letter, "")
    return 1 / IDEOGRAPHS_PER_S if name.startswith(("CJK", "HANGUL SYLLABLE")) else 1 / LETTERS_PER_S
