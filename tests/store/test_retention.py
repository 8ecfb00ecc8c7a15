"""Tests for retention: deleted phrases are in no file, and with retention 0 they never are."""

import asyncio
import random
import re
from pathlib import Path

import pytest

from app.captions.room import Room
from app.captions.session_settings import SessionSettings
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
    """A phrase older than the retention is removed from file and write-ahead log while the service runs."""
    store = StoreRun(tmp_path, retention_h=1.0)
    log = await store.log()
    store.say(log, "canary old")
    await store.settle()
    store.time.pass_s(HOUR_S - 10)
    store.say(log, "canary new")
    await store.settle()
    assert count_text(tmp_path, "canary old") > 0
    store.time.pass_s(20)
    assert await log.expire() == 1
    assert count_text(tmp_path, "canary old") == 0
    assert [one.committed for one in await log.all_events()] == ["canary new"]
    assert [one.committed for one in log.since(0)] == ["canary new"]
    store.close()


class Newcomer:
    """A viewer without any events."""

    since: int | None = None
    epoch: str | None = None
    version = -1
    is_sse = False

    def wake(self) -> None:
        """Wait for a request."""

    def leave(self) -> None:
        """Stay connected."""


async def test_what_is_over_is_told_to_nobody(tmp_path: Path) -> None:
    """A viewer that connects after a phrase expired does not get it."""
    store = StoreRun(tmp_path, retention_h=1.0)
    log = await store.log()
    room = Room("main", engine=ScriptedEngine(), settings=SessionSettings(), log=log, model="none")
    audience = Audience(room)
    audience.start()
    room.publish(event("canary"))
    await store.settle()
    assert b"canary" in audience.take(Newcomer())
    store.time.pass_s(HOUR_S + 1)
    await log.expire()
    assert b"canary" not in audience.take(Newcomer())
    behind = Newcomer()
    behind.since, behind.epoch, behind.version = 0, log.epoch, 0
    assert b"canary" not in audience.take(behind)
    audience.close()
    store.close()


async def test_no_page_keeps_a_stale_copy(tmp_path: Path) -> None:
    """No page keeps a copy of deleted text, for any mix of rooms, lengths and expiry."""
    dice = random.Random(3)
    store = StoreRun(tmp_path, retention_h=1.0)
    logs = {name: await store.log(name) for name in "abcd"}
    said: list[tuple[float, str]] = []
    for number in range(1200):
        text = f"canary{number:05d}."
        said.append((store.time.passed_s, text))
        store.say(logs[dice.choice("aabcd")], text + "x" * dice.randrange(600))
        store.time.pass_s(dice.choice((1, 10, 60)))
        if number % 40 == 39:
            for log in logs.values():
                await log.expire()
            over = {text for at_s, text in said if at_s < store.time.passed_s - HOUR_S}
            assert found(tmp_path) & over == set()
    assert len(over) > 500
    store.close()


async def test_erased_captions_are_in_no_file(tmp_path: Path) -> None:
    """Erasing leaves no text in any file of the store."""
    store = StoreRun(tmp_path)
    log = await store.log()
    store.say(log, *(f"canary {number}" for number in range(300)))
    await store.settle()
    assert count_text(tmp_path, "canary") >= 300
    await log.erase()
    assert count_text(tmp_path, "canary") == 0
    store.close()


async def test_a_room_that_keeps_nothing_writes_nothing(tmp_path: Path) -> None:
    """With retention 0 phrases are published at once and kept in memory, and no file ever contains one."""
    store = StoreRun(tmp_path, retention_h=0.0)
    log = await store.log()
    store.say(log, "canary")
    assert store.texts == ["canary"]
    await store.settle()
    assert count_text(tmp_path, "canary") == 0
    assert [one.committed for one in await log.all_events()] == ["canary"]
    store.close()
    assert count_text(tmp_path, "canary") == 0


async def test_a_log_in_memory_has_its_own_epoch(tmp_path: Path) -> None:
    """Numbers of a log in memory start again with the process, so viewers of the previous one start over."""
    store = StoreRun(tmp_path, retention_h=0.0)
    epoch = (await store.log()).epoch
    store.close()
    store = StoreRun(tmp_path, retention_h=0.0)
    assert (await store.log()).epoch != epoch
    store.close()


async def test_retention_can_be_changed_both_ways(tmp_path: Path) -> None:
    """Retention 0 deletes all from the disk; a later retention saves new phrases, and numbers go on."""
    store = StoreRun(tmp_path)
    log = await store.log()
    store.say(log, "canary one")
    await store.settle()
    store.say(log, "canary two")
    await log.set_retention(0)
    assert count_text(tmp_path, "canary") == 0
    store.say(log, "canary three")
    await store.settle()
    assert count_text(tmp_path, "canary") == 0
    assert store.texts == ["canary one", "canary two", "canary three"]
    await log.set_retention(HOUR_S)
    store.say(log, "four")
    await store.settle()
    assert [(one.seq, one.committed) for one in await log.all_events()] == [(4, "four")]
    again = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    restarted = await again.log()
    assert restarted.last_seq == 4
    assert restarted.epoch != log.epoch  # 2 and 3 were published under it from memory only
    again.close()
    store.close()


async def test_a_shorter_retention_holds_for_what_is_there(tmp_path: Path) -> None:
    """A shorter retention deletes old phrases at once; a longer one keeps those that exist."""
    store = StoreRun(tmp_path, retention_h=10.0)
    log = await store.log()
    store.say(log, "canary old")
    await store.settle()
    store.time.pass_s(2 * HOUR_S)
    await log.set_retention(20 * HOUR_S)
    assert count_text(tmp_path, "canary old") > 0
    await log.set_retention(HOUR_S)
    assert count_text(tmp_path, "canary old") == 0
    store.close()


async def test_what_was_left_of_a_room_that_keeps_nothing_goes(tmp_path: Path) -> None:
    """If the process crashes before retention 0 takes effect, the next start deletes the phrases."""
    store = StoreRun(tmp_path)
    store.say(await store.log(), "canary")
    await store.settle()
    kept = store.rooms.all()[0]
    await store.rooms.change("main", type(kept.settings)(retention_h=0.0))
    store.close()
    store = StoreRun(tmp_path)
    await (await store.log()).expire()
    assert count_text(tmp_path, "canary") == 0
    store.close()


async def test_what_was_saved_late_is_forgotten_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Phrases that were published unsaved expire like the others."""
    monkeypatch.setattr(room_log, "RETRY_S", 0.02)
    store = StoreRun(tmp_path, retention_h=1.0)
    log = await store.log()
    refusing = store.fail()
    log.begin_session()
    await wait_until(lambda: log.problem)
    store.say(log, "canary")
    refusing.is_failing = False
    await wait_until(lambda: not log.problem)
    await store.settle()
    assert count_text(tmp_path, "canary") > 0
    store.time.pass_s(HOUR_S + 1)
    await log.expire()
    assert count_text(tmp_path, "canary") == 0
    store.close()


async def test_what_was_said_while_the_disk_forgot_is_forgotten_in_time(tmp_path: Path) -> None:
    """A phrase that comes while older ones are being deleted expires in its own time."""
    store = StoreRun(tmp_path, retention_h=1.0)
    log = await store.log()
    store.say(log, "old")
    await store.settle()
    store.time.pass_s(HOUR_S + 1)
    forgetting = asyncio.create_task(log.expire())
    await asyncio.sleep(0)
    store.say(log, "canary")
    await forgetting
    await store.settle()
    store.time.pass_s(HOUR_S + 1)
    await log.expire()
    assert count_text(tmp_path, "canary") == 0
    store.close()
