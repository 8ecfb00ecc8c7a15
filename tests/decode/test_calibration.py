"""Measuring a CPU."""

import json
from pathlib import Path

from app.decode import models
from app.decode.calibration import CalibrationTrial, best, calibrate, lane_layouts
from app.decode.device import count_cores
from app.decode.encoder_length import ENCODER_LENGTHS


def test_the_fastest_short_batch_is_chosen() -> None:
    """Throughput decides; a larger batch must be worth its wait, and one over the limit is no choice."""
    trials = [
        CalibrationTrial(1, 2, 1, 0.05),
        CalibrationTrial(2, 1, 1, 0.05),
        CalibrationTrial(2, 1, 2, 0.098),
        CalibrationTrial(2, 1, 4, 0.16),
        CalibrationTrial(2, 1, 8, 0.26),
    ]
    assert best(trials) == CalibrationTrial(2, 1, 4, 0.16)
    assert best(trials[:3]) == CalibrationTrial(2, 1, 1, 0.05)
    assert best([CalibrationTrial(1, 2, 1, 3.0)]).rows == 1


def test_lane_layouts_fill_the_cores() -> None:
    """One lane takes all cores, or lanes of few threads share them."""
    assert list(lane_layouts(2)) == [(1, 2), (2, 1)]
    assert list(lane_layouts(8)) == [(1, 8), (2, 4), (4, 2), (8, 1)]
    assert list(lane_layouts(1)) == [(1, 1)]


def test_a_machine_is_measured_once(tmp_path: Path) -> None:
    """The first call measures the real model and says so, the second reads the file; a broken file means another."""
    choice = models.choose("demo", "transcribe", device="cpu")
    sentences: list[str] = []
    first = calibrate(choice, tmp_path, sentences.append)
    began = "Measuring how this machine runs demo fastest; this happens once."
    assert sentences[0] == began
    assert all(line.startswith("Still measuring, for ") for line in sentences[1:])
    assert first.lanes * first.threads <= count_cores()
    assert len(first.row_us) == len(ENCODER_LENGTHS)
    assert 1_000 < first.row_us[0] < first.row_us[-1] < 15_000_000
    assert calibrate(choice, tmp_path, sentences.append) == first
    assert sentences.count(began) == 1
    (tmp_path / "calibration.json").write_text("[1, 2")
    calibrate(choice, tmp_path, sentences.append)
    assert sentences.count(began) == 2
    assert json.loads((tmp_path / "calibration.json").read_text())
