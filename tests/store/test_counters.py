"""Tests for app.store.counters."""

from pathlib import Path

from tests.support.store_run import StoreRun


async def test_a_counter_continues_after_a_restart(tmp_path: Path) -> None:
    """The value is on the disk, for its own room and name only."""
    store = StoreRun(tmp_path)
    await store.log()
    counter = store.rooms.counter("main", "zoom")
    assert counter.read() is None
    counter.write(7)
    assert counter.read() == 7
    await store.settle()
    store.close()
    again = StoreRun(tmp_path)
    assert again.rooms.counter("main", "zoom").read() == 7
    assert again.rooms.counter("main", "teams").read() is None
    again.close()
