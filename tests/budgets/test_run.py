"""A short part of `python -m tests.budgets`."""

from tests.budgets.__main__ import HOLD_MAX_S
from tests.budgets.run import fuzz


async def test_no_request_holds_the_event_loop() -> None:
    """Random requests and sockets of all roles, bodies to the limits: none takes 50 ms of the loop's processor time."""
    report = await fuzz(500, seed=20, n_phrases=1_000)
    assert report.statuses["200"] > 50
    assert report.statuses["401"] > 50
    assert not report.statuses["500"]
    assert report.longest_cpu_s < HOLD_MAX_S, report.holds
    assert report.faults == ""
