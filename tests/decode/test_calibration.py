"""CPUs are measured once, GPUs go by rule, and the user's word counts."""

import json
from dataclasses import replace
from pathlib import Path

from app.decode import calibration, models
from app.decode.calibration import CalibrationTrial, best, ways


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


def test_ways_fill_the_cores() -> None:
    """One lane with all cores, and lanes of few threads."""
    assert list(ways(2)) == [(1, 2), (2, 1)]
    assert list(ways(8)) == [(1, 8), (2, 4), (4, 2), (8, 1)]
    assert list(ways(1)) == [(1, 1)]


def test_a_machine_is_measured_once(tmp_path: Path) -> None:
    """The first call measures the real model and says so, the second remembers; a broken memory is measured anew."""
    choice = models.choose("demo", "transcribe", device="cpu")
    told: list[str] = []
    first = calibration.profile(choice, cache=tmp_path, tell=told.append)
    assert told == ["Measuring how this machine runs demo fastest; this happens once."]
    assert first.lanes * first.threads <= calibration.cores()
    assert 0.001 < first.row_s < 5.0
    assert calibration.profile(choice, cache=tmp_path, tell=told.append) == first
    assert len(told) == 1
    (tmp_path / "calibration.json").write_text("[1, 2")
    calibration.profile(choice, cache=tmp_path, tell=told.append)
    assert len(told) == 2
    assert json.loads((tmp_path / "calibration.json").read_text())


def test_the_users_word_counts(tmp_path: Path) -> None:
    """Threads that were asked for are not measured, and batches are never larger than asked for."""
    choice = models.choose("demo", "transcribe", device="cpu", threads=1)
    found = calibration.profile(choice, cache=tmp_path, batch_max=1)
    assert (found.lanes, found.threads) == (1, 1)
    assert set(found.limits.rows.values()) == {1}
    assert not list(tmp_path.iterdir())


def test_gpus_go_by_memory() -> None:
    """A large GPU takes large batches, a small one small ones, and half-empty ones are filled."""
    choice = replace(models.choose("demo", "transcribe", device="cpu"), device="cuda")
    large, small = (calibration.profile(choice, memory_gib=memory_gib) for memory_gib in (80.0, 16.0))
    assert large.limits.of(512) == 64
    assert small.limits.of(512) == 8
    assert large.limits.promotes
    assert large.applied(choice).rows == large.limits.rows
