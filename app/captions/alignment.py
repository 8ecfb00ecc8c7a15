"""Which units of one hypothesis are the same as earlier ones; pure.

The cheapest alignment is found with Dijkstra's algorithm, so hypotheses that differ little take little time.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from app.captions.numbers import GROUP_MAX, is_number_part, is_same_number, rest_of_number
from app.captions.units import Unit, is_timed

JOIN_MAX = 3
"""Most units that are compared with one: a compound of two words, and one word more."""

APART_S = 2.0
"""Units further apart than this are not the same word. Two alignments of one word differ by up to about 0.6 s, more
where a model stretches a word over a pause."""

EXACT_S = 0.6
"""Difference of two alignments of one word, each with an error of 0.3 s; ..."""

NEAR_COST = 0.1
"""... a second within it costs this much, so that of two equal words the nearest is chosen, ..."""

LATE_COST = 0.5
"""... and a second beyond it this much."""

ADDED_COST = 1.0
"""Cost of an additional unit."""

MISSING_COST = 1.2
"""Cost of a missing unit: more than an additional one before the same one a little later."""

LAST_COST = 0.2
"""Additional cost if the last of complete units is missing: of "dann dann", heard once, the second is found."""

REPLACED_COST = 1.4
"""Cost of a unit in the place of another one."""

ALIGN_COST = 4.0
"""Dearer alignments are not searched, since the sequences contradict each other: this much, ..."""

MISSING_SHARE = 0.7
"""... and this share of what it costs if all earlier units are missing."""

COMMON_SLACK = 8
"""Complete old units with fewer than half in common with the new ones, less this many, are not searched either: these
may be compounds, numbers and words written differently. A search that finds nothing takes 75 ms for 70 units."""

SIMILAR = 0.6
"""Share of letters at both ends that makes two words one that is written differently: Meier and Meyer, Projekt and
Projekte."""

SIMILAR_LETTERS = 4
"""Shorter words are not compared in this way: der, den, dem."""

BEGUN_COST = 0.2
"""Cost of a unit that begins with the last earlier ones and goes on."""


@dataclass(frozen=True, slots=True)
class Group:
    """Units that are the same in both sequences, as half-open ranges."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def follow(old: Sequence[Unit], new: Sequence[Unit], *, is_whole: bool = False) -> list[Group]:
    """Return the groups at the start of both sequences, as long as they are the same.

    `is_whole`: whether the old ones are complete, so that their last may be the beginning of a longer unit.
    """
    both = _Pair(old, new, APART_S, is_whole=is_whole)
    groups: list[Group] = []
    i = j = 0
    while (group := next(both.groups(i, j), None)) is not None:
        groups.append(group[0])
        i, j = group[0].old_end, group[0].new_end
    return groups


def align(
    old: Sequence[Unit],
    new: Sequence[Unit],
    *,
    is_whole: bool = False,
    apart_s: float = APART_S,
    skips: Sequence[float] | None = None,
) -> list[Group]:
    """Return the groups of the cheapest alignment of all old units with the new ones up to any of them.

    `skips` is the cost of each old unit if it is missing. Among equal ends, the one nearest in time is chosen. Empty
    if the two have too little in common.
    """
    if is_whole and 2 * _count_common(old, new) + COMMON_SLACK < len(old):
        return []
    both = _Pair(old, new, apart_s, is_whole=is_whole)
    most = ALIGN_COST + sum(skips or [MISSING_COST] * len(old)) * MISSING_SHARE
    costs = {(0, 0): 0.0}
    steps: dict[tuple[int, int], tuple[int, int, Group | None]] = {}
    waiting = [(0.0, 0, 0)]

    def reach(i: int, j: int, source: tuple[int, int], cost: float, group: Group | None) -> None:
        if i == len(old):
            cost += both.end_cost(j)
        if cost < costs.get((i, j), most):
            costs[i, j] = cost
            steps[i, j] = (*source, group)
            heappush(waiting, (cost, i, j))

    while waiting:
        cost, i, j = heappop(waiting)
        if i == len(old):
            return _trace(steps, (i, j))
        if cost > costs[i, j]:
            continue  # a cheaper way here was found later
        for group, more in both.groups(i, j):
            reach(group.old_end, group.new_end, (i, j), cost + more, group)
        missing = (skips[i] if skips else MISSING_COST) + (LAST_COST if is_whole and i + 1 == len(old) else 0.0)
        reach(i + 1, j, (i, j), cost + missing, None)
        if j < len(new):
            reach(i, j + 1, (i, j), cost + ADDED_COST, None)
            reach(i + 1, j + 1, (i, j), cost + REPLACED_COST, None)
    return []


def _trace(steps: dict[tuple[int, int], tuple[int, int, Group | None]], at: tuple[int, int]) -> list[Group]:
    """Return the groups on the way to a pair of units."""
    groups: list[Group] = []
    while at in steps:
        i, j, group = steps[at]
        if group is not None:
            groups.append(group)
        at = (i, j)
    return groups[::-1]


class _Pair:
    """Two sequences of units, and which of them are the same."""

    def __init__(self, old: Sequence[Unit], new: Sequence[Unit], apart_s: float, *, is_whole: bool) -> None:
        self._old, self._new = old, new
        self._apart_s = apart_s
        self._is_whole = is_whole
        self._is_timed = is_timed(old) and is_timed(new)

    def groups(self, i: int, j: int) -> Iterator[tuple[Group, float]]:
        """Yield the groups that begin with old unit i and new unit j, best first, each with its cost."""
        old, new = self._old[i : i + GROUP_MAX], self._new[j : j + GROUP_MAX]
        if not old or not new:
            return
        for n, m in self._same_sizes(old, new):
            cost = self._time_cost(old[:n], new[:m])
            if cost is not None:
                yield Group(i, i + n, j, j + m), cost
        if old[0].letters == new[0].letters:
            return
        likeness = _likeness(old[0].letters, new[0].letters)
        cost = self._time_cost(old[:1], new[:1])
        if likeness >= SIMILAR and cost is not None:
            yield Group(i, i + 1, j, j + 1), cost + 1 - likeness
        if self._is_whole and len(self._old) - i <= JOIN_MAX:
            begun = self._old[i:]
            joined = "".join(unit.letters for unit in begun)
            cost = self._time_cost(begun, new[:1], at_start=True)
            is_begun = new[0].letters.startswith(joined) or rest_of_number([unit.text for unit in begun], new[0].text)
            if is_begun and cost is not None:
                yield Group(i, len(self._old), j, j + 1), cost + BEGUN_COST

    def end_cost(self, j: int) -> float:
        """Return what it costs that the old units end with new unit j-1, little enough to decide only ties."""
        if not self._is_timed or not j:
            return 0.0
        return NEAR_COST * min(1.0, abs(self._new[j - 1].end_s - self._old[-1].end_s))

    def _same_sizes(self, old: Sequence[Unit], new: Sequence[Unit]) -> Iterator[tuple[int, int]]:
        """Yield the sizes of groups at the start of both that have the same letters or are the same number."""
        if old[0].letters == new[0].letters:
            yield 1, 1
            return
        for n in range(1, JOIN_MAX + 1):
            for m in (1,) if n > 1 else range(2, JOIN_MAX + 1):
                if n <= len(old) and m <= len(new):
                    one, other = "".join(unit.letters for unit in old[:n]), "".join(unit.letters for unit in new[:m])
                    if one == other:
                        yield n, m
        if not (is_number_part(old[0].text) and is_number_part(new[0].text)):
            return
        n_old, n_new = _count_number_parts(old), _count_number_parts(new)
        for n in range(n_old, 0, -1):
            for m in range(n_new, 0, -1):
                if is_same_number([unit.text for unit in old[:n]], [unit.text for unit in new[:m]]):
                    yield n, m

    def _time_cost(self, old: Sequence[Unit], new: Sequence[Unit], *, at_start: bool = False) -> float | None:
        """Return what the difference of their times costs, None if they are too far apart to be the same.

        A word may be stretched at one end, so the nearer end counts; `at_start`: only the start.
        """
        if not self._is_timed:
            return 0.0
        apart_s = abs(old[0].start_s - new[0].start_s)
        if not at_start:
            apart_s = min(apart_s, abs(old[-1].end_s - new[-1].end_s))
        if apart_s > self._apart_s:
            return None
        return NEAR_COST * apart_s + LATE_COST * max(0.0, apart_s - EXACT_S)


def _count_common(old: Sequence[Unit], new: Sequence[Unit]) -> int:
    """Return how many units both have, in any order."""
    return (Counter(unit.letters for unit in old) & Counter(unit.letters for unit in new)).total()


def _count_number_parts(units: Sequence[Unit]) -> int:
    """Return how many units at the start can be one number."""
    return next((i for i, unit in enumerate(units) if not is_number_part(unit.text)), len(units))


def _likeness(one: str, other: str) -> float:
    """Return the share of letters that two words have in common at their ends."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < SIMILAR_LETTERS:
        return 0.0
    n_start = next((i for i, letter in enumerate(shorter) if letter != longer[i]), len(shorter))
    rest, other_rest = shorter[n_start:], longer[n_start:]
    n_end = next((i for i, letter in enumerate(reversed(rest)) if letter != other_rest[-1 - i]), len(rest))
    return (n_start + n_end) / len(longer)
