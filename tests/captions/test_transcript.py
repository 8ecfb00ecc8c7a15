"""What readers get: snapshots, history, and corrections on every track."""

from dataclasses import replace

import pytest

from app.captions.bus import Bus
from app.captions.caption_log import MemoryLog
from app.captions.event import Event
from app.captions.transcript import Transcript
from app.errors import SettingsError
from tests.support.captions import EVENT, phrase_event

HOUR_S = 3600.0


class Room:
    """A transcript with its parts, and a clock that the test sets."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.log = MemoryLog("e1")
        self.bus = Bus("main")
        self.transcript = Transcript(self.log, self.bus, lambda: self.now_s)

    def publish(self, *events: Event) -> None:
        """Publish events."""
        for event in events:
            self.transcript.publish(event)


def test_a_snapshot_has_what_is_missing_and_what_is_open() -> None:
    """After a number it has only later events, and open phrases in their newest state."""
    room = Room()
    room.publish(*(phrase_event(f"1-{number}", f"t{number}") for number in range(3)))
    room.publish(replace(EVENT, phrase="2-0"), replace(EVENT, phrase="2-0", rev=2, tentative="c"))
    events = room.transcript.snapshot(1, None).events
    assert [event.committed for event in events] == ["t1", "t2", "a"]
    assert events[-1].tentative == "c"


def test_an_open_phrase_without_text_is_no_longer_open() -> None:
    """It leaves the snapshot, and so does one that was closed."""
    room = Room()
    room.publish(EVENT, replace(EVENT, rev=2, committed="", tentative=""))
    assert room.transcript.snapshot(None, None).events == ()
    room.publish(EVENT, phrase_event("1-0", "ab", rev=2))
    assert [event.state for event in room.transcript.snapshot(None, None).events] == ["final"]


def test_a_reader_of_another_epoch_starts_fresh() -> None:
    """Its numbers mean nothing here."""
    room = Room()
    room.publish(phrase_event("1-0", "t"))
    assert room.transcript.snapshot(1, "e0").is_fresh
    assert not room.transcript.snapshot(1, "e1").is_fresh


def test_a_correction_is_a_newer_event_of_the_phrase() -> None:
    """It has a number of its own; withdrawing the original withdraws every track."""
    room = Room()
    room.publish(*(phrase_event("1-0", "wrong", rev=3, track=track) for track in ("original", "en")))
    room.transcript.correct("1-0", "original", "right")
    room.transcript.correct("1-0", "original", "quite right")
    corrected = [event for event in room.log.since(2) if event.track == "original"]
    assert [(event.seq, event.rev, event.state, event.committed) for event in corrected] == [
        (3, 4, "corrected", "right"),
        (5, 5, "corrected", "quite right"),
    ]
    room.transcript.correct("1-0", "original", None)
    assert [(event.track, event.state, event.committed) for event in room.log.since(5)] == [
        ("original", "withdrawn", ""),
        ("en", "withdrawn", ""),
    ]
    with pytest.raises(SettingsError, match="there is no 9-9 on the track original"):
        room.transcript.correct("9-9", "original", "x")


def test_a_correction_of_the_original_outdates_its_translation() -> None:
    """The translation is marked once, a later one too, until it is corrected itself."""
    room = Room()
    room.publish(
        phrase_event("1-0", "falsch", rev=3, language="de"),
        phrase_event("1-0", "wrong", rev=2, track="en"),
        phrase_event("1-1", "falsch", rev=3, language="de"),
    )
    room.transcript.correct("1-0", "original", "richtig")
    room.transcript.correct("1-0", "original", "ganz richtig")
    room.transcript.correct("1-1", "original", "richtig")
    room.publish(phrase_event("1-1", "late", rev=2, track="en"))
    room.transcript.correct("1-0", "en", "right")
    english = [event for event in room.log.since(3) if event.track == "en"]
    assert [(event.phrase, event.rev, event.committed, event.is_outdated) for event in english] == [
        ("1-0", 3, "wrong", True),
        ("1-1", 2, "late", True),
        ("1-0", 4, "right", False),
    ]


def test_a_correction_that_is_undone_outdates_nothing() -> None:
    """The translation is right again when its original again says what was translated."""
    room = Room()
    room.publish(phrase_event("1-0", "richtig", rev=3, language="de"), phrase_event("1-0", "right", rev=2, track="en"))
    room.transcript.correct("1-0", "original", "falsch")
    room.transcript.correct("1-0", "original", "richtig")
    assert [event.is_outdated for event in room.log.since(2) if event.track == "en"] == [True, False]


def test_a_withdrawn_phrase_comes_back_on_no_track() -> None:
    """Its open or late translation is removed from the screens and never published."""
    room = Room()
    room.publish(
        phrase_event("1-0", "geheim", language="de"),
        replace(EVENT, track="en", committed="", tentative="secret"),
    )
    published: list[Event] = []
    with room.bus.listen(published.append):
        room.transcript.correct("1-0", "original", None)
        room.publish(
            replace(EVENT, track="en", rev=3, committed="secret", tentative="plan"),
            phrase_event("1-0", "secret plan", rev=4, track="en"),
        )
    assert [(event.track, event.text) for event in published] == [("original", ""), ("en", ""), ("en", "")]
    assert room.transcript.snapshot(None, None).events == ()


def test_a_reader_sees_nothing_older_than_an_hour() -> None:
    """A new reader never does; one that resumes does only where all of the transcript is offered."""
    room = Room()
    room.now_s = 4010.0
    room.publish(phrase_event("1-0", "old", end_s=10.0), phrase_event("1-1", "new", end_s=4000.0))
    assert [event.committed for event in room.transcript.snapshot(None, None).events] == ["new"]
    snapshot = room.transcript.snapshot(0, "e1")
    assert ([event.seq for event in snapshot.events], snapshot.is_fresh) == ([2], True)
    assert not room.transcript.snapshot(1, "e1").is_fresh
    room.transcript.offers_all = True
    snapshot = room.transcript.snapshot(0, "e1")
    assert ([event.seq for event in snapshot.events], snapshot.is_fresh) == ([1, 2], False)


async def test_history_ends_where_readers_may_see_no_more() -> None:
    """Older phrases come in their order, at most as many as asked for, and the last page says that it is the last."""
    room = Room()
    room.publish(*(phrase_event(f"1-{number}", f"t{number}", end_s=float(number)) for number in range(5)))
    events, is_all = await room.transcript.history(5, 2)
    assert ([event.seq for event in events], is_all) == ([3, 4], False)
    events, is_all = await room.transcript.history(3, 9)
    assert ([event.seq for event in events], is_all) == ([1, 2], True)
    room.now_s = HOUR_S + 1.5
    events, is_all = await room.transcript.history(5, 9)
    assert ([event.seq for event in events], is_all) == ([3, 4], True)


async def test_erasing_removes_open_phrases_too() -> None:
    """A new reader gets nothing, and one that resumes starts fresh."""
    room = Room()
    room.publish(phrase_event("1-0", "t"), replace(EVENT, phrase="1-1"))
    await room.transcript.erase()
    assert room.transcript.snapshot(None, None).events == ()
    assert room.transcript.snapshot(1, "e1").is_fresh
