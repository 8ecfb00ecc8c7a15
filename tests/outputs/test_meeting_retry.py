"""A meeting output backs off."""

import random
from itertools import islice

import pytest

from app.outputs.meeting_retry import RetryTimes, backoff_pauses


def test_pauses_double_up_to_a_limit_and_differ() -> None:
    """Pauses are random, between half and all of a limit that doubles."""
    for seed in range(20):
        pauses = islice(backoff_pauses(0.25, 2.0, random.Random(seed)), 8)
        for pause_s, longest_s in zip(pauses, [0.25, 0.5, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0], strict=True):
            assert longest_s / 2 <= pause_s <= longest_s
    first, second = (next(backoff_pauses(0.25, 2.0, random.Random(seed))) for seed in (1, 2))
    assert first != second


@pytest.mark.parametrize(
    ("status", "pause_s"), [(400, 3), (404, 3), (401, 30), (403, 30), (429, 0), (500, 0), (None, 0)]
)
def test_only_some_statuses_block_all_captions(status: int | None, pause_s: float) -> None:
    """There is a pause while there is no meeting or the address is refused; other captions are sent at once."""
    assert RetryTimes().blocked_pause_s(status) == pause_s
