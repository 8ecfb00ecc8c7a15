"""Tests for app.store.data_folder: who may read the files, and that one service uses them."""

import fcntl
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog
from structlog.typing import EventDict

from app.errors import SettingsError
from app.store import data_folder
from app.store.database import Database
from tests.support.store_run import FILE, StoreRun


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    """Return what is logged."""
    with structlog.testing.capture_logs() as logged:
        yield logged


def mode(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


async def test_files_are_for_their_owner_alone(tmp_path: Path, logged: list[EventDict]) -> None:
    """Whatever the umask is, the folder has the mode 0700 and its files 0600; nothing is to be repaired."""
    before = os.umask(0o022)
    try:
        store = StoreRun(tmp_path / "data")
        store.say(await store.log(), "said")
        await store.settle()
        assert {path.name: mode(path) for path in (tmp_path / "data").iterdir()} == {FILE: 0o600, f"{FILE}-wal": 0o600}
        assert mode(tmp_path / "data") == 0o700
        store.close()
    finally:
        os.umask(before)
    assert [one for one in logged if one["log_level"] == "warning"] == []


def test_a_file_is_locked_where_folders_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows the folder's lock is that of a file in it, and ends with its descriptor."""

    def locking(descriptor: int, mode: int, n_bytes: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PermissionError(13, "Permission denied") from None

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(LK_NBLCK=2, locking=locking))
    descriptor = data_folder.lock(tmp_path)
    assert descriptor is not None
    with pytest.raises(SettingsError, match="Another Surtitle"):
        data_folder.lock(tmp_path)
    os.close(descriptor)
    with data_folder.locked(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [data_folder.LOCK_FILE]


def test_modes_are_repaired_when_the_file_is_opened(tmp_path: Path, logged: list[EventDict]) -> None:
    """Each repair is logged with the mode before; the write-ahead log has the mode of the file."""
    Database(tmp_path / FILE).close()
    tmp_path.chmod(0o755)
    (tmp_path / FILE).chmod(0o644)
    again = Database(tmp_path / FILE)
    assert {path.name: mode(path) for path in tmp_path.iterdir()} == {FILE: 0o600, f"{FILE}-wal": 0o600}
    assert mode(tmp_path) == 0o700
    again.close()
    repaired = {one["path"]: (one["mode"], one["now"]) for one in logged if one["event"] == "mode_repaired"}
    assert repaired[tmp_path.name] == ("0o755", "0o700")
    assert repaired[FILE] == ("0o644", "0o600")


def test_what_is_shared_on_purpose_is_only_reported(tmp_path: Path, logged: list[EventDict]) -> None:
    """A folder such as /tmp, and a file behind a link, keep their modes."""
    shared, other = tmp_path / "shared", tmp_path / "other"
    shared.mkdir()
    shared.chmod(0o1777)
    other.write_text("")
    other.chmod(0o644)
    (shared / "link").symlink_to(other)
    (shared / "own").write_text("")
    (shared / "own").chmod(0o640)
    data_folder.protect(shared, shared.iterdir())
    assert (mode(shared), mode(other), mode(shared / "own")) == (0o1777, 0o644, 0o600)
    assert [(one["event"], one["path"]) for one in logged] == [("others_may_read", "shared"), ("mode_repaired", "own")]


def test_a_folder_with_files_of_other_users_is_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would lose access to it if its mode were repaired; a home is shared by programs in the same way."""
    (tmp_path / "file").write_text("")
    assert not data_folder._is_shared(tmp_path, 0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert data_folder._is_shared(tmp_path, 0o755)
    monkeypatch.undo()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_folder._is_shared(tmp_path, 0o755)


def test_the_lock_ends_with_the_database(tmp_path: Path) -> None:
    """A second database on the folder is refused, also after the first was read by this process as a file."""
    first = Database(tmp_path / FILE)
    (tmp_path / FILE).read_bytes()  # closing a file ends the locks that SQLite has on it
    with pytest.raises(SettingsError, match="Another Surtitle saves its captions"):
        Database(tmp_path / FILE)
    first.close()
    Database(tmp_path / FILE).close()
