"""Text to lines that fit a screen and cues that can be read in time; pure.

The measures are those of broadcast subtitles: two lines of at most 42 columns, a second at least, 17 characters a
second (Netflix Timed Text Style Guide for English; BBC Subtitle Guidelines are close to it).
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, inf

LINE_MAX = 42
"""Columns of a line."""

CUE_LINES = 2
"""Lines shown at once."""

CUE_MIN_S = 1.0
"""A cue shown for less is missed."""

LETTERS_PER_S = 17.0
"""Columns of text that a reader takes in a second."""

LATE_MAX_S = 1.5
"""How long a cue may wait for the one before it to be read (BBC Subtitle Guidelines 5.2: no more than 1.5 s out of step
with speech). Of the demo meeting's 31 cues none is above 17 columns a second. Spoken 1.3 times as fast, 14 would be
if none waited, and none is."""

LINE_COST = 10_000.0
"""Of one more line: no break is so good that it is worth one."""

RAGGED_COST = 0.05
"""Of each column squared that a line leaves empty, so that two lines become alike in length."""

BREAK_COST = 30.0
"""Of a break inside a clause; half as much before a conjunction, nothing behind punctuation."""

CONJUNCTIONS = frozenset(
    {"and", "or", "but", "because", "that", "which", "who", "when", "while", "if", "than"}
    | {"und", "oder", "aber", "denn", "weil", "dass", "wenn", "während", "ob", "als", "sondern"}
)
"""Words a line may well begin with, in the languages that are spoken most here."""

_PAUSES = (".", ",", ";", ":", "!", "?", "…", "。", "、", "，", "！", "？")
_CLOSERS = frozenset("。、，．！？）」』】〉》…ー・")
"""Marks of unspaced scripts that must not begin a line."""
_GLUE = frozenset("\u200d\u2060")
"""Zero-width joiner, which makes one emoji of several, and word joiner: no line breaks behind them."""
_SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_UNSEEN = dict.fromkeys(i for i in (*range(0x20), *range(0x7F, 0xA0), 0xFEFF) if not chr(i).isspace())
"""Control characters and the byte order mark, which mean nothing inside a text."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines that stand on the screen for a while."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class _Unbreakable:
    """What no line break may part."""

    text: str
    columns: int
    spaced: bool
    """Whether a space stands before it."""


def columns(text: str) -> int:
    """Return how many columns a text takes: two for wide East Asian characters, none for marks that combine."""
    return sum(_columns(letter) for letter in text)


def tidy(text: str) -> str:
    """Return a text as one line: single spaces for white space, no control characters and no byte order marks."""
    return " ".join(text.translate(_UNSEEN).split())


def wrap(text: str, line_max: int = LINE_MAX) -> list[str]:
    """Break a text into as few lines as it needs, of at most `line_max` columns each.

    Of the ways to do that it takes the one with lines alike in length, broken behind punctuation or before a
    conjunction where that is possible. The text is made tidy first. A word longer than a line is cut.
    """
    pieces = _pieces(text, line_max)
    # best[i]: the least cost of breaking the pieces from i on, and where the line that begins there ends
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
    """Break a text that still grows: a line is full before the next begins, so that words stay on their line."""
    lines: list[str] = []
    left = 0
    for piece in _pieces(text, line_max):
        if lines and piece.columns + piece.spaced <= left:
            lines[-1] += " " * piece.spaced + piece.text
            left -= piece.columns + piece.spaced
        else:
            lines.append(piece.text)
            left = line_max - piece.columns
    return lines


# a growing file asks for all of its cues again with each phrase: a day of talk fits, as in the log
@lru_cache(maxsize=10_000)
def cues(text: str, start_s: float, end_s: float, speaker: str | None = None) -> tuple[Cue, ...]:
    """Split what was said from `start_s` to `end_s` into cues, each of which takes its share of the time by length."""
    lines = wrap(text)
    groups = [tuple(lines[first : first + CUE_LINES]) for first in range(0, len(lines), CUE_LINES)]
    lengths = [sum(columns(line) for line in group) for group in groups]
    long_s = max(0.0, end_s - start_s)
    split: list[Cue] = []
    at_s = start_s
    for group, length in zip(groups, lengths, strict=True):
        until_s = at_s + long_s * length / max(1, sum(lengths))
        split.append(Cue(at_s, until_s, group, speaker))
        at_s = until_s
    return tuple(split)


def schedule(wanted: Iterable[Cue]) -> list[Cue]:
    """Give each cue the time it takes to read, out of the silence behind it, to the millisecond.

    Cues come out in the order of their start and never overlap. Where the next one follows at once but has time to
    spare, it waits, for LATE_MAX_S at most. Where nobody has time to spare a cue is shorter than reading takes, but
    never than CUE_MIN_S; the next one waits for that however long.
    """
    ordered = sorted(wanted, key=lambda cue: cue.start_s)
    starts_ms = [max(0, round(cue.start_s * 1000)) for cue in ordered]
    reads_ms = [_read_ms(cue) for cue in ordered]
    # how late each may begin so that neither it nor any behind it is read in less time than it would have
    latest_ms: list[float] = [inf] * (len(ordered) + 1)
    for i in range(len(ordered) - 1, -1, -1):
        spare_ms = min(LATE_MAX_S * 1000, latest_ms[i + 1] - reads_ms[i] - starts_ms[i])
        latest_ms[i] = starts_ms[i] + max(0, spare_ms)
    timed: list[Cue] = []
    free_ms: float = 0
    for i, (cue, next_ms) in enumerate(zip(ordered, (*starts_ms[1:], inf), strict=False)):
        start_ms = max(starts_ms[i], free_ms)
        spoken_ms = min(round(cue.end_s * 1000), next_ms)
        free_ms = max(spoken_ms, min(start_ms + reads_ms[i], latest_ms[i + 1]), start_ms + CUE_MIN_S * 1000)
        timed.append(replace(cue, start_s=start_ms / 1000, end_s=free_ms / 1000))
    return timed


def _read_ms(cue: Cue) -> int:
    return ceil(1000 * max(CUE_MIN_S, sum(columns(line) for line in cue.lines) / LETTERS_PER_S))


def _pieces(text: str, line_max: int) -> list[_Unbreakable]:
    return [piece for word in tidy(text).split() for piece in _parts(word, line_max)]


def _parts(word: str, line_max: int) -> list[_Unbreakable]:
    """Part a word where a line may break inside it: around wide characters, and where it would not fit a line."""
    firsts: list[int] = []
    lengths: list[int] = []
    was_wide = False
    for i, letter in enumerate(word):
        n_columns = _columns(letter)
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
    if after == len(pieces) or pieces[after - 1].text.endswith(_PAUSES):
        return 0.0
    return BREAK_COST / 2 if pieces[after].text.casefold() in CONJUNCTIONS else BREAK_COST


def _columns(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
