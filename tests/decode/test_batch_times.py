"""Times of batches."""

import pytest

from app.decode.batch_times import HANG_MIN_S, BatchTimes, LengthCosts


def test_costs_are_in_proportion_to_the_length_until_they_are_measured() -> None:
    """Measured times count only if all lengths have one."""
    assert LengthCosts().scale(1.0, 512, 1500) == pytest.approx(1500 / 512)
    assert LengthCosts({512: 0.04, 768: 0.06, 1500: 0.16}).scale(0.1, 512, 1500) == pytest.approx(0.4)
    assert LengthCosts({512: 0.04}).scale(1.0, 512, 768) == 1.5


def test_a_batch_hangs_after_ten_times_its_usual_time() -> None:
    """The limit is at least HANG_MIN_S, at most the setting, and the setting before anything is known."""
    times = BatchTimes(20.0)
    assert times.hang_s(512, 4) == 20.0
    times.add(512, 4, 0.04)
    assert times.hang_s(512, 4) == HANG_MIN_S
    times.add(768, 1, 0.5)
    assert times.hang_s(768, 1) == 5.0
    assert times.hang_s(768, 2) == 10.0
    assert times.hang_s(1500, 1) == 20.0


def test_a_slow_machine_does_not_hang() -> None:
    """Batches that take longer than the setting get three times their usual time, and files are timed apart."""
    times = BatchTimes(20.0)
    times.add(1500, 1, 30.0, is_recorded=True)
    assert times.hang_s(1500, 1, is_recorded=True) == 90.0
    assert times.hang_s(1500, 1) == 20.0
    assert BatchTimes(20.0).hang_s(1500, 8, is_recorded=True) == 160.0


def test_a_machine_that_became_slow_is_not_killed_for_ever() -> None:
    """Each batch killed in vain doubles the limit, up to the setting; a batch that works sets it back."""
    times = BatchTimes(20.0)
    times.add(512, 1, 0.05)
    for limit_s in (6.0, 12.0, 20.0, 20.0):
        times.on_hang()
        assert times.hang_s(512, 1) == limit_s
    times.add(512, 1, 1.0)
    assert times.hang_s(512, 1) == 10.0
