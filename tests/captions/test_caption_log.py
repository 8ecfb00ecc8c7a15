"""The log in memory numbers events, keeps the newest, and says from where a reader can resume."""

from app.captions.caption_log import MemoryLog, current_phrases
from app.captions.event import Event
from tests.support.captions import EVENT, phrase_event


def filled(n_events: int, size: int) -> MemoryLog:
    """Return a log to which events were appended."""
    log = MemoryLog("e", size=size)
    for number in range(n_events):
        log.append(phrase_event(f"1-{number}", f"t{number}"), lambda event: None)
    return log


def test_a_full_log_drops_the_oldest() -> None:
    """It keeps the newest events and their numbers."""
    log = filled(5, size=3)
    assert [event.seq for event in log.since(0)] == [3, 4, 5]
    assert [event.seq for event in log.since(4)] == [5]
    assert log.since(9) == []


def test_a_reader_resumes_from_what_is_not_dropped() -> None:
    """A number that is too old or too new needs a fresh snapshot."""
    log = filled(5, size=3)
    assert [log.can_resume_from(seq) for seq in (1, 2, 5, 6)] == [False, True, True, False]


def test_an_event_is_passed_on_with_its_number() -> None:
    """The callback gets the event with epoch and seq."""
    logged: list[Event] = []
    MemoryLog("e").append(phrase_event("1-0", "t"), logged.append)
    assert [(event.epoch, event.seq) for event in logged] == [("e", 1)]


async def test_an_erased_log_begins_a_new_epoch() -> None:
    """Numbers go on, so that no number means two events."""
    log = filled(2, size=3)
    await log.erase()
    assert await log.all_events() == []
    assert log.epoch != "e"
    assert log.last_seq == 2


def test_the_current_phrases_are_the_newest_event_of_each_phrase_and_track() -> None:
    """They are in the order of the log; open phrases are left out, and withdrawn ones unless asked for."""
    events = [
        phrase_event("1-2", "Second.", seq=1),
        phrase_event("1-2", "Zweitens.", seq=2, track="en"),
        phrase_event("1-1", "First?", seq=3),
        phrase_event("1-1", "First!", seq=4, state="corrected"),
        phrase_event("1-2", "", seq=5, state="withdrawn"),
        EVENT,
    ]
    assert [event.committed for event in current_phrases(events)] == ["Zweitens.", "First!"]
    assert [event.seq for event in current_phrases(events, with_withdrawn=True)] == [2, 4, 5]
