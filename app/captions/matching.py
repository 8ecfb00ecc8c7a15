"""How the words of one hypothesis correspond to earlier words; pure."""

from collections.abc import Sequence

from app.decode.hypothesis import Word
from app.decode.tokens import fold_word

REPEAT_MAX = 5
"""Words that the model may write twice because of a cut; more are a speaker's own repetition."""

CUT_TOLERANCE_S = 0.5
"""Error of a word time at which a word is still found on the right side of a cut."""


def count_agreed(words: Sequence[Word], before: Sequence[Word]) -> int:
    """Return how many words at the start are the same in both, apart from case and punctuation."""
    n_same = 0
    for new, old in zip(words, before, strict=False):
        if fold_word(new.text) != fold_word(old.text):
            break
        n_same += 1
    return n_same


def match_committed(committed: Sequence[Word], words: Sequence[Word]) -> int | None:
    """Return how many words at the start of a hypothesis correspond to the committed ones.

    It is the prefix of the hypothesis with the smallest edit distance to the committed words. If several are equal, it
    is the one that contains more of them, then the one that ends nearest to them in time. None if less than half of the
    committed words are found in it: the hypothesis contradicts them.
    """
    if not committed:
        return 0
    if count_agreed(words, committed) == len(committed):
        return len(committed)
    old = [fold_word(word.text) for word in committed]
    new = [fold_word(word.text) for word in words]
    # costs[j]: distance of the committed words so far to the first j words; found[j]: how many are the same
    costs = list(range(len(new) + 1))
    found = [0] * (len(new) + 1)
    for i, own in enumerate(old, start=1):
        row_costs, row_found = [i], [0]
        for j, other in enumerate(new, start=1):
            is_same = own == other
            row_cost, negative_found = min(
                (costs[j - 1] + (not is_same), -(found[j - 1] + is_same)),
                (costs[j] + 1, -found[j]),
                (row_costs[j - 1] + 1, -row_found[j - 1]),
            )
            row_costs.append(row_cost)
            row_found.append(-negative_found)
        costs, found = row_costs, row_found
    end_s = committed[-1].end_s
    best = min(
        range(len(new) + 1),
        key=lambda j: (costs[j], -found[j], abs(words[j - 1].end_s - end_s) if j else end_s),
    )
    return best if 2 * found[best] >= len(old) else None


def count_repeated(tail: Sequence[Word], words: Sequence[Word], before_s: float) -> int:
    """Return how many words at the start repeat the end of the previous phrase; all begin before `before_s`."""
    for n_words in range(min(REPEAT_MAX, len(tail), len(words)), 0, -1):
        early = [word for word in words[:n_words] if word.start_s < before_s]
        if len(early) == n_words and count_agreed(words[:n_words], tail[-n_words:]) == n_words:
            return n_words
    return 0


def count_before_cut(tail: Sequence[Word], words: Sequence[Word], cut_s: float) -> int:
    """Return how many leading words of a hypothesis belong to sound before a cut.

    `words` come from a window that begins before the cut, in sound whose committed words end with `tail`; all times are
    on the session's clock. A word belongs before the cut if its middle does; where the last words of the tail are found
    within CUT_TOLERANCE_S of the cut, the boundary is after them.
    """
    n_timed = sum((word.start_s + word.end_s) / 2 < cut_s for word in words)
    for n_same in range(min(REPEAT_MAX, len(tail)), 0, -1):
        for n_words in sorted(range(n_same, len(words) + 1), key=lambda n: abs(n - n_timed)):
            is_near = abs(words[n_words - 1].end_s - cut_s) <= CUT_TOLERANCE_S
            if is_near and count_agreed(words[n_words - n_same : n_words], tail[-n_same:]) == n_same:
                return n_words
    return n_timed
