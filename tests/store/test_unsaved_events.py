"""Tests for app.store.unsaved_events."""

from dataclasses import replace

import pytest
from prometheus_client import REGISTRY

from app.store import unsaved_events
from app.store.event_table import StoredEvent
from app.store.unsaved_events import UnsavedEvents
from tests.support.store_run import event


def stored(seq: int) -> StoredEvent:
    """Return an event that was said at this many milliseconds."""
    return StoredEvent(replace(event(str(seq)), seq=seq), at_ms=seq)


def test_saved_events_are_removed_and_the_metric_follows() -> None:
    """Events that came after the write began stay unsaved."""
    unsaved = UnsavedEvents("hall")
    for seq in (1, 2):
        unsaved.add(stored(seq))
    written = list(unsaved)
    unsaved.add(stored(3))
    unsaved.remove(written)
    assert [one.at_ms for one in unsaved] == [3]
    assert REGISTRY.get_sample_value("surtitle_unsaved_events", {"room": "hall"}) == 1


def test_the_number_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest is dropped when there are too many."""
    monkeypatch.setattr(unsaved_events, "UNSAVED_MAX", 2)
    unsaved = UnsavedEvents("hall")
    for seq in (1, 2, 3):
        unsaved.add(stored(seq))
    assert (len(unsaved), unsaved.oldest_ms) == (2, 2)
