"""How the words of one hypothesis correspond to earlier words, by text and time; pure.

Words are compared as units: a word with the bare punctuation that belongs to it. A dash or an opening quote belongs to
the word after it, other marks to the word before. Units are the same if their letters are, if their letters joined over
up to three of them are ("Mitarbeiter Versammlung", "Mitarbeiterversammlung"), or if they are the same number ("20%",
"zwanzig Prozent"). Times count where both sides have them: drafts and the first hypothesis of a window have none.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.captions.alignment import JOIN_MAX, Group, align, follow
from app.captions.numbers import rest_of_number
from app.captions.units import Unit, fold_letters, is_opening, is_timed, read_units
from app.decode.hypothesis import Word

REST_LETTERS = 3
"""Fewest letters of the rest of a word that continues a committed one; fewer are only another ending."""

REST_S = 0.15
"""The rest of a word takes at least this much time after the committed part, or it was said already."""

START_S = 0.6
"""A word that continues committed ones begins with them, up to the errors of two alignments."""

COUNT_COST = 0.25
"""Cost of every word more or less than were expected in the place of misheard ones, ..."""

PLACE_COST = 3.0
"""... against the cost of a second by which a word lies on the wrong side. A word of 0.2 s whose middle is 0.1 s past
the end stays, and one whose middle is 0.1 s before it goes."""

CUT_APART_S = 0.8
"""Around a cut, words further apart are not the same: a speaker may repeat a word across it."""

CUT_ERROR_S = 0.35
"""Error of a word's time at a cut."""

CONTEXT_S = 2.0
"""Least sound before a cut in a window that begins before it."""

ECHO_MAX = 5
"""Most words that a model writes again after a cut; ..."""

ECHO_S = 0.4
"""... they begin this soon after it ..."""

ECHO_SHARE = 0.6
"""... and take less than this share of the time they took before. A speaker who says them again takes as long."""

STRETCHED_S = 0.8
"""A word longer than this is stretched over silence by the alignment, at its beginning if it is the first."""


def count_agreed(words: Sequence[Word], before: Sequence[Word]) -> int:
    """Return how many words at the start of `words` are also at the start of `before`.

    They may be merged or split, in digits or in words; case and punctuation do not count.
    """
    new = read_units(words)
    groups = follow(read_units(before), new)
    return new[groups[-1].new_end - 1].n_words if groups else 0


def match_committed(committed: Sequence[Word], words: Sequence[Word]) -> int | None:
    """Return how many words at the start of a hypothesis correspond to the committed ones.

    The words after them continue the committed text; `take_fresh` returns these, with the rest of a word of which only
    the beginning is committed. The last committed word that is found again decides by its text. Words after it that
    stand for committed ones not found again are misheard: they end where the committed words end in time. None if less
    than half of the committed words are found: the hypothesis contradicts them.
    """
    old, new = read_units(committed), read_units(words)
    if not old:
        return 0
    groups = follow(old, new, is_whole=True)
    if not groups or groups[-1].old_end < len(old):
        groups = align(old, new, is_whole=True)
    if 2 * sum(group.old_end - group.old_start for group in groups) < len(old):
        return None
    n_old, n_new = groups[-1].old_end, groups[-1].new_end
    if n_old < len(old):
        n_missing = len(old) - n_old
        if is_timed(old) and is_timed(new):
            n_new += _count_misheard(new, n_new, n_missing, old[-1].end_s)
        else:
            n_new = min(n_new + n_missing, len(new))
    n_words = new[n_new - 1].n_words if n_new else 0
    while n_words < len(words) and is_opening(words[n_words].text) and is_opening(committed[-1].text):
        n_words += 1
    return n_words


def take_fresh(committed: Sequence[Word], words: Sequence[Word], n_matched: int) -> tuple[Word, ...]:
    """Return the words of a hypothesis that continue the committed ones, of which `n_matched` correspond to them.

    If the last of those goes on after the committed text, its rest is the first: after "Mitarbeiter" the word
    "Mitarbeiterversammlung" leaves "versammlung" without a space before it, and after "zwanzig" the word "20%" leaves
    "%". Committed words never change, and nobody reads "Mitarbeiter Mitarbeiterversammlung".
    """
    fresh = tuple(words[n_matched:])
    old, new = read_units(committed), read_units(words[:n_matched])
    if not old or not new:
        return fresh
    word = words[new[-1].index]
    rest, is_spaced = _find_rest(old, new[-1], is_checked=is_timed(old) and is_timed(read_units(words)))
    if not rest:
        return fresh
    start_s = min(max(old[-1].end_s, word.start_s), word.end_s)
    return (replace(word, text=rest, start_s=start_s, spaced=is_spaced), *fresh)


def count_before_cut(tail: Sequence[Word], words: Sequence[Word], cut_s: float, *, start_s: float | None = None) -> int:
    """Return how many words at the start of a hypothesis belong to sound before a cut.

    The hypothesis comes from a window that begins before the cut, at `start_s` if that is known; the committed words
    before the cut end with `tail`. All times are on the session's clock. The model may garble or skip words there, or
    leave out all of them; the window often begins inside a word.

    The last word of the tail that is found again decides by its text; after it, words belong before the cut if their
    middles do. A word that is found only beyond the cut was said again.
    """
    old, new = read_units(tail), read_units(words)
    if not new:
        return 0
    if start_s is None:
        start_s = min(cut_s - CONTEXT_S, new[0].start_s - CUT_ERROR_S if is_timed(new) else cut_s)
    skips = [0.05 if unit.middle_s < start_s else 0.3 if unit.start_s < start_s + CUT_ERROR_S else 1.0 for unit in old]
    groups = align(old, new, apart_s=CUT_APART_S, skips=skips)
    if not is_timed(new):
        return new[groups[-1].new_end - 1].n_words if groups else 0
    places_s = [_place_s(new, i) for i in range(len(new))]
    while groups and not _is_before(groups, places_s, cut_s):
        groups.pop()
    n_new = groups[-1].new_end if groups else 0
    if groups and groups[-1].old_end == len(old):
        return new[n_new - 1].n_words
    n_timed = sum(place_s < cut_s for place_s in places_s)
    if not groups and n_timed == 1 and places_s[0] >= cut_s - CUT_ERROR_S and skips.count(1.0) > 1:
        return 0  # the model left out all words before the cut
    n_new = max(n_new, n_timed) or _count_echoed(old, new, cut_s)
    return new[n_new - 1].n_words if n_new else 0


def _is_before(groups: Sequence[Group], places_s: Sequence[float], cut_s: float) -> bool:
    """Return whether the last group is before the cut; a little after it, only if it continues the group before."""
    last = groups[-1]
    place_s = places_s[last.new_end - 1]
    if place_s < cut_s:
        return True
    before = groups[-2] if len(groups) > 1 else None
    follows = before is not None and (before.old_end, before.new_end) == (last.old_start, last.new_start)
    return follows and place_s < cut_s + CUT_ERROR_S


def _count_echoed(old: Sequence[Unit], new: Sequence[Unit], cut_s: float) -> int:
    """Return how many units after a cut the model wrote again, because it heard only the end of them.

    They are the last units before the cut, at least two, said in much less time than before.
    """
    for n in range(min(ECHO_MAX, len(old), len(new)), 1, -1):
        before, after = old[-n:], new[:n]
        is_same = [unit.letters for unit in before] == [unit.letters for unit in after]
        lasts_s, lasted_s = after[-1].end_s - after[0].start_s, before[-1].end_s - before[0].start_s
        if is_same and after[-1].start_s < cut_s + ECHO_S and lasts_s < ECHO_SHARE * lasted_s:
            return n
    return 0


def _count_misheard(new: Sequence[Unit], first: int, n_missing: int, end_s: float) -> int:
    """Return how many units from `first` on stand for `n_missing` committed ones that end at `end_s`."""

    def cost(n: int) -> float:
        inside_s = _place_s(new, first + n - 1) - end_s if n else 0.0
        outside_s = end_s - _place_s(new, first + n) if first + n < len(new) else 0.0
        return COUNT_COST * abs(n - n_missing) + PLACE_COST * (max(0.0, inside_s) + max(0.0, outside_s))

    return min(range(len(new) - first + 1), key=cost)


def _place_s(units: Sequence[Unit], i: int) -> float:
    """Return where a unit is said: its middle, or near the end that silence does not stretch."""
    unit = units[i]
    if unit.end_s - unit.start_s <= STRETCHED_S:
        return unit.middle_s
    return unit.end_s - STRETCHED_S / 2 if i == 0 else unit.start_s + STRETCHED_S / 2


def _find_rest(old: Sequence[Unit], unit: Unit, *, is_checked: bool) -> tuple[str, bool]:
    """Return what a unit has after the committed ones that it begins with, and whether a space precedes it.

    `is_checked`: whether times decide, too. The text is empty if there is no rest.
    """
    goes_on = not is_checked or unit.end_s - old[-1].end_s >= REST_S
    for n in range(min(len(old), JOIN_MAX), 0, -1):
        begun = old[-n:]
        if is_checked and abs(begun[0].start_s - unit.start_s) > START_S:
            continue
        joined = "".join(part.letters for part in begun)
        rest = unit.cut_letters(len(joined)) if unit.letters.startswith(joined) and unit.letters != joined else ""
        if rest and goes_on and (len(fold_letters(rest)) >= REST_LETTERS or not rest.isalpha()):
            is_closed = not begun[-1].text[-1].isalnum()
            return (rest.lstrip("-") if is_closed else rest), is_closed
        more = "" if rest else rest_of_number([part.text for part in begun], unit.text)
        if more and (goes_on or not more.isdigit()):
            return more, True
    return "", False
