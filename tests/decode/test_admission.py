"""Admission by load."""

from app.decode.admission import CADENCES_S, Admission


def run(admission: Admission, *, begin_s: float, seconds: float, took_s: float, every_s: float, wait_s: float) -> float:
    """Add batches of one row at regular times; return the time of the last."""
    now_s = begin_s
    while now_s < begin_s + seconds:
        now_s += every_s
        admission.add_batch(now_s, took_s, (wait_s,), 1)
    return now_s


def test_the_cadence_slows_under_load_and_comes_back() -> None:
    """Long waits slow it step by step, to the last step and no further; free time brings it back."""
    admission = Admission(1)
    now_s = run(admission, begin_s=0.0, seconds=4.2, took_s=0.1, every_s=0.1, wait_s=0.9)
    assert admission.cadence_s == CADENCES_S[1]
    now_s = run(admission, begin_s=now_s, seconds=30.0, took_s=0.1, every_s=0.1, wait_s=0.9)
    assert admission.cadence_s == CADENCES_S[-1]
    now_s = run(admission, begin_s=now_s, seconds=60.0, took_s=0.01, every_s=0.1, wait_s=0.05)
    assert admission.cadence_s == CADENCES_S[0]


def test_the_cadence_does_not_flutter() -> None:
    """It does not go back where the faster cadence would be too much again."""
    admission = Admission(1)
    now_s = run(admission, begin_s=0.0, seconds=4.2, took_s=0.1, every_s=0.1, wait_s=0.9)
    run(admission, begin_s=now_s, seconds=30.0, took_s=0.07, every_s=0.1, wait_s=0.1)
    assert admission.cadence_s == CADENCES_S[1]


def test_the_busy_share_covers_the_last_seconds() -> None:
    """Two lanes with one batch at a time are half busy, and idle a minute later."""
    admission = Admission(2)
    now_s = run(admission, begin_s=0.0, seconds=20.0, took_s=0.1, every_s=0.1, wait_s=0.1)
    assert 0.45 < admission.busy_share(now_s) < 0.55
    assert admission.busy_share(now_s + 60.0) == 0.0


def test_rooms_count_before_their_first_decode() -> None:
    """With a row's time from the calibration, rooms that join at once are counted before they speak."""
    admission = Admission(2, row_s=0.05)
    assert admission.has_room(0.0)
    assert admission.has_room(20 * 0.05)
    assert not admission.has_room(30 * 0.05)


def test_a_full_engine_has_no_room() -> None:
    """Speaking rooms may take three quarters of the lanes, by the time of a row; the first always fits."""
    admission = Admission(2)
    assert admission.has_room(0.0)
    run(admission, begin_s=0.0, seconds=10.0, took_s=0.05, every_s=0.1, wait_s=0.1)
    assert admission.has_room(28 * 0.05)
    assert not admission.has_room(30 * 0.05)
