"""Finds what a hypothesis says again and again, and keeps the copies that were spoken; pure.

A model that is lost repeats itself, and so do people: "Test, test, test, test", "sehr, sehr, sehr, sehr gut", a chorus.
The difference is the sound: spoken copies are spread over voice, invented ones have hardly any time.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.decode.hypothesis import Word
from app.decode.tokens import fold_word

SINGLE_REPEATS = 4
GROUP_REPEATS = 3
"""A word four times in a row, or a group of words three times, may be a loop; fewer are rhetoric."""

DOUBLE_LETTERS = 6
"""A group of at least this many letters may also be a loop when it is there only twice: at short encoder lengths models
write a sentence twice (whisper.cpp issue 1951)."""

BROKEN_LETTERS = 6
"""Fewest letters of a second copy that the end of the window breaks off."""

SINGLES_KEPT = 2
"""Copies of a single word that stay when none has a plausible time; of a group, one stays."""

MANY_SINGLES = 8
MANY_GROUPS = 5
"""With more spoken copies than this a better decode is tried, though none is left out: alignment spreads a loop evenly
over other people's voice too."""

COMPRESSION_MAX = 2.4
"""Ratio beyond which text repeats itself (faster-whisper's `compression_ratio_threshold`), ..."""

COMPRESSION_LETTERS = 60
"""... on at least this many characters; short text always compresses badly."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A group of words that is repeated."""

    first: int
    """Number of the first word of the first copy."""
    size: int
    """Words in one copy."""
    n_copies: int
    """Whole copies in a row; 1 if the second one breaks off."""
    end: int
    """Number of the word after the loop; a last copy that breaks off belongs to it."""

    @property
    def is_long(self) -> bool:
        """Whether it has more copies than people say for emphasis."""
        return self.n_copies >= (SINGLE_REPEATS if self.size == 1 else GROUP_REPEATS)

    @property
    def is_endless(self) -> bool:
        """Whether it has more copies than people are likely to say at all."""
        return self.n_copies > (MANY_SINGLES if self.size == 1 else MANY_GROUPS)


@dataclass(frozen=True, slots=True)
class Unlooped:
    """Words without the copies that nobody said."""

    words: tuple[Word, ...]
    n_dropped: int = 0
    """Words that were left out."""
    is_loop: bool = False
    """Whether a better decode should be tried."""


def find_loops(words: Sequence[Word]) -> list[Loop]:
    """Return the loops in order: the shortest group first where several fit, none of them overlapping."""
    plains = [fold_word(word.text) or word.text for word in words]
    loops: list[Loop] = []
    at = 0
    while at < len(plains):
        loop = _loop_at(plains, at)
        if loop is not None:
            loops.append(loop)
        at = loop.end if loop is not None else at + 1
    return loops


def truncate_loops(words: Sequence[Word], is_spoken: Callable[[Sequence[Word]], bool]) -> Unlooped:
    """Leave out the copies of loops that `is_spoken` denies, but never all of them.

    If no copy has a plausible time, the first ones stay.
    """
    kept: list[Word] = []
    at = n_dropped = 0
    is_loop = False
    for loop in find_loops(words):
        kept += words[at : loop.first]
        whole_end = loop.first + loop.size * loop.n_copies
        copies = [tuple(words[i : i + loop.size]) for i in range(loop.first, whole_end, loop.size)]
        spoken = _one_after_the_other([copy for copy in copies if is_spoken(copy)])
        chosen = spoken or copies[: SINGLES_KEPT if loop.size == 1 else 1]
        broken = tuple(words[whole_end : loop.end])
        if broken and is_spoken(broken):
            chosen.append(broken)
        for copy in chosen:
            kept += copy
        n_dropped += loop.end - loop.first - sum(map(len, chosen))
        is_loop |= loop.is_endless or (loop.is_long and len(spoken) < len(copies))
        at = loop.end
    kept += words[at:]
    return Unlooped(tuple(kept), n_dropped, is_loop)


def _one_after_the_other(copies: Sequence[tuple[Word, ...]]) -> list[tuple[Word, ...]]:
    """Return the copies that do not lie on the one before: nobody says two things at once."""
    kept: list[tuple[Word, ...]] = []
    for copy in copies:
        length_s = copy[-1].end_s - copy[0].start_s
        if not kept or copy[0].start_s >= kept[-1][-1].end_s - length_s / 2:
            kept.append(copy)
    return kept


def repeats_itself(text: str) -> bool:
    """Return whether a text compresses so well that it says the same again and again."""
    return compression_ratio(text) > COMPRESSION_MAX


def compression_ratio(text: str) -> float:
    """Return length over zlib-compressed length in characters, 0 for text too short to judge.

    Each character counts as one byte, whatever its script: in UTF-8 ordinary Burmese or Khmer compresses like a loop.
    """
    if len(text) < COMPRESSION_LETTERS:
        return 0.0
    numbers = {letter: i % 256 for i, letter in enumerate(dict.fromkeys(text))}
    data = bytes(numbers[letter] for letter in text)
    return len(data) / len(zlib.compress(data))


def _loop_at(plains: Sequence[str], first: int) -> Loop | None:
    """Return the loop that begins with this word, if one does."""
    n_words = len(plains)
    for size in range(1, n_words - first):
        if plains[first] != plains[first + size]:
            continue
        end = first + size
        while end < n_words and plains[end] == plains[end - size]:
            end += 1
        n_copies = (end - first) // size
        is_broken = n_copies >= 2 or (end == n_words and sum(map(len, plains[first + size : end])) >= BROKEN_LETTERS)
        is_double = is_broken and sum(map(len, plains[first : first + size])) >= DOUBLE_LETTERS
        loop = Loop(first, size, n_copies, end)
        if loop.is_long or is_double:
            return loop
    return None
