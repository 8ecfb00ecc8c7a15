"""Shapes are built and timed for real; arithmetic by hand."""

import json
from pathlib import Path

import pytest

from app.bench import model, model_shapes
from app.bench.model import ModelPlan
from app.bench.model_report import Cell, ModelReport, count_steps
from app.errors import SettingsError


def test_a_shape_is_timed(tmp_path: Path) -> None:
    """A real model of the demo's shape is built, run and measured, and nothing of it is left behind."""
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


def test_the_vocabulary_is_whispers() -> None:
    """Special tokens stand where OpenAI put them, for 99 and for 100 languages."""
    shape = model_shapes.find_shape("demo")
    assert len(model_shapes.build_vocabulary(shape)) == 51_865
    assert len(model_shapes.build_vocabulary(model_shapes.find_shape("turbo"))) == 51_866
    assert model_shapes.build_vocabulary(shape)[50_257:50_260] == ["<|endoftext|>", "<|startoftranscript|>", "<|en|>"]


@pytest.mark.parametrize(("name", "millions"), [("tiny", 39), ("small", 244), ("large-v3", 1550), ("turbo", 809)])
def test_shapes_are_whispers(name: str, millions: int) -> None:
    """Parameter counts are those OpenAI publishes, but for positions and convolutions."""
    assert model_shapes.find_shape(name).n_parameters / 1e6 == pytest.approx(millions, rel=0.08)


def test_rooms_by_hand() -> None:
    """Three quarters of the time, one decode a second: 16 rows in 0.4 s carry 30 rooms."""
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


def test_long_cells_are_skipped() -> None:
    """A cell that would take more than 30 s by those before it is not run."""
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
    """Nothing is built that cannot be timed."""
    with pytest.raises(SettingsError, match=sentence):
        model.run(plan, on_progress=lambda line: None)


def test_steps_grow_with_the_window() -> None:
    """40, 50 and 70 tokens, as the arithmetic takes them."""
    assert [count_steps(size) for size in (512, 768, 1500)] == [40, 50, 70]
