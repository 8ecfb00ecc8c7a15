"""Encoder lengths by load."""

import pytest

from app.decode.batch_times import LengthCosts
from app.decode.window_choice import SETTLED_S, WindowChoice

COSTS = LengthCosts({512: 0.04, 768: 0.06, 1500: 0.12})
"""The full window costs three times the shortest, as for the demo model on a CPU."""


def test_an_idle_device_uses_full_windows() -> None:
    """Up to 30 % load at the full window nothing is shortened."""
    choice = WindowChoice(costs=COSTS)
    assert choice.shortest == 1500
    assert not choice.update(0.0, 0.09)
    assert (choice.length(3.0), choice.allowed) == (1500, 512)


@pytest.mark.parametrize(("load", "shortest"), [(0.09, 1500), (0.12, 768), (0.29, 768), (0.35, 512), (1.5, 512)])
def test_windows_shorten_with_the_load(load: float, shortest: int) -> None:
    """The load is that at the shortest length; longer ones count with their own cost; steps may be skipped."""
    choice = WindowChoice(costs=COSTS)
    choice.update(0.0, load)
    assert choice.shortest == shortest
    assert choice.length(12.0) == max(768, shortest)
    assert choice.length(3.0, full_window=True) == 1500


def test_windows_do_not_flutter() -> None:
    """They shorten at once, and grow only after a while and well below the limit."""
    choice = WindowChoice(costs=COSTS)
    choice.update(0.0, 0.5)
    assert choice.shortest == 512
    assert not choice.update(1.0, 0.0)
    choice.update(SETTLED_S, 0.28)  # 0.42 at 768 frames: below the limit, but not by enough
    assert choice.shortest == 512
    choice.update(SETTLED_S, 0.2)
    assert choice.shortest == 768
    choice.update(2 * SETTLED_S, 0.09)
    assert choice.shortest == 768
    choice.update(2 * SETTLED_S, 0.07)
    assert choice.shortest == 1500


@pytest.mark.parametrize("fixed", [512, 768, 1500])
def test_a_fixed_length_ignores_the_load(fixed: int) -> None:
    """It is the shortest length at any load, and admission counts its cost."""
    choice = WindowChoice(fixed, COSTS)
    assert not choice.update(0.0, 2.0)
    assert (choice.shortest, choice.allowed, choice.length(1.0)) == (fixed, fixed, fixed)
    assert choice.length(20.0) == 1500
