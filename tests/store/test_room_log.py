"""Tests for app.store.room_log: restarts, and a disk that fails or hangs."""

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.captions.room import Room
from app.captions.session_settings import SessionSettings
from app.errors import StoreError
from app.store import pending_events, room_log, unsaved_events
from app.store.room_log import RoomLog
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.store_run import StoreRun, copy_files, event, stored_rows
from tests.support.waiting import wait_until


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the log's waits."""
    monkeypatch.setattr(pending_events, "WAIT_MAX_S", 0.3)
    monkeypatch.setattr(room_log, "RETRY_S", 0.05)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoreRun]:
    """Return a store in an empty folder."""
    made = StoreRun(tmp_path)
    yield made
    made.close()


def opened(log: RoomLog) -> Room:
    """Return a room with this log."""
    return Room("main", engine=ScriptedEngine(), settings=SessionSettings(), log=log, model="none")


async def texts(log: RoomLog) -> list[str]:
    """Return the texts in the log's memory."""
    return [one.committed for one in await log.all_events()]


async def test_a_restart_goes_on(store: StoreRun, tmp_path: Path) -> None:
    """After a crash, numbers, sessions and epoch go on, and a viewer gets exactly what it missed."""
    log = await store.log()
    assert (log.begin_session(), log.begin_session()) == (1, 2)
    store.say(log, "one", "two", "three")
    await store.settle()
    again = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    restarted = await again.log()
    assert (restarted.epoch, restarted.last_seq, restarted.begin_session()) == (log.epoch, 3, 3)
    again.say(restarted, "four")
    await again.settle()
    missed = opened(restarted).snapshot(2, log.epoch)
    assert ([one.committed for one in missed.events], missed.is_fresh) == (["three", "four"], False)
    assert await texts(restarted) == ["one", "two", "three", "four"]
    again.close()


async def test_doubtful_words_are_saved(store: StoreRun, tmp_path: Path) -> None:
    """After a restart the event is the same, in memory and on the disk."""
    log = await store.log()
    log.append(replace(event("am 3. Oktober"), doubtful=(1, 2)), store.published.append)
    await store.settle()
    again = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    restarted = await again.log()
    assert store.published == restarted.since(0) == await restarted.all_events()
    assert restarted.since(0)[0].doubtful == (1, 2)
    again.close()


async def test_events_are_published_in_order_with_numbers(store: StoreRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events are published once, in order, numbered 1, 2, 3, …."""
    monkeypatch.setattr(pending_events, "WAIT_MAX_S", 60.0)  # a busy machine may take longer than 3 s
    log = await store.log()
    wanted = [str(number) for number in range(1, 300)]
    store.say(log, *wanted)
    assert store.texts == []
    await store.settle()
    assert store.texts == wanted
    assert [one.seq for one in store.published] == list(range(1, 300))
    assert {one.epoch for one in store.published} == {log.epoch}


async def test_reconnecting_viewers_are_served_from_memory(
    store: StoreRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory has the newest events, before and after a restart, and knows which it dropped."""
    monkeypatch.setattr(room_log, "RECENT_MAX", 10)
    log = await store.log()
    store.say(log, *(str(number) for number in range(1, 31)))
    await store.settle()
    again = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    for one in (log, await again.log()):
        assert [held.seq for held in one.since(25)] == [26, 27, 28, 29, 30]
        assert [one.can_resume_from(seq) for seq in (20, 19, 30, 31)] == [True, False, True, False]
        assert len(await one.all_events()) == 30
    again.close()


# -- a disk that fails


async def test_captions_go_on_without_the_disk(store: StoreRun, tmp_path: Path) -> None:
    """While the disk fails, phrases are published at once under a new epoch, and all are saved later."""
    log = await store.log()
    room = opened(log)
    store.say(log, "one")
    await store.settle()
    epoch, refusing = log.epoch, store.fail()
    store.say(log, "two")
    await wait_until(lambda: store.texts == ["one", "two"])
    assert "cannot be saved" in room.state.problems[0]
    store.say(log, "three")
    assert store.texts == ["one", "two", "three"]  # at once
    assert [one.epoch for one in store.published] == [epoch, log.epoch, log.epoch]
    assert log.epoch != epoch
    assert await texts(log) == ["one", "two", "three"]
    refusing.is_failing = False
    await wait_until(lambda: not log.problem)
    assert room.state.problems == ()
    store.say(log, "four")
    await store.settle()
    assert stored_rows(copy_files(tmp_path, tmp_path / "copy")) == [(1, "one"), (2, "two"), (3, "three"), (4, "four")]
    again = StoreRun(tmp_path / "copy")
    assert (await again.log()).epoch == log.epoch
    again.close()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of one megabyte if this system allows it, else a folder."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        is_small = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        is_small = False
    yield folder
    if is_small:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def test_a_full_disk_is_survived(disk: Path) -> None:
    """When a disk fills up during a talk and has space again, nothing is lost and no restart is needed."""
    store = StoreRun(disk)
    log = await store.log()
    wanted = [f"{number} " + "x" * 2000 for number in range(60)]
    full = "PRAGMA max_page_count = 1"  # no less than there are: where the disk is not small, the file is full now
    for number, text in enumerate(wanted):
        if number == 20:
            (disk / "ballast").write_bytes(b"")
            with (disk / "ballast").open("ab", buffering=0) as ballast:
                if os.path.ismount(disk):  # noqa: ASYNC240
                    fill(ballast.fileno())
                else:
                    await store.database.run(lambda connection: connection.execute(full))
        store.say(log, text)
        await asyncio.sleep(0.002)
    await wait_until(lambda: len(store.published) == 60)
    assert log.problem
    assert await texts(log) == wanted
    (disk / "ballast").unlink()
    await store.database.run(lambda connection: connection.execute("PRAGMA max_page_count = 1000000"))
    await wait_until(lambda: not log.problem)
    assert store.texts == wanted
    await store.settle()
    assert [seq for seq, _ in stored_rows(copy_files(disk, disk.parent / "copy"))] == list(range(1, 61))
    store.close()


def fill(file: int) -> None:
    """Fill the disk."""
    for n_bytes in (65_536, 4096, 1):
        try:
            while True:
                os.write(file, b"x" * n_bytes)
        except OSError:
            continue


async def test_a_number_published_unsaved_is_not_used_twice(
    store: StoreRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash during recovery no epoch has two different phrases with one number.

    An old bug: the first retry saved the new epoch, while later phrases were still published unsaved under it.
    """
    log = await store.log()
    refusing = store.fail()
    store.say(log, "one")
    await wait_until(lambda: log.problem)
    refusing.is_failing = False
    saved = log._on_retried

    def crash(kept: Any, error: StoreError | None) -> None:
        copy_files(tmp_path, tmp_path / "crash")
        monkeypatch.setattr(log, "_on_retried", saved)
        saved(kept, error)

    monkeypatch.setattr(log, "_on_retried", crash)
    log._retry()
    store.say(log, "two, unsaved when the crash comes")
    await wait_until(lambda: not log.problem)
    again = StoreRun(tmp_path / "crash")
    restarted = await again.log()
    assert restarted.last_seq == 1
    assert restarted.epoch not in {one.epoch for one in store.published}
    again.close()


async def test_a_session_that_is_not_saved_is_saved_later(store: StoreRun, tmp_path: Path) -> None:
    """The number of a session that began while the disk failed is not used again after a restart."""
    log = await store.log()
    refusing = store.fail()
    assert log.begin_session() == 1
    await wait_until(lambda: log.problem)
    refusing.is_failing = False
    await wait_until(lambda: not log.problem)
    await store.settle()
    again = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    assert (await again.log()).begin_session() == 2
    again.close()


async def test_too_many_unsaved_events_are_dropped_and_counted(
    store: StoreRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded while the disk fails: the oldest unsaved events are dropped, the rest is saved."""
    monkeypatch.setattr(unsaved_events, "UNSAVED_MAX", 5)
    log = await store.log()
    refusing = store.fail()
    store.say(log, "0")
    await wait_until(lambda: log.problem)
    store.say(log, *(str(number) for number in range(1, 8)))
    refusing.is_failing = False
    await wait_until(lambda: not log.problem)
    assert await texts(log) == ["3", "4", "5", "6", "7"]
    assert len(store.published) == 8


async def test_flush_saves_unsaved_events(store: StoreRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`flush` saves unsaved events at once, or raises."""
    monkeypatch.setattr(room_log, "RETRY_S", 60.0)
    log = await store.log()
    refusing = store.fail()
    store.say(log, "one")
    await wait_until(lambda: log.problem)
    store.say(log, "two")
    with pytest.raises(StoreError):
        await log.flush()
    refusing.is_failing = False
    await log.flush()
    await store.settle()
    assert log.problem == ""
    left = copy_files(tmp_path, tmp_path / "copy")
    assert stored_rows(left) == [(1, "one"), (2, "two")]
    again = StoreRun(left)
    assert (await again.log()).epoch == log.epoch
    again.close()


# -- a disk that hangs


async def test_no_phrase_waits_longer_than_the_limit(store: StoreRun, tmp_path: Path) -> None:
    """A phrase said while the disk hangs is shown within WAIT_MAX_S, also if the one before was saved in time."""
    log = await store.log()
    room = opened(log)
    seen: dict[str, float] = {}
    open_at: list[float] = []

    def see(one: object) -> None:
        open_at.append(time.monotonic())

    def note(text: str) -> None:
        began = time.monotonic()

        def tell(_: object) -> None:
            seen[text] = time.monotonic() - began

        log.append(event(text), tell)

    note("saved in time")
    await store.settle()
    await asyncio.sleep(0.1)  # the watch over the first phrase still runs
    store.database.write(lambda connection: time.sleep(1.5), lambda result, error: None)
    note("late")
    with room.bus.listen(see):
        for number in range(30):
            grown = event("")
            room.publish(
                type(grown)("main", "", None, "1-9", number, "s", "original", "open", "en", 0.0, 1.0, str(number))
            )
            await asyncio.sleep(0.02)
    assert len(open_at) == 30
    assert max(after - before for before, after in pairwise(open_at)) < 0.3
    assert seen["late"] < 0.3 + 0.15
    assert "too slow" in log.problem
    note("at once")
    assert seen["at once"] < 0.05
    await wait_until(lambda: not log.problem)
    await store.settle()
    kept = stored_rows(copy_files(tmp_path, tmp_path / "copy"))
    assert [text for _, text in kept] == ["saved in time", "late", "at once"]


# -- erasing


async def test_numbers_go_on_after_erasing(store: StoreRun, tmp_path: Path) -> None:
    """After erasing, viewers start from the beginning, and numbers and sessions go on, also after a crash."""
    log = await store.log()
    log.begin_session()
    store.say(log, "one", "two")
    await store.settle()
    epoch = log.epoch
    await log.erase()
    again = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    restarted = await again.log()
    for one in (log, restarted):
        assert one.epoch == log.epoch != epoch
        assert await texts(one) == []
        assert opened(one).snapshot(2, epoch).is_fresh
    assert (restarted.last_seq, restarted.begin_session()) == (2, 2)
    again.close()


async def test_erasing_while_the_disk_recovers(store: StoreRun, tmp_path: Path) -> None:
    """Events that are unsaved when captions are erased are not saved later, also after a crash."""
    log = await store.log()
    refusing = store.fail()
    store.say(log, "one")
    await wait_until(lambda: log.problem)
    refusing.is_failing = False
    await log.erase()
    store.say(log, "two")
    again = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    assert (await again.log()).epoch != log.epoch  # two was published under it, and is not saved
    again.close()
    await wait_until(lambda: not log.problem)
    assert await texts(log) == ["two"]


async def test_a_failed_erasure_is_an_error(store: StoreRun) -> None:
    """When the disk fails to erase, the caller gets an error, and memory is empty."""
    log = await store.log()
    store.say(log, "one")
    await store.settle()
    refusing = store.fail()
    with pytest.raises(StoreError):
        await log.erase()
    assert log.since(0) == []
    refusing.is_failing = False
