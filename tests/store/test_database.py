"""The one connection: groups, order, failures, and files that are not what they should be."""

import asyncio
import random
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import SettingsError, StoreError
from app.store.database import Database
from tests.support.store_run import FILE, FailingConnection, StoreRun, copy_files, event, stored_rows

FRAME_HEADER, WAL_HEADER = 24, 32


@pytest.fixture
async def shelf(tmp_path: Path) -> StoreRun:
    """Return a store in an empty folder."""
    return StoreRun(tmp_path)


async def test_what_waits_is_one_transaction(shelf: StoreRun) -> None:
    """All jobs that wait while the disk is busy are committed together, and each hears its own result, in order."""
    is_free, statements, results = threading.Event(), list[str](), list[int | None]()

    def busy(connection: sqlite3.Connection) -> None:
        is_free.wait(5)
        connection.set_trace_callback(statements.append)

    shelf.database.write(busy, lambda _, error: None)
    await asyncio.sleep(0.05)
    for number in range(50):
        shelf.database.write(lambda _, number=number: number, lambda result, _: results.append(result))  # type: ignore[misc]
    is_free.set()
    await shelf.settle()
    assert results == list(range(50))
    assert sum("COMMIT" in one for one in statements) <= 3  # of the busy job, of the 50, and of `settle`
    shelf.close()


@pytest.mark.parametrize("fault", [sqlite3.IntegrityError("not unique"), ValueError("no number"), OverflowError()])
async def test_a_job_that_fails_fails_alone(shelf: StoreRun, fault: Exception) -> None:
    """Whatever one job of a group raises, the others are saved, it alone hears of it, and the store goes on."""
    log = await shelf.log()
    errors: list[StoreError | None] = []

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM event")
        raise fault

    shelf.say(log, "one")
    shelf.database.write(fail, lambda _, error: errors.append(error))
    shelf.say(log, "two")
    await shelf.settle()
    assert len(errors) == 1
    assert isinstance(errors[0], StoreError)
    assert [one.committed for one in await log.all_events()] == shelf.texts == ["one", "two"]
    assert log.problem == ""
    shelf.close()


async def test_a_checkpoint_that_fails_undoes_nothing(shelf: StoreRun) -> None:
    """When the write-ahead log cannot be emptied, only who asked for that hears of it, and it is tried again."""
    refusing = shelf.fail(on="PRAGMA wal_checkpoint")
    erasing = asyncio.create_task(
        shelf.database.run(lambda connection: connection.execute("DELETE FROM event"), scrubs=True)
    )
    minting = asyncio.create_task(shelf.keyring.create_key(None, "viewer"))
    with pytest.raises(StoreError, match="cannot be overwritten"):
        await erasing
    _, secret = await minting
    assert shelf.keyring.find(secret) is not None
    assert shelf.database._must_scrub
    refusing.is_failing = False
    await shelf.settle()
    assert not shelf.database._must_scrub
    shelf.close()


async def test_all_is_saved_when_it_is_told(shelf: StoreRun, tmp_path: Path) -> None:
    """At the moment when a job's result is told, a copy of the files holds what it wrote."""
    log = await shelf.log()
    lacking: list[int | None] = []

    def tell(number: int) -> None:
        held = stored_rows(copy_files(tmp_path, tmp_path / f"copy{number}"))
        if number not in [seq for seq, _ in held]:
            lacking.append(number)

    for number in range(1, 21):
        log.append(event(f"{number}"), lambda one: tell(one.seq or 0))
        if number % 3 == 0:
            await shelf.settle()
    await shelf.settle()
    assert lacking == []
    shelf.close()


def test_a_second_service_is_refused(tmp_path: Path) -> None:
    """A second process on the same folder gets a sentence that says what to do."""
    first = Database(tmp_path / FILE)
    script = (
        f"from pathlib import Path; from app.store.database import Database; Database(Path({str(tmp_path / FILE)!r}))"
    )
    second = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "SettingsError: Another Surtitle saves its captions in" in second.stderr
    with pytest.raises(SettingsError, match="Stop it, or give this one another folder"):
        Database(tmp_path / FILE)
    first.close()
    Database(tmp_path / FILE).close()


def foreign(path: Path, version: int) -> None:
    """Make a file of another program."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"CREATE TABLE notes (body TEXT); PRAGMA user_version = {version};")


@pytest.mark.parametrize("version", [0, 1, 99])
def test_another_programs_file_is_left_alone(tmp_path: Path, version: int) -> None:
    """A file of another program is refused, and not a byte of it is changed."""
    path = tmp_path / FILE
    foreign(path, version)
    before = path.read_bytes()
    with pytest.raises(SettingsError, match="damaged or does not belong to Surtitle"):
        Database(path)
    assert path.read_bytes() == before


def test_noise_is_no_file_of_ours(tmp_path: Path) -> None:
    """A file of noise is refused with a way out."""
    (tmp_path / FILE).write_bytes(random.Random(1).randbytes(20_000))
    with pytest.raises(SettingsError, match=r"Move it away to begin a new one.*\.recover"):
        Database(tmp_path / FILE)


async def test_a_damaged_file_is_refused(shelf: StoreRun, tmp_path: Path) -> None:
    """A file with pages of noise is refused when it is opened."""
    log = await shelf.log()
    shelf.say(log, *("x" * 500 for _ in range(200)))
    await shelf.settle()
    shelf.close()
    path = tmp_path / FILE
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + random.Random(1).randbytes(8192) + whole[16384:])
    with pytest.raises(SettingsError, match="damaged"):
        Database(path)


def test_a_later_file_is_refused(tmp_path: Path) -> None:
    """A file of a later Surtitle is refused by its version."""
    path = tmp_path / FILE
    Database(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(SettingsError, match="from a later version of Surtitle"):
        Database(path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Where no file can be made, the sentence names the two ways out."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"Give another folder with --data, or .* --retention 0"):
        Database(tmp_path / "file" / "below" / FILE)


def test_a_hanging_disk_does_not_hang_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing waits for what is written, but not for ever."""
    monkeypatch.setattr("app.store.database.CLOSE_S", 0.05)
    database = Database(tmp_path / FILE)
    is_free = threading.Event()

    async def hang() -> None:
        database.write(lambda connection: is_free.wait(5), lambda result, error: None)

    asyncio.run(hang())
    database.close()
    assert database._thread.is_alive()
    is_free.set()
    database._thread.join(5)
    assert not database._thread.is_alive()


async def running(folder: Path) -> tuple[Path, list[tuple[int, str]]]:
    """Write phrases, one transaction each, and copy the files mid-run; returns the copy and what it holds."""
    shelf = StoreRun(folder / "run")
    log = await shelf.log()
    for number in range(1, 16):
        shelf.say(log, f"phrase {number} " + "x" * random.Random(number).randrange(900))
        await shelf.settle()
    whole = copy_files(folder / "run", folder / "whole")
    shelf.close()
    return whole, stored_rows(copy_files(whole, folder / "read"))


def check(folder: Path, whole: list[tuple[int, str]]) -> None:
    """Open what is left: it is a prefix of what was committed and sound, or it is refused with a sentence."""
    try:
        database = Database(folder / FILE)
    except SettingsError:
        return
    try:
        assert database.read(lambda one: one.execute("PRAGMA integrity_check").fetchone()[0]) == "ok"
    finally:
        database.close()
    left = stored_rows(folder)
    assert left == whole[: len(left)]


async def test_a_torn_log_is_a_prefix(tmp_path: Path) -> None:
    """Wherever the write-ahead log is cut, at each frame and a byte beside it, what is left is a sound prefix."""
    folder, whole = await running(tmp_path)
    wal = (folder / f"{FILE}-wal").read_bytes()
    frame = FRAME_HEADER + int.from_bytes(wal[8:12], "big")
    ends = range(WAL_HEADER, len(wal) + 1, frame)
    assert len(ends) > 30
    assert len(whole) == 15
    for end in sorted({end + off for end in ends for off in (-1, 0, 1)}):
        torn = copy_files(folder, tmp_path / "torn" / str(end))
        (torn / f"{FILE}-wal").write_bytes(wal[:end])
        check(torn, whole)


async def test_flipped_bytes_are_a_prefix(tmp_path: Path) -> None:
    """Whatever bytes of the write-ahead log are not what was written, what is left is a sound prefix."""
    folder, whole = await running(tmp_path)
    wal = (folder / f"{FILE}-wal").read_bytes()
    dice = random.Random(7)
    for number in range(150):
        flipped = bytearray(wal)
        for _ in range(dice.choice((1, 1, 3, 50))):
            place = dice.randrange(WAL_HEADER if number % 10 == 0 else len(wal))
            flipped[place] ^= dice.randrange(1, 256)
        torn = copy_files(folder, tmp_path / "torn" / str(number))
        (torn / f"{FILE}-wal").write_bytes(flipped)
        check(torn, whole)


def test_refusing_passes_on(tmp_path: Path) -> None:
    """The fake disk of these tests refuses only while it fails."""
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.isolation_level = None
        refusing = FailingConnection(connection, "COMMIT")
        refusing.execute("BEGIN")
        refusing.execute("CREATE TABLE note (body)")
        refusing.execute("INSERT INTO note VALUES (1)")
        with pytest.raises(sqlite3.OperationalError):
            refusing.execute("COMMIT")
        refusing.is_failing = False
        refusing.execute("COMMIT")
        assert refusing.execute("SELECT body FROM note").fetchone() == (1,)
