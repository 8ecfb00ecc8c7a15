"""Forgetting: what is over is in no file, and what is to be kept nowhere never was."""

import asyncio
import random
import re
from pathlib import Path

import pytest

from app.captions.room import Room
from app.captions.session import SessionSettings
from app.store import room_log
from app.web.audience import Audience
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.store_run import HOUR_S, StoreRun, copy_files, count_text, event
from tests.support.waiting import wait_until


def found(folder: Path) -> set[str]:
    """Return all canaries in all files of the store."""
    files = b"".join(path.read_bytes() for path in folder.glob("surtitle.db*"))
    return {one.decode() for one in re.findall(rb"canary\d{5}\.", files)}


async def test_what_is_over_is_in_no_file(tmp_path: Path) -> None:
    """A phrase older than the retention is gone from file and write-ahead log while the service runs."""
    shelf = StoreRun(tmp_path, retention_h=1.0)
    log = await shelf.log()
    shelf.say(log, "canary old")
    await shelf.settle()
    shelf.time.pass_s(HOUR_S - 10)
    shelf.say(log, "canary new")
    await shelf.settle()
    assert count_text(tmp_path, "canary old") > 0
    shelf.time.pass_s(20)
    assert await log.expire() == 1
    assert count_text(tmp_path, "canary old") == 0
    assert [one.committed for one in await log.all_events()] == ["canary new"]
    assert [one.committed for one in log.since(0)] == ["canary new"]
    shelf.close()


class Newcomer:
    """A reader who holds nothing."""

    since: int | None = None
    epoch: str | None = None
    version = -1
    is_stream = False

    def wake(self) -> None:
        """Wait to be asked."""

    def leave(self) -> None:
        """Stay."""


async def test_what_is_over_is_told_to_nobody(tmp_path: Path) -> None:
    """A phrase that others were told in its time is not told to who comes when it is over."""
    shelf = StoreRun(tmp_path, retention_h=1.0)
    log = await shelf.log()
    room = Room("main", engine=ScriptedEngine(), settings=SessionSettings(), log=log, model="none")
    audience = Audience(room)
    audience.start()
    room.publish(event("canary"))
    await shelf.settle()
    assert b"canary" in audience.take(Newcomer())
    shelf.time.pass_s(HOUR_S + 1)
    await log.expire()
    assert b"canary" not in audience.take(Newcomer())
    behind = Newcomer()
    behind.since, behind.epoch, behind.version = 0, log.epoch, 0
    assert b"canary" not in audience.take(behind)
    audience.close()
    shelf.close()


async def test_no_page_keeps_a_stale_copy(tmp_path: Path) -> None:
    """However rooms, lengths and expiry are mixed, no page keeps a copy of what was deleted from it."""
    dice = random.Random(3)
    shelf = StoreRun(tmp_path, retention_h=1.0)
    logs = {name: await shelf.log(name) for name in "abcd"}
    said: list[tuple[float, str]] = []
    for number in range(1200):
        text = f"canary{number:05d}."
        said.append((shelf.time.passed_s, text))
        shelf.say(logs[dice.choice("aabcd")], text + "x" * dice.randrange(600))
        shelf.time.pass_s(dice.choice((1, 10, 60)))
        if number % 40 == 39:
            for log in logs.values():
                await log.expire()
            over = {text for at_s, text in said if at_s < shelf.time.passed_s - HOUR_S}
            assert found(tmp_path) & over == set()
    assert len(over) > 500
    shelf.close()


async def test_erased_captions_are_in_no_file(tmp_path: Path) -> None:
    """Erasing leaves no text in any file of the store."""
    shelf = StoreRun(tmp_path)
    log = await shelf.log()
    shelf.say(log, *(f"canary {number}" for number in range(300)))
    await shelf.settle()
    assert count_text(tmp_path, "canary") >= 300
    await log.erase()
    assert count_text(tmp_path, "canary") == 0
    shelf.close()


async def test_a_room_that_keeps_nothing_writes_nothing(tmp_path: Path) -> None:
    """With retention 0 phrases are told at once and held in memory, and no file ever holds one."""
    shelf = StoreRun(tmp_path, retention_h=0.0)
    log = await shelf.log()
    shelf.say(log, "canary")
    assert shelf.texts == ["canary"]
    await shelf.settle()
    assert count_text(tmp_path, "canary") == 0
    assert [one.committed for one in await log.all_events()] == ["canary"]
    shelf.close()
    assert count_text(tmp_path, "canary") == 0


async def test_a_log_in_memory_has_its_own_epoch(tmp_path: Path) -> None:
    """Numbers of a log in memory begin anew with the process, so a reader of the last one starts afresh."""
    shelf = StoreRun(tmp_path, retention_h=0.0)
    epoch = (await shelf.log()).epoch
    shelf.close()
    shelf = StoreRun(tmp_path, retention_h=0.0)
    assert (await shelf.log()).epoch != epoch
    shelf.close()


async def test_retention_can_be_changed_both_ways(tmp_path: Path) -> None:
    """Keeping nothing from now on wipes the disk; keeping again saves what is said from then on, and numbers go on."""
    shelf = StoreRun(tmp_path)
    log = await shelf.log()
    shelf.say(log, "canary one")
    await shelf.settle()
    shelf.say(log, "canary two")
    await log.set_retention(0)
    assert count_text(tmp_path, "canary") == 0
    shelf.say(log, "canary three")
    await shelf.settle()
    assert count_text(tmp_path, "canary") == 0
    assert shelf.texts == ["canary one", "canary two", "canary three"]
    await log.set_retention(HOUR_S)
    shelf.say(log, "four")
    await shelf.settle()
    assert [(one.seq, one.committed) for one in await log.all_events()] == [(4, "four")]
    again = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    restarted = await again.log()
    assert restarted.last_seq == 4
    assert restarted.epoch != log.epoch  # 2 and 3 were told under it in memory only
    again.close()
    shelf.close()


async def test_a_shorter_retention_holds_for_what_is_there(tmp_path: Path) -> None:
    """What is over by a new, shorter retention goes at once; a longer one keeps what is there."""
    shelf = StoreRun(tmp_path, retention_h=10.0)
    log = await shelf.log()
    shelf.say(log, "canary old")
    await shelf.settle()
    shelf.time.pass_s(2 * HOUR_S)
    await log.set_retention(20 * HOUR_S)
    assert count_text(tmp_path, "canary old") > 0
    await log.set_retention(HOUR_S)
    assert count_text(tmp_path, "canary old") == 0
    shelf.close()


async def test_what_was_left_of_a_room_that_keeps_nothing_goes(tmp_path: Path) -> None:
    """When a crash came between the wish to keep nothing and its doing, the next start does it."""
    shelf = StoreRun(tmp_path)
    shelf.say(await shelf.log(), "canary")
    await shelf.settle()
    kept = shelf.rooms.all()[0]
    await shelf.rooms.change("main", type(kept.settings)(retention_h=0.0))
    shelf.close()
    shelf = StoreRun(tmp_path)
    await (await shelf.log()).expire()
    assert count_text(tmp_path, "canary") == 0
    shelf.close()


async def test_what_was_saved_late_is_forgotten_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Phrases that were told while the disk failed are over when the others are."""
    monkeypatch.setattr(room_log, "RETRY_S", 0.02)
    shelf = StoreRun(tmp_path, retention_h=1.0)
    log = await shelf.log()
    refusing = shelf.fail()
    log.begin_session()
    await wait_until(lambda: log.problem)
    shelf.say(log, "canary")
    refusing.is_failing = False
    await wait_until(lambda: not log.problem)
    await shelf.settle()
    assert count_text(tmp_path, "canary") > 0
    shelf.time.pass_s(HOUR_S + 1)
    await log.expire()
    assert count_text(tmp_path, "canary") == 0
    shelf.close()


async def test_what_was_said_while_the_disk_forgot_is_forgotten_in_time(tmp_path: Path) -> None:
    """A phrase that comes while older ones are being forgotten is forgotten in its time."""
    shelf = StoreRun(tmp_path, retention_h=1.0)
    log = await shelf.log()
    shelf.say(log, "old")
    await shelf.settle()
    shelf.time.pass_s(HOUR_S + 1)
    forgetting = asyncio.create_task(log.expire())
    await asyncio.sleep(0)
    shelf.say(log, "canary")
    await forgetting
    await shelf.settle()
    shelf.time.pass_s(HOUR_S + 1)
    await log.expire()
    assert count_text(tmp_path, "canary") == 0
    shelf.close()
