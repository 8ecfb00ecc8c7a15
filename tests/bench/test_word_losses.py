"""Lost and doubled words, counted by hand."""

import pytest

from app.bench.word_losses import compare_words, split_spoken


@pytest.mark.parametrize(
    ("reference", "written", "lost", "doubled", "invented"),
    [
        ("the bug was fixed", "The bug was fixed.", 0, 0, 0),
        ("the bug was fixed", "the bag was fixed", 0, 0, 0),  # wrong, but not lost
        ("the bug was fixed", "the bug fixed", 1, 0, 0),
        ("the bug was fixed", "", 4, 0, 0),
        ("the bug was fixed", "the bug bug was fixed", 0, 1, 0),
        ("the bug was fixed", "the bug was fixed the bug was fixed", 0, 4, 0),
        ("the bug was fixed", "the bug was fixed. The bug", 0, 2, 0),
        ("the bug was fixed now", "the bug was fixed the bag was fixed now", 0, 4, 0),  # the same, heard differently
        ("the bug was fixed", "the bug was really fixed", 0, 0, 1),
        ("sehr sehr gut", "sehr sehr gut", 0, 0, 0),
        ("sehr sehr gut", "sehr gut", 1, 0, 0),
        ("open the website now", "open the web site now", 0, 0, 0),
        ("open the web site now", "open the website now", 0, 0, 0),
        ("die Mitarbeiterversammlung beginnt", "die Mitarbeiter Mitarbeiterversammlung beginnt", 0, 1, 0),
        ("um zwanzig Prozent mehr", "um 20% mehr", 0, 0, 0),
        ("um zwanzig Prozent mehr", "um 20% Prozent mehr", 0, 1, 0),
        ("in two thousand and five we", "in 2005 we", 0, 0, 0),
        ("am Montag kommt er", "kommt er kommt er", 2, 2, 0),  # doubled words stand for no others
        ("", "Thank you", 0, 0, 2),
    ],
)
def test_losses_by_hand(reference: str, written: str, lost: int, doubled: int, invented: int) -> None:
    """A spoken word without a written one is lost; an extra word that repeats its surroundings is doubled."""
    losses = compare_words(split_spoken(reference), split_spoken(written))
    assert (len(losses.lost), losses.n_doubled, losses.n_invented) == (lost, doubled, invented)


def test_the_lost_words_are_named() -> None:
    """The places are those of the reference."""
    assert compare_words(split_spoken("one two three four"), split_spoken("one four")).lost == (1, 2)
