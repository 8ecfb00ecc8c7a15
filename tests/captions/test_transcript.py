"""What readers get: snapshots, history, and corrections on every track."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.captions.bus import Bus
from app.captions.caption_log import MemoryLog
from app.captions.event import Event
from app.captions.transcript import Transcript
from app.errors import SettingsError
from app.store import pending_events
from app.store.room_log import RoomLog
from tests.support.captions import EVENT, phrase_event
from tests.support.store_run import StoreRun
from tests.support.waiting import wait_until

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


def test_a_corrected_text_has_no_doubt_left() -> None:
    """Nor has a withdrawn one; a translation of it keeps its own."""
    room = Room()
    room.publish(phrase_event("1-0", "am dritten", doubtful=(1,)))
    room.publish(phrase_event("1-0", "on the third", track="en", doubtful=(2,)))
    room.transcript.correct("1-0", "original", "am 3.")
    assert [(event.track, event.doubtful) for event in room.log.since(2)] == [("original", ()), ("en", (2,))]
    room.transcript.correct("1-0", "original", None)
    assert [event.doubtful for event in room.log.since(4)] == [(), ()]


def test_a_text_that_is_confirmed_is_not_called_corrected() -> None:
    """The same text again only confirms doubtful words; without any, nothing is logged."""
    room = Room()
    room.publish(phrase_event("1-0", "am dritten", doubtful=(1,)))
    for _ in range(2):
        room.transcript.correct("1-0", "original", "am dritten")
    assert [(event.rev, event.state, event.doubtful) for event in room.log.since(1)] == [(2, "final", ())]


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


# -- the order of captions


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoreRun]:
    """Return a store on a disk."""
    made = StoreRun(tmp_path)
    yield made
    made.close()


class SavedRoom:
    """A transcript whose finals wait for a disk, and the captions that its readers got."""

    def __init__(self, log: RoomLog) -> None:
        self.bus = Bus("main")
        self.transcript = Transcript(log, self.bus, lambda: 0.0)
        self.read: list[Event] = []
        self.bus._listeners.append(self.read.append)

    def publish(self, *events: Event) -> None:
        """Publish events."""
        for event in events:
            self.transcript.publish(event)

    @property
    def texts(self) -> list[str]:
        """The texts that readers got, in order."""
        return [event.text for event in self.read]


async def test_the_last_caption_of_a_phrase_comes_before_the_first_of_the_next(store: StoreRun) -> None:
    """The next phrase waits while the final one waits for the disk, and then comes in its newest state."""
    room = SavedRoom(await store.log())
    room.publish(phrase_event("1-0", "first"))
    room.publish(replace(EVENT, phrase="1-1", committed="", tentative="sec"))
    room.publish(replace(EVENT, phrase="1-1", rev=2, committed="", tentative="second"))
    assert room.texts == []
    assert room.transcript.snapshot(None, None).events == ()
    await store.settle()
    assert room.texts == ["first", "second"]
    assert [event.text for event in room.transcript.snapshot(None, None).events] == ["first", "second"]


async def test_other_sources_and_tracks_do_not_wait(store: StoreRun) -> None:
    """Only the captions after a final phrase on the same line wait for it."""
    room = SavedRoom(await store.log())
    room.publish(phrase_event("1-0", "first"))
    room.publish(replace(EVENT, phrase="2-0", source="other", committed="", tentative="other source"))
    room.publish(replace(EVENT, phrase="1-1", track="en", committed="", tentative="other track"))
    assert room.texts == ["other source", "other track"]
    await store.settle()
    assert room.texts[2:] == ["first"]


async def test_a_phrase_that_is_final_before_its_first_caption_is_published_once(store: StoreRun) -> None:
    """Its held caption is dropped, and the final ones come in their order."""
    room = SavedRoom(await store.log())
    room.publish(phrase_event("1-0", "first"))
    room.publish(replace(EVENT, phrase="1-1", committed="", tentative="sec"))
    room.publish(phrase_event("1-1", "second", rev=2), replace(EVENT, phrase="1-2", committed="", tentative="third"))
    await store.settle()
    assert room.texts == ["first", "second", "third"]


async def test_a_held_caption_that_is_cleared_or_withdrawn_never_appears(store: StoreRun) -> None:
    """Its removal is published at once, even while a phrase before it waits for the disk."""
    room = SavedRoom(await store.log())
    room.publish(phrase_event("1-1", "geheim", language="de"))
    await store.settle()
    room.publish(replace(EVENT, phrase="1-1", track="en", committed="", tentative="sec"))
    room.publish(phrase_event("1-0", "before", track="en"))
    room.publish(replace(EVENT, phrase="1-1", track="en", rev=2, committed="", tentative="secret"))
    room.publish(replace(EVENT, phrase="1-2", track="en", committed="", tentative="noise"))
    room.publish(replace(EVENT, phrase="1-2", track="en", rev=2, committed="", tentative=""))
    room.transcript.correct("1-1", "original", None)
    assert room.texts == ["geheim", "sec", "", ""]
    await store.settle()
    assert room.texts == ["geheim", "sec", "", "", "before", ""]


async def test_a_failing_disk_holds_no_caption(store: StoreRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a phrase is shown unsaved, and while the disk fails, the next one comes at once."""
    room = SavedRoom(await store.log())
    store.fail()
    room.publish(phrase_event("1-0", "first"), replace(EVENT, phrase="1-1", committed="", tentative="second"))
    await wait_until(lambda: room.texts == ["first", "second"])
    room.publish(phrase_event("1-1", "second", rev=2), replace(EVENT, phrase="1-2", committed="", tentative="third"))
    assert room.texts[2:] == ["second", "third"]
    assert len({event.epoch for event in room.read}) == 1


async def test_a_hanging_disk_holds_a_caption_no_longer_than_a_final_one(
    store: StoreRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both come, in their order, when the log stops waiting."""
    monkeypatch.setattr(pending_events, "WAIT_MAX_S", 0.2)
    room = SavedRoom(await store.log())
    hangs = threading.Event()
    store.database.write(lambda _: hangs.wait(), lambda _, error: None)
    room.publish(phrase_event("1-0", "first"), replace(EVENT, phrase="1-1", committed="", tentative="second"))
    await wait_until(lambda: room.texts == ["first", "second"])
    hangs.set()
    await store.settle()


async def test_erasing_drops_held_captions(store: StoreRun) -> None:
    """Neither the phrase that waited for the disk nor the one behind it appears; later ones do at once."""
    room = SavedRoom(await store.log())
    room.publish(phrase_event("1-0", "first"), replace(EVENT, phrase="1-1", committed="", tentative="second"))
    await room.transcript.erase()
    room.publish(replace(EVENT, phrase="1-2", committed="", tentative="third"))
    assert room.texts == ["third"]
