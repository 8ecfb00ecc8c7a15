"""The figures of a model, calculated by hand."""

import pytest

from app.bench.model_report import Cell, ModelReport, count_steps


def test_rooms_by_hand() -> None:
    """Three quarters of the time, one decode a second: 16 rows in 0.4 s serve 30 rooms."""
    cell = Cell(16, 512, encode_s=0.2, generate_s=0.16, align_s=0.04, steps=40)
    assert cell.batch_s == pytest.approx(0.4)
    assert cell.rooms == 30
    assert cell.as_json()["step_ms"] == 4.0
    late = Cell(64, 512, encode_s=0.9, generate_s=0.2, align_s=0.1, steps=40)
    assert late.rooms == 40
    report = ModelReport("tiny", "CPU", "cpu", "int8", 1.0, 0.1, (cell, late, Cell(128, 512)))
    assert report.best == {512: cell}
    assert report.as_json()["rooms"] == {"512": 30}
    assert "over the bound" in report.table()
    assert "skipped: it would take over 30 s" in report.table()
    assert report.as_json()["cells"][2]["skipped"]  # type: ignore[index]


def test_steps_grow_with_the_window() -> None:
    """A full window has 40, 50 or 70 tokens."""
    assert [count_steps(size) for size in (512, 768, 1500)] == [40, 50, 70]
