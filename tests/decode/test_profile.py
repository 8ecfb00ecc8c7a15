"""Profiles of devices."""

from dataclasses import replace
from pathlib import Path

from app.decode import models
from app.decode.encoder_length import ENCODER_LENGTHS
from app.decode.profile import choose_profile


def test_a_cpu_runs_as_it_was_measured(tmp_path: Path) -> None:
    """Lanes, threads and the time of a row come from the calibration; batches of long windows are smaller."""
    choice = models.choose("demo", "transcribe", device="cpu")
    profile = choose_profile(choice, cache=tmp_path)
    assert (tmp_path / "calibration.json").exists()
    assert all(0.001 < profile.row_s[length] < 15.0 for length in ENCODER_LENGTHS)
    rows = [profile.limits.max_rows(length) for length in ENCODER_LENGTHS]
    assert rows == sorted(rows, reverse=True)
    assert profile.apply_to(choice).lanes == profile.lanes


def test_the_users_settings_decide(tmp_path: Path) -> None:
    """With given threads nothing is measured, and batches are never larger than asked for."""
    choice = models.choose("demo", "transcribe", device="cpu", threads=1)
    profile = choose_profile(choice, cache=tmp_path, batch_max=1)
    assert (profile.lanes, profile.threads) == (1, 1)
    assert set(profile.limits.rows.values()) == {1}
    assert not list(tmp_path.iterdir())


def test_gpus_go_by_memory() -> None:
    """A large GPU takes large batches, a small one small ones, and half-empty ones are filled."""
    choice = replace(models.choose("demo", "transcribe", device="cpu"), device="cuda")
    large, small = (choose_profile(choice, memory_gib=memory_gib) for memory_gib in (80.0, 16.0))
    assert large.limits.max_rows(512) == 64
    assert small.limits.max_rows(512) == 8
    assert large.limits.promotes
    assert large.apply_to(choice).rows == large.limits.rows
