"""Tests for app.store.read_thread: reads beside the writes."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import BusyError, StoreError
from app.store import event_table, read_thread, room_log
from tests.support.store_run import FILE, StoreRun, copy_files, count_text


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreRun]:
    """Return a store in an empty folder, or in memory."""
    run = StoreRun(tmp_path if request.param == "file" else None)
    yield run
    run.close()


def count(connection: sqlite3.Connection) -> int:
    """Return the number of stored events."""
    found: int = connection.execute("SELECT count(*) FROM event").fetchone()[0]
    return found


async def test_a_slow_read_delays_no_phrase(tmp_path: Path) -> None:
    """While a read hangs, phrases are saved and published at once, under the same epoch."""
    store = StoreRun(tmp_path)
    log = await store.log()
    epoch, is_free = log.epoch, threading.Event()
    reading = asyncio.create_task(store.database.query(lambda connection: (count(connection), is_free.wait(10))))
    await asyncio.sleep(0.02)
    began_s = time.monotonic()
    store.say(log, "one", "two")
    await store.settle()
    assert time.monotonic() - began_s < 1
    assert (store.texts, log.epoch, log.problem) == (["one", "two"], epoch, "")
    is_free.set()
    assert (await reading)[0] == 0
    assert await store.database.query(count) == 2
    store.close()


async def test_a_read_cannot_write(tmp_path: Path) -> None:
    """The connection of the reads refuses it, and the next read works."""
    store = StoreRun(tmp_path)
    await store.log()
    with pytest.raises(StoreError, match="cannot be read"):
        await store.database.query(lambda connection: connection.execute("DELETE FROM room"))
    assert [room.name for room in store.rooms.all()] == ["main"]
    assert await store.database.query(count) == 0
    store.close()


async def test_a_read_sees_what_was_committed(store: StoreRun) -> None:
    """What a job wrote is there for reads as soon as its caller has the result, in a file and in memory."""
    log = await store.log()
    for number in range(1, 30):
        store.say(log, f"{number}")
        await store.settle()
        assert await store.database.query(count) == number


async def test_captions_are_erased_while_others_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads do not keep deleted rows in the write-ahead log, and get either all that was there or nothing."""
    monkeypatch.setattr(room_log, "RECENT_MAX", 10)
    monkeypatch.setattr(event_table, "PAGE_ROWS", 20)
    store = StoreRun(tmp_path)
    log = await store.log()
    store.say(log, *(f"canary {number}" for number in range(300)))
    await store.settle()
    numbers: list[int] = []

    async def read() -> None:
        while True:
            numbers.append(len(await log.all_events()))

    readers = [asyncio.create_task(read()) for _ in range(10)]
    while len(numbers) < 20:  # noqa: ASYNC110 - waits for the readers
        await asyncio.sleep(0.01)
    await log.erase()
    assert count_text(tmp_path, "canary") == 0
    n_before = len(numbers)
    while len(numbers) < n_before + 20:  # noqa: ASYNC110 - waits for the readers
        await asyncio.sleep(0.01)
    for reader in readers:
        reader.cancel()
    assert set(numbers) == {300, 0}
    store.close()


async def test_what_a_crash_left_in_the_log_is_scrubbed_at_the_next_start(tmp_path: Path) -> None:
    """Rows that were deleted before a crash, but not yet scrubbed, are in no file soon after the start."""
    store = StoreRun(tmp_path)
    log = await store.log()
    store.say(log, "canary")
    await store.settle()
    await store.database.run(lambda connection: connection.execute("DELETE FROM event"))
    crashed = copy_files(tmp_path, tmp_path / "crash")
    store.close()
    assert count_text(crashed, "canary") > 0
    again = StoreRun(crashed)
    await again.settle()
    assert count_text(crashed, "canary") == 0
    again.close()


async def test_too_many_reads_are_refused(store: StoreRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that finds too many others waiting gets an error with a retry time, and a cancelled one is not run."""
    waiting = store.database._reads._reads
    monkeypatch.setattr(waiting, "maxsize", 3)
    is_free, ran = threading.Event(), list[int]()
    first = asyncio.create_task(store.database.query(lambda _: is_free.wait(10)))
    await asyncio.sleep(0.05)
    others = [asyncio.create_task(store.database.query(lambda _, i=i: ran.append(i))) for i in range(3)]  # type: ignore[misc]
    await asyncio.sleep(0)
    with pytest.raises(BusyError) as refused:
        await store.database.query(count)
    assert refused.value.retry_after_s == read_thread.RETRY_S
    others[1].cancel()
    is_free.set()
    await asyncio.gather(first, others[0], others[2])
    assert ran == [0, 2]


def test_the_file_has_no_index_file_beside_it(tmp_path: Path) -> None:
    """The index of the write-ahead log is in memory, so no file remains with names or numbers of rooms."""
    store = StoreRun(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {FILE, f"{FILE}-wal"}
    store.close()
    assert {path.name for path in tmp_path.iterdir()} == {FILE}
