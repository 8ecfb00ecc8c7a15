"""Tests for app.store.recent_events."""

from dataclasses import replace

from app.store.event_table import StoredEvent
from app.store.recent_events import RecentEvents
from tests.support.store_run import event


def stored(seq: int) -> StoredEvent:
    """Return an event that was said at this many milliseconds."""
    return StoredEvent(replace(event(str(seq)), seq=seq), at_ms=seq)


def test_the_oldest_is_dropped_when_there_are_too_many() -> None:
    """The newest events stay, and the number of the newest dropped one is known."""
    recent = RecentEvents()
    for seq in range(1, 6):
        recent.add(stored(seq), size_max=3)
    assert [one.committed for one in recent.since(0)] == ["3", "4", "5"]
    assert [one.committed for one in recent.since(4)] == ["5"]
    assert recent.dropped_seq == 2


def test_a_full_load_may_have_older_events_on_the_disk() -> None:
    """Events before those of a full load count as dropped; a load that is not full is all there is."""
    full, partial = RecentEvents(), RecentEvents()
    full.load([stored(7), stored(8)], size_max=2)
    partial.load([stored(7), stored(8)], size_max=3)
    assert (full.dropped_seq, partial.dropped_seq) == (6, 0)


def test_old_events_expire() -> None:
    """Events said before a time are removed, and the newest of their numbers is returned."""
    recent = RecentEvents()
    recent.load([stored(1), stored(2), stored(3)], size_max=10)
    assert recent.expire(before_ms=3) == 2
    assert recent.expire(before_ms=3) == 0
    assert (len(recent), recent.oldest_ms) == (1, 3)
