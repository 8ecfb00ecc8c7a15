"""Profiles of devices."""

from dataclasses import replace
from pathlib import Path

from app.bench.model_shapes import ModelShape, write_model
from app.decode import models
from app.decode.encoder_length import ENCODER_LENGTHS
from app.decode.profile import SEGMENT_S, choose_profile


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
    assert large.limits.recorded == 64
    assert large.recorded_in_flight == 192


def test_deep_decoders_take_smaller_batches(tmp_path: Path) -> None:
    """The layers are counted in the model's file, so a small file with many layers counts as deep."""
    write_model(ModelShape(64, 1, 12, 12), tmp_path, "int8")
    choice = models.ModelChoice("deep", str(tmp_path), "cuda", "float16")
    profile = choose_profile(choice, memory_gib=80.0, batch_max=20)
    assert profile.limits.max_rows(512) == 20
    assert choose_profile(choice, memory_gib=80.0).limits.max_rows(512) == 24
    assert (profile.limits.recorded, profile.segment_s) == (20, SEGMENT_S)
