"""What a viewer holds is held against the log, and can fail."""

import pytest

from app.bench.delivery_ledger import Final, LoggedFinals, ReceivedFinals

LOG = [Final(seq, seq * 1_000) for seq in range(1, 11)]
LOGGED = LoggedFinals(LOG)


def viewer(begin: int, *seqs: int, epoch: str = "e1") -> ReceivedFinals:
    """Return a viewer that began behind a seq and took some finals."""
    held = ReceivedFinals()
    held.restart(epoch, begin + 1)
    for seq in seqs:
        held.take(LOG[seq - 1])
    return held


@pytest.mark.parametrize(
    ("held", "n_missing", "n_duplicated"),
    [
        (viewer(0, *range(1, 11)), 0, 0),
        (viewer(7, 8, 9, 10), 0, 0),
        (viewer(7, 8, 10), 1, 0),
        (viewer(7, 9, 10), 1, 0),
        (viewer(7, 8, 9), 1, 0),
        (viewer(7, 8, 9, 9, 10), 0, 1),
        (viewer(7, 8, 10, 9), 1, 1),
        (viewer(7), 3, 0),
    ],
)
def test_gaps_and_doubles_are_counted(held: ReceivedFinals, n_missing: int, n_duplicated: int) -> None:
    """A final that is skipped, late or not there at the end is missing, one that comes again is a duplicate."""
    assert (held.n_missing(LOGGED), held.n_duplicated) == (n_missing, n_duplicated)
    assert not held.is_altered(LOGGED)


def test_another_text_is_found() -> None:
    """A viewer that holds as many finals as it should, but one with another text, is altered."""
    held = viewer(7, 8, 9)
    held.take(Final(10, 1))
    assert held.n_missing(LOGGED) == 0
    assert held.is_altered(LOGGED)


def test_a_fresh_snapshot_does_not_hide_a_gap() -> None:
    """A fresh snapshot of the same log that begins behind what is held leaves what it skips missing."""
    held = viewer(0, 1, 2, 3)
    held.restart("e1", 6)
    for final in LOG[5:]:
        held.take(final)
    assert held.n_missing(LOGGED) == 2
    assert held.n_duplicated == 0


def test_another_log_owes_nothing_of_the_first() -> None:
    """After a fresh snapshot of another epoch only that one's finals count."""
    held = viewer(0, 1, 2, 3, epoch="e0")
    held.restart("e1", None)
    for final in LOG:
        held.take(final)
    assert (held.n_missing(LOGGED), held.n_duplicated, held.is_altered(LOGGED)) == (0, 0, False)
