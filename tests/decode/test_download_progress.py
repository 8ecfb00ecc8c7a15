"""Tests for app.decode.download_progress."""

import time
from pathlib import Path

import pytest

from app.decode import download_progress


def test_what_has_arrived_is_said_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences count complete files and parts; after the block there are no more."""
    monkeypatch.setattr(download_progress, "EVERY_S", 0.01)
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / "a").write_bytes(bytes(1_000_000))
    (tmp_path / "blobs" / "b.incomplete").write_bytes(bytes(2_000_000))
    said: list[str] = []
    with download_progress.reporting(tmp_path, 484_000_000, said.append):
        for _ in range(200):
            if len(said) >= 2:
                break
            time.sleep(0.01)
    assert set(said) == {"Downloaded 3 of about 484 MB so far."}
    assert download_progress.describe(5_000_000, None) == "Downloaded 5 MB so far."


def test_nobody_asked_and_nothing_there(tmp_path: Path) -> None:
    """Without a listener nothing is said, and a folder that is not there yet is empty."""
    with download_progress.reporting(tmp_path / "missing", None, None):
        assert download_progress.count_bytes(tmp_path / "missing") == 0
