"""Encoder lengths on a simulated clock."""

import numpy as np
import pytest

from app.bench.simulated_engine import SimulatedEngine
from app.decode.request import DecodeRequest


@pytest.mark.parametrize(("took_s", "length"), [(0.1, 1500), (0.6, 768), (1.5, 512)])
def test_a_slow_machine_gets_short_windows(took_s: float, length: int) -> None:
    """One decode a second: windows are full up to 30 % load, and shorter on a machine that needs longer."""
    engine = SimulatedEngine()
    request = DecodeRequest(np.zeros(16_000 * 3, np.float32))
    assert engine.choose_length(request) == 1500
    for second in range(1, 8):
        used = engine.choose_length(request)
        engine.add(float(second), took_s * used / 1500, request)
    assert engine.choose_length(request) == length
