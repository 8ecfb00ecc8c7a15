"""Tests for app.atomic_file."""

import os
import stat
import sys
from pathlib import Path

import pytest

from app import atomic_file


def test_write_replaces_the_content(tmp_path: Path) -> None:
    """The new content takes the old one's place, and no other file is left."""
    path = tmp_path / "talk.srt"
    path.write_bytes(b"a longer text before")
    atomic_file.write(path, b"after")
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails leaves the old content and no temporary file."""

    def fail(number: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "talk.srt"
    path.write_bytes(b"before")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        atomic_file.write(path, b"after")
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("n_refused", [2, 1000])
def test_windows_refuses_while_another_program_has_the_file_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_refused: int
) -> None:
    """It is tried again for a moment; then the old content stays, and there is an error."""
    tries: list[Path] = []

    def replace(temporary: Path, path: Path) -> None:
        tries.append(temporary)
        if len(tries) <= n_refused:
            raise PermissionError(13, "The process cannot access the file")
        os.replace(temporary, path)  # noqa: PTH105

    path = tmp_path / "talk.srt"
    path.write_bytes(b"before")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(atomic_file, "OPEN_ELSEWHERE_S", 0.05)
    monkeypatch.setattr(Path, "replace", replace)
    if n_refused == 2:
        atomic_file.write(path, b"after")
    else:
        with pytest.raises(PermissionError):
            atomic_file.write(path, b"after")
    assert path.read_bytes() == (b"after" if n_refused == 2 else b"before")
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_in_the_block_leaves_the_old_file(tmp_path: Path) -> None:
    """Nothing is replaced when the caller fails while writing."""
    path = tmp_path / "weights"

    def write_half() -> None:
        with atomic_file.replacing(path) as file:
            file.write(b"half")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    """The file is as readable as one that `open` creates."""
    path, usual = tmp_path / "talk.srt", tmp_path / "usual"
    atomic_file.write(path, b"")
    usual.touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)
