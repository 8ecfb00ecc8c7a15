"""Tests for app.store.database: groups of jobs, order, failures and crashes."""

import asyncio
import random
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import SettingsError, StoreError
from app.store.database import Database
from tests.support.store_run import FILE, FailingConnection, StoreRun, copy_files, event, stored_rows

FRAME_HEADER, WAL_HEADER = 24, 32


@pytest.fixture
async def store(tmp_path: Path) -> StoreRun:
    """Return a store in an empty folder."""
    return StoreRun(tmp_path)


async def test_waiting_jobs_share_a_transaction(store: StoreRun) -> None:
    """All jobs that wait while the disk is busy share a commit, and each gets its own result, in order."""
    is_free, statements, results = threading.Event(), list[str](), list[int | None]()

    def busy(connection: sqlite3.Connection) -> None:
        is_free.wait(5)
        connection.set_trace_callback(statements.append)

    store.database.write(busy, lambda _, error: None)
    await asyncio.sleep(0.05)
    for number in range(50):
        store.database.write(lambda _, number=number: number, lambda result, _: results.append(result))  # type: ignore[misc]
    is_free.set()
    await store.settle()
    assert results == list(range(50))
    assert sum("COMMIT" in one for one in statements) <= 3  # of the busy job, of the 50, and of `settle`
    store.close()


@pytest.mark.parametrize("fault", [sqlite3.IntegrityError("not unique"), ValueError("no number"), OverflowError()])
async def test_a_job_that_fails_fails_alone(store: StoreRun, fault: Exception) -> None:
    """If one job of a group raises any error, only its caller gets it, the others are saved, and the store goes on."""
    log = await store.log()
    errors: list[StoreError | None] = []

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM event")
        raise fault

    store.say(log, "one")
    store.database.write(fail, lambda _, error: errors.append(error))
    store.say(log, "two")
    await store.settle()
    assert len(errors) == 1
    assert isinstance(errors[0], StoreError)
    assert [one.committed for one in await log.all_events()] == store.texts == ["one", "two"]
    assert log.problem == ""
    store.close()


async def test_a_checkpoint_that_fails_undoes_nothing(store: StoreRun) -> None:
    """When the write-ahead log cannot be emptied, only callers with `scrubs` get an error, and it is tried again."""
    refusing = store.fail(on="PRAGMA wal_checkpoint")
    erasing = asyncio.create_task(
        store.database.run(lambda connection: connection.execute("DELETE FROM event"), scrubs=True)
    )
    minting = asyncio.create_task(store.keyring.create_key(None, "viewer"))
    with pytest.raises(StoreError, match="cannot be overwritten"):
        await erasing
    _, secret = await minting
    assert store.keyring.find(secret) is not None
    assert store.database._must_scrub
    refusing.is_failing = False
    await store.settle()
    assert not store.database._must_scrub
    store.close()


async def test_a_result_is_on_the_disk_when_it_is_returned(store: StoreRun, tmp_path: Path) -> None:
    """When a caller gets a job's result, a copy of the files contains what the job wrote."""
    log = await store.log()
    lacking: list[int | None] = []

    def tell(number: int) -> None:
        held = stored_rows(copy_files(tmp_path, tmp_path / f"copy{number}"))
        if number not in [seq for seq, _ in held]:
            lacking.append(number)

    for number in range(1, 21):
        log.append(event(f"{number}"), lambda one: tell(one.seq or 0))
        if number % 3 == 0:
            await store.settle()
    await store.settle()
    assert lacking == []
    store.close()


def test_a_hanging_disk_does_not_block_close(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing waits for jobs, but not forever."""
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
    """Write phrases, one transaction each, and copy the files mid-run; return the copy and its content."""
    store = StoreRun(folder / "run")
    log = await store.log()
    for number in range(1, 16):
        store.say(log, f"phrase {number} " + "x" * random.Random(number).randrange(900))
        await store.settle()
    whole = copy_files(folder / "run", folder / "whole")
    store.close()
    return whole, stored_rows(copy_files(whole, folder / "read"))


def check(folder: Path, whole: list[tuple[int, str]]) -> None:
    """Check the copy: it is an intact prefix of the commits, or it is refused with an error."""
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
    """If the write-ahead log is cut at any frame or beside one, the rest is an intact prefix."""
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
    """If any bytes of the write-ahead log are changed, the rest is an intact prefix."""
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


def test_the_fake_disk_works_when_it_does_not_fail(tmp_path: Path) -> None:
    """The fake disk of these tests fails only while `is_failing`."""
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
