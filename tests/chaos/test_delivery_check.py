"""The judge of what viewers were shown must be able to say no."""

from typing import Any

import pytest

from app.bench.delivery_ledger import Final, compute_digest
from app.bench.viewer_transport import ResumePosition
from tests.chaos.delivery_check import DeliveryErrors, ViewerRecord, judge


def caption(seq: int | None, text: str = "", *, epoch: str = "e1", phrase: str = "", rev: int = 1) -> dict[str, Any]:
    """Return a caption as it comes over the wire."""
    name = phrase or f"1-{seq}"
    return {
        "epoch": epoch, "seq": seq, "phrase": name, "track": "original", "rev": rev, "committed": text or f"text {seq}",
    }  # fmt: skip


def log(last: int) -> list[Final]:
    """Return a log."""
    return [Final(seq, compute_digest(f"1-{seq}", f"text {seq}")) for seq in range(1, last + 1)]


def viewer(*seqs: int) -> ViewerRecord:
    """Return a viewer who was there from the first snapshot on, which held the first."""
    shown = ViewerRecord()
    shown.snapshot("e1", [caption(seq) for seq in seqs[:1]], is_fresh=True)
    for seq in seqs[1:]:
        shown.take(caption(seq))
    return shown


CASES = {
    "all": (viewer(1, 2, 3, 4, 5), DeliveryErrors()),
    "from the middle": (viewer(3, 4, 5), DeliveryErrors()),
    "one is missing": (viewer(1, 2, 4, 5), DeliveryErrors(lost=1)),
    "the end is missing": (viewer(1, 2, 3), DeliveryErrors(lost=2)),
    "one came twice": (viewer(1, 2, 3, 3, 4, 5), DeliveryErrors(doubled=1)),
    "two changed places": (viewer(1, 2, 4, 3, 5), DeliveryErrors(reordered=1)),
    "one that is not in the log": (viewer(1, 2, 3, 4, 5, 6), DeliveryErrors(lost=1)),
    "nothing at all": (ViewerRecord(), DeliveryErrors(lost=5)),
}


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_named(name: str) -> None:
    """A viewer who misses one, has one twice or out of order, or saw what is not logged, is found out."""
    shown, verdict = CASES[name]
    assert judge([shown], log(5)) == verdict
    assert verdict.holds is (name in ("all", "from the middle"))


def test_a_doctored_log_is_found_out() -> None:
    """A log with another text or with a hole is not what viewers were shown."""
    good, doctored = log(5), log(5)
    doctored[2] = Final(3, compute_digest("1-3", "another text"))
    assert judge([viewer(1, 2, 3, 4, 5)], doctored) == DeliveryErrors(altered=1)
    assert judge([viewer(1, 2, 3, 4, 5)], good[:2] + good[3:]) == DeliveryErrors(lost=2)  # the hole, and what was shown
    assert judge([], good[:2] + good[3:]) == DeliveryErrors(lost=1)


def test_what_a_page_would_leave_out_is_lost() -> None:
    """A final whose phrase a page holds already with that revision is not shown, and so counts as lost."""
    shown = viewer(1, 2)
    shown.take(caption(3, phrase="1-2"))
    assert judge([shown], log(3)) == DeliveryErrors(lost=1)


def test_another_epoch_begins_anew() -> None:
    """A fresh snapshot of another log owes no more than what is in it and comes after it; of the same log it does."""
    for epoch, verdict in (("e2", DeliveryErrors()), ("e1", DeliveryErrors(lost=2))):
        shown = viewer(1, 2)
        shown.snapshot(epoch, [caption(5, epoch=epoch)], is_fresh=True)
        assert shown.since == ResumePosition(epoch, 5)
        assert judge([shown], log(5)) == verdict


def test_a_viewer_comes_back_with_what_it_saw_last() -> None:
    """The newest number and its epoch are what a viewer comes back with; open phrases change nothing."""
    shown = viewer(1, 2)
    shown.take(caption(None, "open"))
    assert shown.since == ResumePosition("e1", 2)
    shown.take(caption(3, epoch="e2"))
    assert shown.since == ResumePosition("e2", 3)
