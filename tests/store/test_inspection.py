"""Looking at a database file without changing it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import FolderInUseError, SettingsError
from app.store import schema
from app.store.inspection import inspect
from tests.support.store_run import FILE, ManualTime, StoreRun, copy_files


async def a_store(folder: Path) -> StoreRun:
    """Return a running store in which something was said."""
    run = StoreRun(folder, ManualTime(2_000_000_000.0))
    run.say(await run.log(), "words")
    await run.settle()
    return run


async def test_a_whole_database_is_described_and_stays_as_it_is(tmp_path: Path) -> None:
    """The newest time is read, also from the write-ahead log of a service that was killed."""
    run = await a_store(tmp_path / "data")
    killed = copy_files(tmp_path / "data", tmp_path / "killed")
    run.close()
    for folder in (tmp_path / "data", killed):
        before = {path: path.read_bytes() for path in folder.iterdir()}
        state = inspect(folder / FILE)
        assert not state.is_later
        assert state.newest_ms == 2_000_000_000_000
        assert {path: path.read_bytes() for path in folder.iterdir()} == before


async def test_a_database_in_use_is_left_alone(tmp_path: Path) -> None:
    """While a service runs, its database is not opened."""
    run = await a_store(tmp_path)
    with pytest.raises(FolderInUseError):
        inspect(tmp_path / FILE)
    run.close()


async def test_damage_and_other_programs_are_noticed(tmp_path: Path) -> None:
    """A damaged page, a file of another program and one of a later version each get their own message."""
    run = await a_store(tmp_path)
    run.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    assert inspect(tmp_path / FILE).is_later
    body = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(body[:2048] + b"?" * 3000 + body[5048:])
    with pytest.raises(SettingsError, match="damaged"):
        inspect(tmp_path / FILE)
    (tmp_path / FILE).write_bytes(b"another program's file" * 100)
    with pytest.raises(SettingsError, match="damaged"):
        inspect(tmp_path / FILE)
