"""Breaks text into lines that fit a screen, and into cues that can be read in time; pure.

The limits are those of broadcast subtitles: two lines of at most 42 columns, at least a second, 17 characters a
second (Netflix Timed Text Style Guide for English; BBC Subtitle Guidelines are close to it).
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, inf

from app.captions.sentences import CLAUSE_ENDS
from app.outputs.pacing import Pausing, at_once

LINE_MAX = 42
"""Most columns of a line."""

CUE_LINES = 2
"""Lines shown at once."""

CUE_MIN_S = 1.0
"""Minimum duration of a cue; shorter ones are missed."""

LETTERS_PER_S = 17.0
"""Columns of text that a person reads in a second."""

LATE_MAX_S = 1.5
"""How long a cue may be delayed so that the previous one can be read (BBC Subtitle Guidelines 5.2: no more than 1.5 s
out of step with speech). None of the demo meeting's 31 cues exceeds 17 columns a second. Spoken 1.3 times as fast, 14
would without delays, and none does with them."""

LINE_COST = 10_000.0
"""Cost of an additional line, larger than any gain from a better break."""

RAGGED_COST = 0.05
"""Cost of each empty column of a line, squared, so that two lines get similar lengths."""

BREAK_COST = 30.0
"""Cost of a break inside a clause; half as much before a conjunction, none after punctuation."""

CONJUNCTIONS = frozenset(
    {"and", "or", "but", "because", "that", "which", "who", "when", "while", "if", "than"}
    | {"und", "oder", "aber", "denn", "weil", "dass", "wenn", "während", "ob", "als", "sondern"}
)
"""Words that are good at the start of a line, in English and German."""

_CLOSERS = frozenset("。、，．！？）」』】〉》…ー・")
"""Marks of unspaced scripts that must not begin a line."""
_GLUE = frozenset("\u200d\u2060")
"""Zero-width joiner, which makes one emoji of several, and word joiner: no line breaks after them."""
_SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_UNSEEN = dict.fromkeys(i for i in (*range(0x20), *range(0x7F, 0xA0), 0xFEFF) if not chr(i).isspace())
"""Control characters and the byte order mark, which have no meaning inside a text."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines that are on the screen for a while."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class _Unbreakable:
    """A piece of text without a possible line break."""

    text: str
    columns: int
    spaced: bool
    """Whether a space comes before it."""


def count_columns(text: str) -> int:
    """Return how many columns a text takes: two for wide East Asian characters, none for combining marks."""
    return len(text) if text.isascii() else sum(map(_letter_columns, text))


def tidy(text: str) -> str:
    """Return a text as one line: single spaces for white space, no control characters and no byte order marks."""
    return " ".join(text.translate(_UNSEEN).split())


def wrap(text: str, line_max: int = LINE_MAX) -> list[str]:
    """Break a text into as few lines as it needs, of at most `line_max` columns each.

    It prefers lines of similar length that break after punctuation or before a conjunction. The text is made tidy
    first. A word longer than a line is cut.
    """
    pieces = _split_pieces(text, line_max)
    # best[i]: the least cost of breaking the pieces from i on, and where the line that begins with i ends
    best: list[tuple[float, int]] = [(0.0, len(pieces))] * (len(pieces) + 1)
    for first in range(len(pieces) - 1, -1, -1):
        n_columns = 0
        choices: list[tuple[float, int]] = []
        for after in range(first + 1, len(pieces) + 1):
            piece = pieces[after - 1]
            n_columns += piece.columns + (piece.spaced and after - 1 > first)
            if n_columns > line_max:
                break
            cost = LINE_COST + RAGGED_COST * (line_max - n_columns) ** 2 + _break_cost(pieces, after)
            choices.append((cost + best[after][0], after))
        best[first] = min(choices)
    lines: list[str] = []
    first = 0
    while first < len(pieces):
        after = best[first][1]
        lines.append("".join((" " if piece.spaced else "") + piece.text for piece in pieces[first:after]).strip())
        first = after
    return lines


def fill(text: str, line_max: int = LINE_MAX) -> list[str]:
    """Break a text that still grows: each line is filled before the next one, so that words keep their line."""
    lines: list[str] = []
    left = 0
    for piece in _split_pieces(text, line_max):
        if lines and piece.columns + piece.spaced <= left:
            lines[-1] += " " * piece.spaced + piece.text
            left -= piece.columns + piece.spaced
        else:
            lines.append(piece.text)
            left = line_max - piece.columns
    return lines


# a growing file needs all of its cues again with each phrase; like the log, the cache has room for a day of talk
@lru_cache(maxsize=10_000)
def split_cues(text: str, start_s: float, end_s: float, speaker: str | None = None) -> tuple[Cue, ...]:
    """Split what was said from `start_s` to `end_s` into cues, with time in proportion to their length."""
    lines = wrap(text)
    groups = [tuple(lines[first : first + CUE_LINES]) for first in range(0, len(lines), CUE_LINES)]
    lengths = [sum(count_columns(line) for line in group) for group in groups]
    long_s = max(0.0, end_s - start_s)
    split: list[Cue] = []
    at_s = start_s
    for group, length in zip(groups, lengths, strict=True):
        until_s = at_s + long_s * length / max(1, sum(lengths))
        split.append(Cue(at_s, until_s, group, speaker))
        at_s = until_s
    return tuple(split)


def schedule(wanted: Iterable[Cue], pace: Pausing = at_once) -> list[Cue]:
    """Extend each cue into the silence after it until it can be read, to the millisecond.

    The cues are sorted by their start and never overlap. If the next cue follows at once but has time to spare, it is
    delayed by at most LATE_MAX_S. If no cue has time to spare, a cue may be too short to be read, but never shorter
    than CUE_MIN_S; for that, the next one is delayed as long as necessary. `pace` gets all cues four times, and may
    pause between them.
    """
    ordered = sorted(wanted, key=lambda cue: cue.start_s)
    starts_ms = [max(0, round(cue.start_s * 1000)) for cue in pace(ordered)]
    reads_ms = [_reading_ms(cue) for cue in pace(ordered)]
    # how late each may begin so that neither it nor any later one loses time to be read
    latest_ms: list[float] = [inf] * (len(ordered) + 1)
    for i in pace(range(len(ordered) - 1, -1, -1)):
        spare_ms = min(LATE_MAX_S * 1000, latest_ms[i + 1] - reads_ms[i] - starts_ms[i])
        latest_ms[i] = starts_ms[i] + max(0, spare_ms)
    timed: list[Cue] = []
    free_ms: float = 0
    for i, (cue, next_ms) in enumerate(zip(pace(ordered), (*starts_ms[1:], inf), strict=False)):
        start_ms = max(starts_ms[i], free_ms)
        spoken_ms = min(round(cue.end_s * 1000), next_ms)
        free_ms = max(spoken_ms, min(start_ms + reads_ms[i], latest_ms[i + 1]), start_ms + CUE_MIN_S * 1000)
        timed.append(replace(cue, start_s=start_ms / 1000, end_s=free_ms / 1000))
    return timed


def _reading_ms(cue: Cue) -> int:
    return ceil(1000 * max(CUE_MIN_S, sum(count_columns(line) for line in cue.lines) / LETTERS_PER_S))


def _split_pieces(text: str, line_max: int) -> list[_Unbreakable]:
    return [piece for word in tidy(text).split() for piece in _split_word(word, line_max)]


def _split_word(word: str, line_max: int) -> list[_Unbreakable]:
    """Split a word where a line may break inside it: around wide characters, and where it does not fit a line."""
    if word.isascii() and len(word) <= line_max:  # ten times as fast, for most words
        return [_Unbreakable(word, len(word), spaced=True)]
    firsts: list[int] = []
    lengths: list[int] = []
    was_wide = False
    for i, letter in enumerate(word):
        n_columns = _letter_columns(letter)
        is_wide = n_columns == 2
        joins = letter in _CLOSERS or letter in _SKIN_TONES or word[i - 1] in _GLUE or not (is_wide or was_wide)
        if firsts and (not n_columns or (joins and lengths[-1] + n_columns <= line_max)):
            lengths[-1] += n_columns
        else:
            firsts.append(i)
            lengths.append(n_columns)
        was_wide = is_wide if n_columns else was_wide
    ends = [*firsts[1:], len(word)]
    return [_Unbreakable(word[i:j], n, i == 0) for i, j, n in zip(firsts, ends, lengths, strict=True)]


def _break_cost(pieces: Sequence[_Unbreakable], after: int) -> float:
    if after == len(pieces) or pieces[after - 1].text.endswith(CLAUSE_ENDS):
        return 0.0
    return BREAK_COST / 2 if pieces[after].text.casefold() in CONJUNCTIONS else BREAK_COST


@lru_cache(maxsize=4_096)
def _letter_columns(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
