"""The log of one room: over restarts, and when the disk fails or hangs."""

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.captions.room import Room
from app.captions.session import SessionSettings
from app.errors import StoreError
from app.store import pending_events, room_log, unsaved_events
from app.store.room_log import RoomLog
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.store_run import StoreRun, copy_files, event, stored_rows
from tests.support.waiting import wait_until


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a log be patient and try again in hundredths of its time."""
    monkeypatch.setattr(pending_events, "WAIT_MAX_S", 0.3)
    monkeypatch.setattr(room_log, "RETRY_S", 0.05)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[StoreRun]:
    """Return a store in an empty folder."""
    made = StoreRun(tmp_path)
    yield made
    made.close()


def opened(log: RoomLog) -> Room:
    """Return the room of a log."""
    return Room("main", engine=ScriptedEngine(), settings=SessionSettings(), log=log, model="none")


async def texts(log: RoomLog) -> list[str]:
    """Return what the log holds."""
    return [one.committed for one in await log.all_events()]


async def test_a_restart_goes_on(shelf: StoreRun, tmp_path: Path) -> None:
    """After a crash, numbers, sessions and epoch go on, and a reader is told just what it lacks."""
    log = await shelf.log()
    assert (log.begin_session(), log.begin_session()) == (1, 2)
    shelf.say(log, "one", "two", "three")
    await shelf.settle()
    again = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    restarted = await again.log()
    assert (restarted.epoch, restarted.last_seq, restarted.begin_session()) == (log.epoch, 3, 3)
    again.say(restarted, "four")
    await again.settle()
    missed = opened(restarted).snapshot(2, log.epoch)
    assert ([one.committed for one in missed.events], missed.is_fresh) == (["three", "four"], False)
    assert await texts(restarted) == ["one", "two", "three", "four"]
    again.close()


async def test_events_are_told_in_order_with_numbers(shelf: StoreRun) -> None:
    """Events are told once, in order, numbered from 1 by one."""
    log = await shelf.log()
    wanted = [str(number) for number in range(1, 300)]
    shelf.say(log, *wanted)
    assert shelf.texts == []
    await shelf.settle()
    assert shelf.texts == wanted
    assert [one.seq for one in shelf.published] == list(range(1, 300))
    assert {one.epoch for one in shelf.published} == {log.epoch}


async def test_many_that_come_back_are_served_from_memory(
    shelf: StoreRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory holds the newest events, before and after a restart, and knows what it has let go of."""
    monkeypatch.setattr(room_log, "RECENT_MAX", 10)
    log = await shelf.log()
    shelf.say(log, *(str(number) for number in range(1, 31)))
    await shelf.settle()
    again = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    for one in (log, await again.log()):
        assert [held.seq for held in one.since(25)] == [26, 27, 28, 29, 30]
        assert [one.can_resume_from(seq) for seq in (20, 19, 30, 31)] == [True, False, True, False]
        assert len(await one.all_events()) == 30
    again.close()


# -- a disk that fails


async def test_captions_go_on_without_the_disk(shelf: StoreRun, tmp_path: Path) -> None:
    """While the disk refuses, phrases are told at once under a new epoch, the room says so, and all is saved later."""
    log = await shelf.log()
    room = opened(log)
    shelf.say(log, "one")
    await shelf.settle()
    epoch, refusing = log.epoch, shelf.fail()
    shelf.say(log, "two")
    await wait_until(lambda: shelf.texts == ["one", "two"])
    assert "cannot be saved" in room.state.problems[0]
    shelf.say(log, "three")
    assert shelf.texts == ["one", "two", "three"]  # at once
    assert [one.epoch for one in shelf.published] == [epoch, log.epoch, log.epoch]
    assert log.epoch != epoch
    assert await texts(log) == ["one", "two", "three"]
    refusing.is_failing = False
    await wait_until(lambda: not log.problem)
    assert room.state.problems == ()
    shelf.say(log, "four")
    await shelf.settle()
    assert stored_rows(copy_files(tmp_path, tmp_path / "copy")) == [(1, "one"), (2, "two"), (3, "three"), (4, "four")]
    again = StoreRun(tmp_path / "copy")
    assert (await again.log()).epoch == log.epoch
    again.close()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of one megabyte where this system lets us make one, else a folder."""
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
    """A disk fills up in the middle of a talk and is emptied again: nothing is lost, and nobody has to restart."""
    shelf = StoreRun(disk)
    log = await shelf.log()
    wanted = [f"{number} " + "x" * 2000 for number in range(60)]
    full = "PRAGMA max_page_count = 1"  # no less than there are: where the disk is not small, the file is full now
    for number, text in enumerate(wanted):
        if number == 20:
            (disk / "ballast").write_bytes(b"")
            with (disk / "ballast").open("ab", buffering=0) as ballast:
                if os.path.ismount(disk):  # noqa: ASYNC240
                    fill(ballast.fileno())
                else:
                    await shelf.database.run(lambda connection: connection.execute(full))
        shelf.say(log, text)
        await asyncio.sleep(0.002)
    await wait_until(lambda: len(shelf.published) == 60)
    assert log.problem
    assert await texts(log) == wanted
    (disk / "ballast").unlink()
    await shelf.database.run(lambda connection: connection.execute("PRAGMA max_page_count = 1000000"))
    await wait_until(lambda: not log.problem)
    assert shelf.texts == wanted
    await shelf.settle()
    assert [seq for seq, _ in stored_rows(copy_files(disk, disk.parent / "copy"))] == list(range(1, 61))
    shelf.close()


def fill(file: int) -> None:
    """Write until nothing more fits."""
    for n_bytes in (65_536, 4096, 1):
        try:
            while True:
                os.write(file, b"x" * n_bytes)
        except OSError:
            continue


async def test_a_number_told_unsaved_is_not_given_out_twice(
    shelf: StoreRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash in the midst of recovery no epoch stands for two different phrases of one number.

    The first try to save took along the new epoch, while later phrases were still told unsaved under it.
    """
    log = await shelf.log()
    refusing = shelf.fail()
    shelf.say(log, "one")
    await wait_until(lambda: log.problem)
    refusing.is_failing = False
    saved = log._on_retried

    def crash(kept: Any, error: StoreError | None) -> None:
        copy_files(tmp_path, tmp_path / "crash")
        monkeypatch.setattr(log, "_on_retried", saved)
        saved(kept, error)

    monkeypatch.setattr(log, "_on_retried", crash)
    log._retry()
    shelf.say(log, "two, unsaved when the crash comes")
    await wait_until(lambda: not log.problem)
    again = StoreRun(tmp_path / "crash")
    restarted = await again.log()
    assert restarted.last_seq == 1
    assert restarted.epoch not in {one.epoch for one in shelf.published}
    again.close()


async def test_a_session_that_is_not_saved_is_saved_later(shelf: StoreRun, tmp_path: Path) -> None:
    """The number of a session begun while the disk refused is not given out again after a restart."""
    log = await shelf.log()
    refusing = shelf.fail()
    assert log.begin_session() == 1
    await wait_until(lambda: log.problem)
    refusing.is_failing = False
    await wait_until(lambda: not log.problem)
    await shelf.settle()
    again = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    assert (await again.log()).begin_session() == 2
    again.close()


async def test_what_waits_too_long_for_the_disk_is_given_up_and_counted(
    shelf: StoreRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded while the disk fails: the oldest unsaved are not saved, and the rest is."""
    monkeypatch.setattr(unsaved_events, "UNSAVED_MAX", 5)
    log = await shelf.log()
    refusing = shelf.fail()
    shelf.say(log, "0")
    await wait_until(lambda: log.problem)
    shelf.say(log, *(str(number) for number in range(1, 8)))
    refusing.is_failing = False
    await wait_until(lambda: not log.problem)
    assert await texts(log) == ["3", "4", "5", "6", "7"]
    assert len(shelf.published) == 8


async def test_the_end_saves_what_was_not(shelf: StoreRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An orderly end does not wait for the next try: what is unsaved is saved at once, or the caller is told."""
    monkeypatch.setattr(room_log, "RETRY_S", 60.0)
    log = await shelf.log()
    refusing = shelf.fail()
    shelf.say(log, "one")
    await wait_until(lambda: log.problem)
    shelf.say(log, "two")
    with pytest.raises(StoreError):
        await log.flush()
    refusing.is_failing = False
    await log.flush()
    await shelf.settle()
    assert log.problem == ""
    left = copy_files(tmp_path, tmp_path / "copy")
    assert stored_rows(left) == [(1, "one"), (2, "two")]
    again = StoreRun(left)
    assert (await again.log()).epoch == log.epoch
    again.close()


# -- a disk that hangs


async def test_no_phrase_waits_longer_than_the_patience(shelf: StoreRun, tmp_path: Path) -> None:
    """A phrase said while the disk hangs is shown within PATIENCE_S, also if one just before it was saved in time."""
    log = await shelf.log()
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
    await shelf.settle()
    await asyncio.sleep(0.1)  # the watch over the first phrase still runs
    shelf.database.write(lambda connection: time.sleep(1.5), lambda result, error: None)
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
    await shelf.settle()
    kept = stored_rows(copy_files(tmp_path, tmp_path / "copy"))
    assert [text for _, text in kept] == ["saved in time", "late", "at once"]


# -- erasing


async def test_erasing_goes_on_behind(shelf: StoreRun, tmp_path: Path) -> None:
    """After erasing, readers start afresh, and numbers and sessions go on, also over a crash."""
    log = await shelf.log()
    log.begin_session()
    shelf.say(log, "one", "two")
    await shelf.settle()
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


async def test_erasing_while_the_disk_recovers(shelf: StoreRun, tmp_path: Path) -> None:
    """What was not saved yet when captions are erased is not saved later, and the crash after it is no second life."""
    log = await shelf.log()
    refusing = shelf.fail()
    shelf.say(log, "one")
    await wait_until(lambda: log.problem)
    refusing.is_failing = False
    await log.erase()
    shelf.say(log, "two")
    again = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    assert (await again.log()).epoch != log.epoch  # two was told under it, and is not saved
    again.close()
    await wait_until(lambda: not log.problem)
    assert await texts(log) == ["two"]


async def test_a_refused_erasure_is_told(shelf: StoreRun) -> None:
    """When the disk refuses to erase, the caller hears of it, and memory has forgotten."""
    log = await shelf.log()
    shelf.say(log, "one")
    await shelf.settle()
    refusing = shelf.fail()
    with pytest.raises(StoreError):
        await log.erase()
    assert log.since(0) == []
    refusing.is_failing = False
