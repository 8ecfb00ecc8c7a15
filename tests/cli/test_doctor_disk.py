"""Checks of the data folder and its disk."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.cli.doctor_disk import check_database, check_folder, check_space, check_speed, check_umask
from tests.support.store_run import FILE, ManualTime, StoreRun


@pytest.fixture(autouse=True)
def same_umask() -> Iterator[None]:
    """Restore the umask after a test."""
    mask = os.umask(0o077)
    yield
    os.umask(mask)


def test_windows_folders_have_the_rights_of_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside the user folder a data folder is the user's alone; elsewhere it may be anybody's."""
    monkeypatch.setattr(sys, "platform", "win32")
    (tmp_path / "home" / "data").mkdir(parents=True)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    assert check_folder(tmp_path / "home" / "data")[0].colour == "green"
    assert check_folder(tmp_path)[0].colour == "yellow"


def test_readable_files_are_red(tmp_path: Path) -> None:
    """A file or folder that others can read is named, with the command that repairs it; after it, all is green."""
    folder = tmp_path / "data with space"
    (folder / "transcripts").mkdir(parents=True, mode=0o700)
    (folder / "transcripts" / "main.srt").write_text("")
    assert check_folder(folder)[0].colour == "green"
    (folder / "transcripts" / "main.srt").chmod(0o644)
    (finding,) = check_folder(folder)
    assert finding.colour == "red"
    assert str(folder / "transcripts" / "main.srt") in finding.message
    assert os.system(finding.remedy.removeprefix("Run: ")) == 0
    assert check_folder(folder)[0].colour == "green"


def test_a_missing_folder_is_created_by_the_service(tmp_path: Path) -> None:
    """Before the first start nothing is wrong, and nothing is created."""
    assert check_folder(tmp_path / "none")[0].colour == "green"
    assert check_speed(tmp_path / "none")[0].subject == "disk speed"
    assert not (tmp_path / "none").exists()


def test_a_file_is_no_data_folder(tmp_path: Path) -> None:
    """A path to a file is red."""
    (tmp_path / "file").write_text("")
    assert check_folder(tmp_path / "file")[0].colour == "red"


@pytest.mark.parametrize(("mask", "colour"), [(0o077, "green"), (0o022, "yellow"), (0o027, "yellow")])
def test_an_open_umask_is_yellow(mask: int, colour: str) -> None:
    """Only 077 hides new files from everybody else; the check leaves it as it is."""
    os.umask(mask)
    assert check_umask()[0].colour == colour
    assert os.umask(0o077) == mask


@pytest.mark.parametrize(("each_s", "colour"), [(0.001, "green"), (0.1, "yellow"), (0.6, "red")])
def test_a_slow_disk_is_red(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, each_s: float, colour: str) -> None:
    """The median of several writes counts, and the line has the figures."""
    times = iter(n * each_s for n in range(1000))
    monkeypatch.setattr(time, "perf_counter", lambda: next(times))
    (finding,) = check_speed(tmp_path)
    assert finding.colour == colour
    assert f"{each_s * 1000:.1f} ms" in finding.message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("free", "colour"), [(10 << 30, "green"), (500 << 20, "yellow"), (1 << 20, "red")])
def test_a_full_disk_is_red(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, colour: str) -> None:
    """Less than 200 MB is red, less than 1 GB yellow."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert check_space(tmp_path / "not" / "there")[0].colour == colour


async def test_a_damaged_database_is_red(tmp_path: Path) -> None:
    """A whole one is green, one in use too; captions in the future show that the clock was set back."""
    assert check_database(tmp_path) == []
    run = StoreRun(tmp_path, ManualTime(1_000_000_000.0))
    run.say(await run.log(), "words")
    await run.settle()
    assert "running service" in check_database(tmp_path)[0].message
    run.close()
    assert check_database(tmp_path)[0].colour == "green"
    run = StoreRun(tmp_path, ManualTime(time.time() + 7200))
    run.say(await run.log(), "words")
    await run.settle()
    run.close()
    (finding,) = check_database(tmp_path)
    assert (finding.colour, "2.0 hours" in finding.message) == ("yellow", True)
    (tmp_path / FILE).write_bytes(b"damage" * 1000)
    assert check_database(tmp_path)[0].colour == "red"
