"""An open phrase waits while the final one before it goes to the log."""

from dataclasses import replace

from app.captions.caption_order import CaptionOrder
from tests.support.captions import EVENT, phrase_event

FIRST, SECOND = (phrase_event(f"1-{number}", f"t{number}") for number in range(2))
NEXT = replace(EVENT, phrase="1-2")


def test_nothing_waits_without_a_final_phrase_on_its_way_to_the_log() -> None:
    """Nor after that one is logged."""
    order = CaptionOrder()
    assert not order.hold(NEXT)
    order.begin(FIRST)
    assert order.hold(NEXT)
    assert order.finish(FIRST) == [NEXT]
    assert not order.hold(NEXT)
    assert order.finish(FIRST) == []


def test_a_phrase_waits_for_all_final_ones_before_it() -> None:
    """It is freed once, in its newest state."""
    order = CaptionOrder()
    order.begin(FIRST)
    order.begin(SECOND)
    newest = replace(NEXT, rev=2)
    assert order.hold(NEXT)
    assert order.finish(FIRST) == []
    assert order.hold(newest)
    assert order.finish(SECOND) == [newest]


def test_only_the_same_source_and_track_wait() -> None:
    """A correction of another phrase frees nothing."""
    order = CaptionOrder()
    order.begin(FIRST)
    assert not order.hold(replace(NEXT, source="other"))
    assert not order.hold(replace(NEXT, track="en"))
    assert order.hold(NEXT)
    assert order.finish(replace(SECOND, state="corrected")) == []


def test_a_final_or_empty_state_replaces_a_held_one() -> None:
    """It never appears then."""
    order = CaptionOrder()
    order.begin(FIRST)
    assert order.hold(NEXT)
    assert not order.hold(replace(NEXT, committed="", tentative=""))
    assert order.hold(replace(NEXT, phrase="1-1"))
    order.begin(SECOND)
    order.finish(SECOND)
    assert order.finish(FIRST) == []


def test_an_erased_log_holds_nothing() -> None:
    """What waited is forgotten."""
    order = CaptionOrder()
    order.begin(FIRST)
    assert order.hold(NEXT)
    order.clear()
    assert not order.hold(NEXT)
    assert order.finish(FIRST) == []
