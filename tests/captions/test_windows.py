"""When a running utterance is due again."""

import numpy as np
import pytest

from app.captions.windows import JITTER, Pace


@pytest.mark.parametrize("tick_s", [1.0, 1.5, 3.0])
def test_without_a_slot_ticks_follow_the_last_decode(tick_s: float) -> None:
    """About a tick of new sound is due, less is not; the moments scatter, so that no two rooms meet for ever."""
    pace = Pace(tick_s)
    firsts = []
    for decoded_s in np.arange(0.0, 40.0, 0.04):
        due = [fresh_s for fresh_s in np.arange(0.0, 4.0, 0.02) if pace.is_due(decoded_s, decoded_s + fresh_s)]
        firsts.append(due[0])
        assert due == [fresh_s for fresh_s in np.arange(0.0, 4.0, 0.02) if fresh_s >= due[0]]
    assert (1 - JITTER / 2) * tick_s <= min(firsts) < max(firsts) <= (1 + JITTER / 2) * tick_s + 0.02
    assert np.mean(firsts) == pytest.approx(tick_s, abs=0.03)


def test_with_a_slot_ticks_fall_on_it() -> None:
    """Steady speech is decoded once in each period, at the slot's moment."""
    pace = Pace(1.0, phase_s=0.25)
    decoded_s, ticks = 0.25, []
    for now_s in np.arange(0.25, 10.0, 0.05):
        if pace.is_due(decoded_s, now_s):
            ticks.append(round(float(now_s), 2))
            decoded_s = now_s
    assert ticks == [pytest.approx(1.25 + i, abs=0.05) for i in range(len(ticks))]
    assert len(ticks) == 9


def test_a_slot_is_not_waited_for_too_long_nor_taken_too_soon() -> None:
    """After a decode off the slot the next comes after half a tick at least and one and a half at most."""
    pace = Pace(1.0, phase_s=0.0)
    for decoded_s in np.arange(5.0, 6.0, 0.05):
        due_s = next(float(now_s) for now_s in np.arange(decoded_s, 9.0, 0.01) if pace.is_due(decoded_s, now_s))
        assert 0.49 <= due_s - decoded_s <= 1.52
