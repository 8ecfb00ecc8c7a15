"""Words that readers saw and that are gone, counted by hand."""

import pytest

from app.bench.vanished import count_vanished
from app.bench.word_losses import compare_words, split_spoken
from tests.support.caption_history import HISTORY, shown_event


def vanished(texts: list[tuple[str, str, str]], reference: str | None) -> int:
    """Count what vanished in a history of (phrase, text, state)."""
    history = [
        shown_event(float(i), text, phrase=phrase, state="final" if state == "final" else "open")
        for i, (phrase, text, state) in enumerate(texts)
    ]
    last = {phrase: text.replace("|", " ") for phrase, text, _ in texts}
    final = " ".join(last[phrase] for phrase in sorted(last, key=lambda name: int(name.partition("-")[2])))
    lost = () if reference is None else compare_words(split_spoken(reference), split_spoken(final)).lost
    return count_vanished(history, "original", None if reference is None else split_spoken(reference), lost)


REMARK = [("1-0", "|we fix the bug", "open"), ("1-0", "", "open")]


@pytest.mark.parametrize(
    ("texts", "reference", "n_vanished"),
    [
        (REMARK, "we fix the bug", 4),
        (REMARK, None, 4),
        ([("1-0", "|we fix the bag", "open"), ("1-0", "we fix the bug", "final")], "we fix the bug", 0),
        ([("1-0", "|we fix the", "open"), ("1-0", "we fix", "final")], "we fix the", 1),
        ([("1-0", "|we fix the", "open"), ("1-0", "we fix", "final")], None, 0),  # perhaps a correction
        ([("1-0", "|thank you", "open"), ("1-0", "", "open")], "", 0),  # nobody said it
        ([("1-0", "we fix|the bug", "open"), ("1-0", "we|the bug", "open"), ("1-0", "we", "final")], "we", 1),
        ([("1-0", "the bag", "open"), ("1-0", "the bug", "final")], "the bug", 1),  # solid words never change
        ([("1-0", "the tree", "open"), ("1-0", "the treehouse", "final")], "the treehouse", 0),  # but they may go on
        (
            [
                ("1-0", "we|fix it", "open"),
                ("1-0", "we", "final"),
                ("1-9", "|fix it", "open"),
                ("1-9", "fix it", "final"),
            ],
            "we fix it",
            0,
        ),
        ([("1-0", "|oh", "open"), ("1-0", "", "open")], None, 1),
        ([("1-0", "the bug", "open"), ("1-0", "The bug,", "final")], "the bug", 0),
    ],
)
def test_vanished_by_hand(texts: list[tuple[str, str, str]], reference: str | None, n_vanished: int) -> None:
    """Solid words may not change, and said words may be replaced or move, but not disappear."""
    assert vanished(texts, reference) == n_vanished


def test_other_tracks_do_not_count() -> None:
    """Only the given track is read."""
    assert count_vanished(HISTORY, "en", ["the"], (0,)) == 0
