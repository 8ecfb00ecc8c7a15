"""Times are written to the millisecond."""

import pytest

from app.outputs.cues import Cue
from app.outputs.timecodes import Point, format_times


@pytest.mark.parametrize(
    ("start_s", "end_s", "point", "line"),
    [
        (0.0, 1.0004, ",", "00:00:00,000 --> 00:00:01,000"),
        (59.9996, 3661.25, ".", "00:01:00.000 --> 01:01:01.250"),
        (0.5, 360_000.0, ",", "00:00:00,500 --> 100:00:00,000"),
    ],
)
def test_times(start_s: float, end_s: float, point: Point, line: str) -> None:
    """Milliseconds are rounded, and hours may have more than two digits."""
    assert format_times(Cue(start_s, end_s, ()), point) == line
