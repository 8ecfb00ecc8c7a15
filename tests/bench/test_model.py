"""`surtitle bench model` with a real model of the demo's shape."""

import json
from pathlib import Path

import pytest

from app.bench import model
from app.bench.model import ModelPlan
from app.bench.model_report import Cell
from app.errors import SettingsError


def test_a_shape_is_timed(tmp_path: Path) -> None:
    """A real model of the demo's shape is built, run and measured, and all figures are in the report."""
    target, plot = tmp_path / "model.json", tmp_path / "model.png"
    sentences: list[str] = []
    plan = ModelPlan("demo", (1, 2), (512,), device="cpu", everything=True)
    report = model.run(plan, json_path=target, plot=plot, on_progress=sentences.append)
    figures = json.loads(target.read_text())
    assert [(cell["batch"], cell["window"]) for cell in figures["cells"]] == [(1, 512), (2, 512)]
    assert all(cell["encode_ms"] > 0 and cell["step_ms"] > 0 and cell["align_ms"] > 0 for cell in figures["cells"])
    assert figures["extras"]["memory pool as it is over one that keeps"] == "needs a GPU"
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert "rooms that speak all the time" in report.table()


def test_long_cells_are_skipped() -> None:
    """The time of a cell is estimated from the cells before it."""
    cells = [Cell(1, 512, encode_s=0.5, generate_s=0.4, align_s=0.1, steps=40)]
    assert model.estimate_s(cells, 8, 512) == pytest.approx(32.0)
    assert model.estimate_s(cells, 2, 768) > 8.0
    assert model.estimate_s([], 64, 1500) == 0.0


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (ModelPlan("giant"), "got .giant.. Give one of demo, tiny"),
        (ModelPlan("tiny", batches=(0,)), "Expected batches of 1 or more"),
        (ModelPlan("tiny", windows=(2000,)), "windows of 1 to 1500"),
        (ModelPlan("tiny", windows=(80,)), "takes a window of 80 frames for features"),
        (ModelPlan("tiny", device="cuda"), "CTranslate2 finds none"),
    ],
)
def test_bad_input_gets_a_sentence(plan: ModelPlan, sentence: str) -> None:
    """Settings that cannot be timed fail before a model is built."""
    with pytest.raises(SettingsError, match=sentence):
        model.run(plan, on_progress=lambda line: None)
