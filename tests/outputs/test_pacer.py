"""Tests for app.outputs.pacer."""

import time

import pytest

from app.outputs import pacer
from app.outputs.pacer import Pacer


def test_the_thread_pauses_between_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the items take, others may run after each slice, and no item is lost."""
    pauses: list[float] = []
    now_s = iter(i * pacer.SLICE_S / 4 for i in range(1000))
    monkeypatch.setattr(time, "perf_counter", lambda: next(now_s))
    monkeypatch.setattr(time, "sleep", pauses.append)
    assert list(Pacer()(range(100))) == list(range(100))
    assert 15 <= len(pauses) <= 25
    assert set(pauses) == {pacer.PAUSE_S}
