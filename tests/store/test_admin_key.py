"""The admin key of the data folder."""

from pathlib import Path

import pytest

from app.errors import SettingsError
from app.store import admin_key


def test_the_key_stays_and_is_its_owners_alone(tmp_path: Path) -> None:
    """The first call makes a key that only its owner can read; later calls return the same."""
    made = admin_key.read_or_create(tmp_path / "data")
    path = tmp_path / "data" / admin_key.FILE
    assert len(made) >= 40
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert admin_key.read_or_create(tmp_path / "data") == made == admin_key.read(tmp_path / "data")


def test_a_key_that_others_could_read_is_replaced(tmp_path: Path) -> None:
    """The key that they read is no longer valid."""
    made = admin_key.read_or_create(tmp_path)
    (tmp_path / admin_key.FILE).chmod(0o644)
    again = admin_key.read_or_create(tmp_path)
    assert again != made
    assert (tmp_path / admin_key.FILE).stat().st_mode & 0o777 == 0o600


def test_a_missing_or_damaged_key_is_none(tmp_path: Path) -> None:
    """The command line then asks without a key; the service makes a new one."""
    assert admin_key.read(tmp_path) == ""
    (tmp_path / admin_key.FILE).write_bytes(b"\xff\xfe")
    (tmp_path / admin_key.FILE).chmod(0o600)
    assert admin_key.read(tmp_path) == ""
    assert admin_key.read_or_create(tmp_path)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """The sentence names the file and what to do."""
    (tmp_path / "data").write_text("a file")
    with pytest.raises(SettingsError, match=r"cannot be saved as .*--memory"):
        admin_key.read_or_create(tmp_path / "data")
