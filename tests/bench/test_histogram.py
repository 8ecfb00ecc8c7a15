"""Quantiles from counts are those of the durations."""

import numpy as np
import pytest

from app.bench.histogram import Histogram


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_quantiles_are_exact_to_a_percent(share: float) -> None:
    """Over five orders of magnitude a quantile differs from numpy's by about one percent."""
    durations_s = np.random.default_rng(1).lognormal(-6, 2, 20_000)
    histogram = Histogram()
    for duration_s in durations_s:
        histogram.add(float(duration_s))
    assert histogram.quantile_s(share) == pytest.approx(float(np.quantile(durations_s, share)), rel=0.015)


def test_histograms_add_up() -> None:
    """Two histograms together have the durations of both; what is off the scale counts at its ends."""
    one, other = Histogram(), Histogram()
    one.add(-1.0)
    other.add(1e9)
    assert (one + other).n == 2
    assert (one + other).counts[0] == (one + other).counts[-1] == 1
    assert Histogram().quantile_s(0.5) is None
