"""Text to lines that fit a screen and cues that can be read in time; pure.

The measures are those of broadcast subtitles: two lines of at most 42 columns, a second at least, 17 characters a
second (Netflix Timed Text Style Guide for English; BBC Subtitle Guidelines are close to it).
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LINE_MAX = 42
"""Columns of a line."""

CUE_LINES = 2
"""Lines shown at once."""

CUE_MIN_S = 1.0
"""A cue shown for less is missed."""

LETTERS_PER_S = 17.0
"""Columns of text that a reader takes in a second."""

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


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines that stand on the screen for a while."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What no line break may part."""

    text: str
    columns: int
    spaced: bool
    """Whether a space stands before it."""


def columns(text: str) -> int:
    """Return how many columns a text takes: two for wide East Asian characters, none for marks that combine."""
    return sum(_columns(letter) for letter in text)


def wrap(text: str, line_max: int = LINE_MAX) -> list[str]:
    """Break a text into as few lines as it needs, of at most `line_max` columns each.

    Of the ways to do that it takes the one with lines alike in length, broken behind punctuation or before a
    conjunction where that is possible. White space becomes single spaces. A word longer than a line is cut.
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


def cues(text: str, start_s: float, end_s: float) -> list[Cue]:
    """Split what was said from `start_s` to `end_s` into cues, each of which takes its share of the time by length."""
    lines = wrap(text)
    groups = [tuple(lines[first : first + CUE_LINES]) for first in range(0, len(lines), CUE_LINES)]
    lengths = [sum(columns(line) for line in group) for group in groups]
    split: list[Cue] = []
    at_s = start_s
    for group, length in zip(groups, lengths, strict=True):
        until_s = at_s + (end_s - start_s) * length / max(1, sum(lengths))
        split.append(Cue(at_s, until_s, group))
        at_s = until_s
    return split


def schedule(wanted: Iterable[Cue]) -> list[Cue]:
    """Give each cue the time it takes to read, out of the silence behind it.

    Cues come out in the order of their start and never overlap. Where there is no silence a cue is shorter than reading
    takes, but never than CUE_MIN_S; the next one waits for that.
    """
    ordered = sorted(wanted, key=lambda cue: cue.start_s)
    timed: list[Cue] = []
    free_s = 0.0
    for i, cue in enumerate(ordered):
        start_s = max(cue.start_s, free_s)
        read_s = start_s + max(CUE_MIN_S, sum(columns(line) for line in cue.lines) / LETTERS_PER_S)
        end_s = max(cue.end_s, read_s)
        if i + 1 < len(ordered):
            end_s = min(end_s, ordered[i + 1].start_s)
        end_s = max(end_s, start_s + CUE_MIN_S)
        timed.append(Cue(start_s, end_s, cue.lines))
        free_s = end_s
    return timed


def _pieces(text: str, line_max: int) -> list[_Piece]:
    pieces: list[_Piece] = []
    for word in text.split():
        parts = _parts("".join(letter for letter in word if unicodedata.category(letter) != "Cc"), line_max)
        pieces += [_Piece(part, columns(part), i == 0) for i, part in enumerate(parts)]
    return pieces


def _parts(word: str, line_max: int) -> list[str]:
    """Part a word where a line may break inside it: around wide characters, and where it would not fit a line."""
    parts: list[str] = []
    was_wide = False
    for letter in word:
        is_wide = _columns(letter) == 2
        joins = parts and (letter in _CLOSERS or not (is_wide or was_wide) or not _columns(letter))
        if joins and columns(parts[-1] + letter) <= line_max:
            parts[-1] += letter
        else:
            parts.append(letter)
        was_wide = is_wide
    return parts


def _break_cost(pieces: Sequence[_Piece], after: int) -> float:
    if after == len(pieces) or pieces[after - 1].text.endswith(_PAUSES):
        return 0.0
    return BREAK_COST / 2 if pieces[after].text.casefold() in CONJUNCTIONS else BREAK_COST


def _columns(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
