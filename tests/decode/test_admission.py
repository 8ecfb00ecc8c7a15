"""Rooms ask less often before they wait longer, and one more is refused before all are late."""

from app.decode.admission import CADENCES_S, Admission


def run(load: Admission, *, begin_s: float, seconds: float, took_s: float, every_s: float, wait_s: float) -> float:
    """Let batches of one row end regularly; return when."""
    now_s = begin_s
    while now_s < begin_s + seconds:
        now_s += every_s
        load.note(now_s, took_s, (wait_s,), 1)
    return now_s


def test_the_cadence_slows_under_load_and_comes_back() -> None:
    """Long waits slow it step by step, to the last step and no further; free time brings it back."""
    load = Admission(1)
    now_s = run(load, begin_s=0.0, seconds=4.2, took_s=0.1, every_s=0.1, wait_s=0.9)
    assert load.cadence_s == CADENCES_S[1]
    now_s = run(load, begin_s=now_s, seconds=30.0, took_s=0.1, every_s=0.1, wait_s=0.9)
    assert load.cadence_s == CADENCES_S[-1]
    now_s = run(load, begin_s=now_s, seconds=60.0, took_s=0.01, every_s=0.1, wait_s=0.05)
    assert load.cadence_s == CADENCES_S[0]


def test_the_cadence_does_not_flutter() -> None:
    """It does not go back where the faster cadence would be too much again."""
    load = Admission(1)
    now_s = run(load, begin_s=0.0, seconds=4.2, took_s=0.1, every_s=0.1, wait_s=0.9)
    run(load, begin_s=now_s, seconds=30.0, took_s=0.07, every_s=0.1, wait_s=0.1)
    assert load.cadence_s == CADENCES_S[1]


def test_idle_time_is_free() -> None:
    """The share of busy time is that of the last seconds."""
    load = Admission(2)
    now_s = run(load, begin_s=0.0, seconds=20.0, took_s=0.1, every_s=0.1, wait_s=0.1)
    assert 0.45 < load.busy(now_s) < 0.55
    assert load.busy(now_s + 60.0) == 0.0


def test_rooms_are_counted_before_anybody_spoke() -> None:
    """With a row's time from the calibration, a crowd that joins at once is not let in unseen."""
    load = Admission(2, row_s=0.05)
    assert load.has_room(0.0)
    assert load.has_room(20 * 0.05)
    assert not load.has_room(30 * 0.05)


def test_a_room_too_many_has_no_room() -> None:
    """Speaking rooms may take three quarters of the lanes, by the time of a row; the first always may."""
    load = Admission(2)
    assert load.has_room(0.0)
    run(load, begin_s=0.0, seconds=10.0, took_s=0.05, every_s=0.1, wait_s=0.1)
    assert load.has_room(28 * 0.05)
    assert not load.has_room(30 * 0.05)
