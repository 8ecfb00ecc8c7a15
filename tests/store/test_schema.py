"""Tests for app.store.schema: files that cannot be opened."""

import json
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.store import schema
from app.store.database import Database
from tests.support.store_run import FILE, StoreRun


@pytest.fixture
async def store(tmp_path: Path) -> StoreRun:
    """Return a store in an empty folder."""
    return StoreRun(tmp_path)


def test_a_second_service_is_refused(tmp_path: Path) -> None:
    """A second process on the same folder gets an error that says what to do."""
    first = Database(tmp_path / FILE)
    script = (
        f"from pathlib import Path; from app.store.database import Database; Database(Path({str(tmp_path / FILE)!r}))"
    )
    second = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "FolderInUseError: Another Surtitle saves its captions in" in second.stderr
    with pytest.raises(SettingsError, match="Stop it, or give this one another folder"):
        Database(tmp_path / FILE)
    first.close()
    Database(tmp_path / FILE).close()


def foreign(path: Path, version: int) -> None:
    """Make a file of another program."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"CREATE TABLE notes (body TEXT); PRAGMA user_version = {version};")


@pytest.mark.parametrize("version", [0, 1, 99])
def test_a_file_of_another_program_is_not_changed(tmp_path: Path, version: int) -> None:
    """A file of another program is refused and not changed."""
    path = tmp_path / FILE
    foreign(path, version)
    before = path.read_bytes()
    with pytest.raises(SettingsError, match="damaged or does not belong to Surtitle"):
        Database(path)
    assert path.read_bytes() == before


def test_a_file_of_noise_is_refused(tmp_path: Path) -> None:
    """A file of noise is refused with advice."""
    (tmp_path / FILE).write_bytes(random.Random(1).randbytes(20_000))
    with pytest.raises(SettingsError, match=r"Move it away to begin a new one.*\.recover"):
        Database(tmp_path / FILE)


OLD_BODY = {
    "room": "main", "epoch": "e1", "seq": 1, "phrase": "1-0", "rev": 2, "source": "mic", "track": "original",
    "state": "final", "language": "de", "start_s": 0.0, "end_s": 1.0, "committed": "Grüß Gott.", "tentative": "",
    "speaker": None, "is_outdated": False,
}  # fmt: skip
"""An event as versions 1 and 2 stored it."""


def old_file(path: Path, version: int) -> None:
    """Make a file of an earlier version, with one event."""
    with closing(sqlite3.connect(path)) as connection:
        tables = schema.TABLES_1 + (schema.UPGRADE_2 if version == 2 else "")
        connection.executescript(f"{tables}PRAGMA user_version = {version};")
        connection.execute("INSERT INTO room (name, epoch, settings, created_ms) VALUES ('main', 'e1', '{}', 0)")
        statement = "INSERT INTO event (room, seq, at_ms, body) VALUES ('main', 1, 1799999999000, ?)"
        connection.execute(statement, (json.dumps(OLD_BODY, ensure_ascii=False),))
        if version == 2:
            connection.execute("UPDATE event SET place = '1-0 original'")
        connection.commit()


@pytest.mark.parametrize("version", [1, 2])
async def test_a_file_of_an_earlier_version_is_upgraded(tmp_path: Path, version: int) -> None:
    """Its events are read without doubtful words, and new ones are added; the earlier version would refuse it now."""
    old_file(tmp_path / FILE, version)
    store = StoreRun(tmp_path)
    log = await store.log()
    store.say(log, "new")
    await store.settle()
    assert [(one.committed, one.doubtful) for one in await log.all_events()] == [("Grüß Gott.", ()), ("new", ())]
    assert [one.committed for one in await log.before(9, 9)] == ["Grüß Gott.", "new"]
    assert log.since(0)[0].doubtful == ()
    store.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION == 5


async def test_a_damaged_file_is_refused(store: StoreRun, tmp_path: Path) -> None:
    """A file with pages of noise is refused when it is opened."""
    log = await store.log()
    store.say(log, *("x" * 500 for _ in range(200)))
    await store.settle()
    store.close()
    path = tmp_path / FILE
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + random.Random(1).randbytes(8192) + whole[16384:])
    with pytest.raises(SettingsError, match="damaged"):
        Database(path)


def test_a_later_file_is_refused(tmp_path: Path) -> None:
    """A file of a later version of Surtitle is refused."""
    path = tmp_path / FILE
    Database(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(SettingsError, match="from a later version of Surtitle"):
        Database(path)


def test_a_folder_that_cannot_be_created_is_an_error(tmp_path: Path) -> None:
    """If no file can be created, the error names the two options that help."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"Give another folder with --data, or .* --retention 0"):
        Database(tmp_path / "file" / "below" / FILE)
