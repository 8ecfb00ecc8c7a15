"""The files that a bench writes."""

import json
from pathlib import Path

import pytest

from app.bench.model_report import Cell, ModelReport
from app.bench.report_files import ReportFiles
from app.errors import SettingsError


def test_figures_and_plot_are_written(tmp_path: Path) -> None:
    """The JSON file has the figures, and the bench's module draws the plot."""
    report = ModelReport("tiny", "CPU", "cpu", "int8", 1.0, 0.1, (Cell(1, 512, 0.1, 0.1, 0.1, 40),))
    ReportFiles("model", tmp_path / "figures.json", tmp_path / "plot.png").write({"wer": 0.5, "text": "für"}, report)
    assert json.loads((tmp_path / "figures.json").read_text(encoding="utf-8")) == {"wer": 0.5, "text": "für"}
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_without_paths_nothing_is_written() -> None:
    """Both files are optional."""
    ReportFiles("model", None).write({"wer": 0.5})


def test_paths_are_checked_first(tmp_path: Path) -> None:
    """A folder, a missing folder and a file that is not a picture fail before the measurement."""
    with pytest.raises(SettingsError, match="is a folder"):
        ReportFiles("model", tmp_path)
    with pytest.raises(SettingsError, match=r"Expected a folder to write a\.json to"):
        ReportFiles("model", tmp_path / "missing" / "a.json")
    with pytest.raises(SettingsError, match=r"ends in \.png, \.svg or \.pdf, but got plot\.doc"):
        ReportFiles("model", None, tmp_path / "plot.doc")
