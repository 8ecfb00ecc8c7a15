"""Tests for app.store.clock."""

from pathlib import Path

import pytest

from app.store.clock import Clock
from tests.support.store_run import HOUR_S, ManualTime, StoreRun

DAY_S = 24 * HOUR_S
JUMPS_S = (HOUR_S, -HOUR_S, -DAY_S, 365 * DAY_S, 27.0, -27.0)


@pytest.mark.parametrize("jump_s", JUMPS_S)
def test_a_running_clock_is_not_set(jump_s: float) -> None:
    """Setting the wall clock changes nothing while the service runs; time that passes does."""
    time = ManualTime()
    clock = Clock(wall_s=lambda: time.wall_s, passed_s=lambda: time.passed_s)
    before_ms = clock.now_ms()
    time.wall_s += jump_s
    assert clock.now_ms() == before_ms
    time.passed_s += 1.5
    assert clock.now_ms() == before_ms + 1500


def test_a_clock_begins_no_earlier_than_what_was_written() -> None:
    """If the wall clock was set back before a start, the clock continues from the newest time on the disk."""
    assert Clock(5_000_000, wall_s=lambda: 100.0).now_ms() >= 5_000_000


@pytest.mark.parametrize("jump_s", JUMPS_S)
async def test_a_jump_expires_nothing_early(tmp_path: Path, jump_s: float) -> None:
    """A phrase is kept exactly as long as the retention, even if the wall clock jumps."""
    store = StoreRun(tmp_path, retention_h=1.0)
    log = await store.log()
    store.say(log, "one")
    await store.settle()
    store.time.wall_s += jump_s
    store.time.pass_s(HOUR_S - 1)
    await log.expire()
    assert len(await log.all_events()) == 1
    store.time.pass_s(2)
    await log.expire()
    assert await log.all_events() == []
    store.close()


@pytest.mark.parametrize("jump_s", [-HOUR_S, -DAY_S, -365 * DAY_S])
async def test_a_clock_set_back_over_a_restart_changes_no_order(tmp_path: Path, jump_s: float) -> None:
    """After a restart with an earlier wall clock, old phrases still exist, and new ones follow them."""
    store = StoreRun(tmp_path, retention_h=1.0)
    store.say(await store.log(), "one", "two")
    await store.settle()
    store.close()
    store.time.wall_s += jump_s
    store = StoreRun(tmp_path, store.time)
    log = await store.log()
    await log.expire()
    store.say(log, "three")
    await store.settle()
    assert [(one.seq, one.committed) for one in await log.all_events()] == [(1, "one"), (2, "two"), (3, "three")]
    store.time.pass_s(HOUR_S + 1)
    await log.expire()
    assert await log.all_events() == []
    store.close()
