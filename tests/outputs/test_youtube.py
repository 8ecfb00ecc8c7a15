"""Captions arrive in a YouTube stream as YouTube's document says."""

import time
from datetime import UTC, datetime

import pytest

from app.outputs.meeting_numbering import MemoryCounter
from tests.chaos.meeting_faults import problems, run
from tests.fakes.meeting_server import ADDRESSES, Fault, number_of
from tests.support.meeting_room import Meeting, on_fast_clock, wait_until


def moment_s(written: str) -> float:
    """Return a line of time in seconds since 1970."""
    return datetime.fromisoformat(written.partition(" ")[0]).replace(tzinfo=UTC).timestamp()


@on_fast_clock
async def test_a_caption_is_a_time_and_a_line() -> None:
    """The body is the time in UTC, to the millisecond and without a Z, and lines with <br> between them."""
    meeting = Meeting("youtube")
    async with meeting.follow():
        before_s = time.time()
        meeting.say("The first line is here for you, and the second one is below it.", start_s=7.0, end_s=11.0)
        await wait_until(lambda: len(meeting.texts) == 1)
    assert meeting.texts == ["The first line is here for you,<br>and the second one is below it."]
    (caption,) = meeting.server.requests
    query = ADDRESSES["youtube"].partition("?")[2]
    assert (caption.method, caption.target) == ("POST", f"/closedcaption?{query}&seq=0")
    assert caption.headers["content-type"] == "text/plain"
    written = caption.body.decode().split("\n")[0]
    assert written.endswith(" region:reg1#cue1")
    assert "Z" not in written
    assert moment_s(written) == pytest.approx(before_s - 4.0, abs=0.5)


@on_fast_clock
async def test_times_never_go_back() -> None:
    """When two people speak at once, the first to begin may be the last to finish; times still rise."""
    meeting = Meeting("youtube")
    async with meeting.follow():
        for i, (start_s, end_s) in enumerate(((5.0, 6.0), (0.0, 9.0), (8.0, 10.0))):
            meeting.say("Hear me.", start_s=start_s, end_s=end_s)
            await wait_until(lambda i=i: len(meeting.texts) > i)  # type: ignore[misc]
    moments = [moment_s(shown.moment) for shown in meeting.server.shown]
    assert len(moments) == 3
    assert sorted(set(moments)) == moments


@on_fast_clock
async def test_a_caption_begins_no_tag() -> None:
    """A bracket in a caption is not read as markup."""
    meeting = Meeting("youtube")
    async with meeting.follow():
        meeting.say("a < b <br> c")
        await wait_until(lambda: meeting.texts == ["a ‹ b ‹br> c"])


@on_fast_clock
async def test_a_stored_number_continues() -> None:
    """YouTube does not report its number, so the stored one continues."""
    meeting, counter = Meeting("youtube"), MemoryCounter()
    counter.write(9)
    meeting.server.last = 9
    async with meeting.follow(counter=counter):
        meeting.say("One.")
        await wait_until(lambda: bool(meeting.texts))
    assert (meeting.server.shown[0].number, counter.read()) == (10, 10)


@pytest.mark.parametrize("fault", ["hangs_before", "hangs_after", "resets_before", "resets_after", "500", "429"])
@on_fast_clock
async def test_a_caption_is_repeated_to_the_letter(fault: Fault) -> None:
    """A repeated caption has the same number and body, so that YouTube recognizes it."""
    meeting = Meeting("youtube")
    faults = iter([fault])
    meeting.server.draw = lambda: next(faults, None)
    async with meeting.follow():
        meeting.say("One.")
        await wait_until(lambda: meeting.health.n_sent == 1)
    first, second = meeting.server.requests
    assert (first.target, first.body) == (second.target, second.body)
    assert meeting.texts == ["One."]


@on_fast_clock
async def test_the_number_of_a_caption_that_may_have_come_is_used_up() -> None:
    """After one without an answer the next number follows, or the next caption could be taken for a repetition."""
    meeting = Meeting("youtube")
    async with meeting.follow():
        meeting.server.draw = lambda: "hangs_before"
        meeting.say("One.")
        await wait_until(lambda: meeting.health.n_dropped == 1)
        meeting.server.draw = lambda: None
        meeting.say("Two.")
        await wait_until(lambda: meeting.texts == ["Two."])
    assert {number_of(request) for request in meeting.server.requests} == {0, 1}


def test_captions_through_faults() -> None:
    """Of 300 captions with faults in 10 % of requests, each comes once and in order, or is dropped after 5 s."""
    outcome = run("youtube", 300, rate=0.1, seed=1)
    assert problems("youtube", 300, outcome) == []
    assert outcome.n_faults > 20
