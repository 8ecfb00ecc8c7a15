"""Captions arrive in Zoom as Zoom's document says."""

import asyncio
import statistics
import time
from collections.abc import Iterator

import pytest

from app.outputs.meeting_numbering import MemoryCounter
from app.outputs.zoom import ZoomCaptions
from tests.chaos.meeting_faults import problems, run
from tests.fakes.meeting_server import ADDRESSES, Fault
from tests.support.meeting_room import Meeting, on_fast_clock, wait_until


@on_fast_clock
async def test_a_caption_is_plain_text_with_a_number_and_a_language() -> None:
    """A request is the given address with seq and lang, and its body is the text in UTF-8."""
    meeting = Meeting("zoom")
    meeting.server.last = 41
    async with meeting.follow():
        meeting.say("Grüße aus Köln.", language="de")
        await wait_until(lambda: meeting.texts == ["Grüße aus Köln."])
    query = ADDRESSES["zoom"].partition("?")[2]
    question, caption = meeting.server.requests
    assert (question.method, question.target) == ("GET", f"/closedcaption/seq?{query}")
    assert (caption.method, caption.target) == ("POST", f"/closedcaption?{query}&seq=42&lang=de-DE")
    assert caption.headers["content-type"] == "text/plain; charset=utf-8"
    assert caption.body == "Grüße aus Köln.".encode()


@on_fast_clock
async def test_numbers_continue_after_the_last_in_the_meeting() -> None:
    """Each caption has the number after the last one that Zoom accepted, from any sender."""
    meeting, counter = Meeting("zoom"), MemoryCounter()
    counter.write(3)
    meeting.server.last = 6
    async with meeting.follow(counter=counter):
        meeting.say("One.", "Two.", language="de")
        meeting.say("Three.")
        await wait_until(lambda: len(meeting.texts) == 2)
    assert [shown.number for shown in meeting.server.shown] == [7, 8]
    assert counter.read() == 8


@pytest.mark.parametrize(("remembered", "first"), [(None, 0), (16, 17)])
@on_fast_clock
async def test_a_stored_number_continues_if_zoom_reports_none(remembered: int | None, first: int) -> None:
    """Without a reported number the stored one continues, or numbers begin at 0."""
    meeting, counter = Meeting("zoom"), MemoryCounter()
    meeting.server.answers_last = False
    if remembered is not None:
        counter.write(remembered)
        meeting.server.last = remembered
    async with meeting.follow(counter=counter):
        meeting.say("One.")
        await wait_until(lambda: bool(meeting.texts))
    assert meeting.server.shown[0].number == first


@pytest.mark.parametrize(
    ("tag", "named"),
    [("en", "en-US"), ("de", "de-DE"), ("ja", "jp-JP"), ("ja-JP", "jp-JP"), ("zh", "zh-CN"), ("zh-Hant-TW", "zh-TW")],
)
@on_fast_clock
async def test_languages_have_zooms_form(tag: str, named: str) -> None:
    """A language has a country, and Japanese is jp-JP."""
    meeting = Meeting("zoom")
    async with meeting.follow(language=tag):
        meeting.say("One.")
        await wait_until(lambda: bool(meeting.texts))
    assert meeting.server.shown[0].language == named


@on_fast_clock
async def test_a_long_phrase_is_sent_in_blocks_of_two_lines() -> None:
    """No line is longer than 42 columns, no block has more than two, and no word is lost."""
    meeting = Meeting("zoom")
    text = " ".join(f"word{i}" for i in range(60))
    async with meeting.follow():
        meeting.say(text)
        await wait_until(lambda: " ".join(meeting.texts).split() == text.split())
    assert len(meeting.texts) > 3
    assert all(len(line) <= 42 for block in meeting.texts for line in block.split("\n"))


@on_fast_clock
async def test_a_caption_that_was_not_answered_is_not_shown_twice() -> None:
    """After a timeout the last number is queried: a caption that arrived is not sent again, another one is."""
    for fault in ("hangs_after", "resets_after", "hangs_before", "resets_before"):
        meeting = Meeting("zoom")
        faults = iter([None, fault])
        meeting.server.draw = lambda faults=faults: next(faults, None)  # type: ignore[misc]
        async with meeting.follow():
            meeting.say("One.")
            await wait_until(lambda meeting=meeting: meeting.health.n_sent == 1)  # type: ignore[misc]
            meeting.say("Two.")
            await wait_until(lambda meeting=meeting: meeting.health.n_sent == 2)  # type: ignore[misc]
        assert meeting.texts == ["One.", "Two."]
        methods = " ".join(request.method for request in meeting.server.requests)
        assert methods == ("GET POST GET POST" if fault.endswith("after") else "GET POST GET POST POST")
        assert meeting.health.n_dropped == 0


@on_fast_clock
async def test_a_caption_that_is_known_to_be_lost_stays_lost() -> None:
    """A caption that Zoom did not have, and then refused, does not count as sent when others arrive."""
    meeting = Meeting("zoom")
    faults: Iterator[Fault | None] = iter([None, "hangs_before", None, "429", None, "hangs_after"])
    meeting.server.draw = lambda: next(faults, None)
    meeting.server.retry_after = "3"
    async with meeting.follow():
        meeting.say("Lost.")
        await wait_until(lambda: meeting.health.n_dropped == 1)
        meeting.say("One.")
        await wait_until(lambda: meeting.health.n_sent == 1)
        meeting.say("Two.")
        await wait_until(lambda: meeting.health.n_sent == 2)
    assert meeting.texts == ["One.", "Two."]
    assert (meeting.health.n_sent, meeting.health.n_dropped) == (2, 1)


@on_fast_clock
async def test_a_dropped_caption_that_had_arrived_counts_as_sent() -> None:
    """A caption that was given up without an answer counts as sent once Zoom reports its number."""
    meeting = Meeting("zoom")
    meeting.server.draw = lambda: "hangs_after" if meeting.server.requests else None
    async with meeting.follow():
        meeting.say("One.")
        await wait_until(lambda: meeting.health.n_dropped == 1)
        meeting.server.draw = lambda: None
        meeting.say("Two.")
        await wait_until(lambda: meeting.health.n_sent == 2)
    assert meeting.texts == ["One.", "Two."]
    assert meeting.health.n_dropped == 0


@on_fast_clock
async def test_captions_go_on_when_the_meeting_starts() -> None:
    """Before the meeting captions are dropped and the health says so; no old ones arrive when it starts."""
    meeting = Meeting("zoom")
    meeting.server.status = 400
    async with meeting.follow():
        for i in range(10):
            meeting.say(f"Early {i}.")
            await asyncio.sleep(3)
        await wait_until(lambda: meeting.health.n_dropped > 5, 8)
        assert meeting.health.status == "retrying"
        assert meeting.health.message.startswith("The meeting has not started or has ended.")
        meeting.server.status = 200
        await wait_until(lambda: meeting.health.status == "working", 10)
        meeting.say("Now.")
        await wait_until(lambda: meeting.texts == ["Now."])
    assert (meeting.health.status, meeting.health.message) == ("working", "")


@on_fast_clock
async def test_an_address_that_is_not_accepted_needs_a_person() -> None:
    """After 401 or 403 the output has failed, says what to do, and tries again at long intervals."""
    meeting = Meeting("zoom")
    meeting.server.status = 403
    async with meeting.follow():
        meeting.say("One.")
        await wait_until(lambda: meeting.health.n_dropped == 1)
        assert meeting.health.status == "failed"
        assert "Zoom does not accept this address any more; copy a new one" in meeting.health.message
        n_before = len(meeting.server.requests)
        for i in range(20):
            meeting.say(f"Caption {i}.")
            await asyncio.sleep(2)
        assert len(meeting.server.requests) - n_before <= 2 * (40 / 30 + 1)
        assert meeting.health.n_dropped > 15
        meeting.server.status = 200
        await wait_until(lambda: meeting.health.status == "working", 40)
        meeting.say("Again.")
        await wait_until(lambda: meeting.texts[-1:] == ["Again."])


@on_fast_clock
async def test_three_captions_lost_in_a_row_ask_for_the_number() -> None:
    """After three given up one after the other the last number is queried, and numbers continue after it."""
    meeting = Meeting("zoom")
    async with meeting.follow():
        meeting.say("One.")
        await wait_until(lambda: meeting.health.n_sent == 1)
        meeting.server.status, meeting.server.last = 405, 99  # somebody else wrote meanwhile
        for i in range(3):
            meeting.say(f"Lost {i}.")
            await wait_until(lambda i=i: meeting.health.n_dropped == i + 1)  # type: ignore[misc]
        n_questions = sum(request.method == "GET" for request in meeting.server.requests)
        meeting.server.status = 200
        meeting.say("Two.")
        await wait_until(lambda: meeting.health.n_sent == 2)
    assert sum(request.method == "GET" for request in meeting.server.requests) > n_questions
    assert meeting.server.shown[-1].number == 100


def test_a_thousand_captions_through_faults() -> None:
    """Of 1,000 captions with faults in 10 % of requests, each arrives once and in order, or is dropped after 5 s."""
    outcome = run("zoom", 1_000, rate=0.1, seed=1)
    assert problems("zoom", 1_000, outcome) == []
    assert outcome.n_faults > 80
    assert len(outcome.shown) > 950


def test_captions_through_a_storm_of_faults() -> None:
    """With faults in half of the requests every dropped caption was tried for 5 s, and none arrives twice."""
    outcome = run("zoom", 60, rate=0.5, seed=2)
    assert problems("zoom", 60, outcome) == []
    assert outcome.health.n_dropped > 0


async def test_a_final_phrase_is_in_the_meeting_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """From commit to text at a server on this machine takes at most 150 ms in 95 of 100 cases."""
    monkeypatch.setattr(ZoomCaptions, "gap_s", 0.0)
    meeting, lags_s = Meeting("zoom"), []
    async with meeting.follow():
        for i in range(100):
            said_s = time.monotonic()
            meeting.say(f"Caption {i}.")
            await wait_until(lambda: len(meeting.texts) == i + 1)  # noqa: B023
            lags_s.append(meeting.server.shown[-1].at_s - said_s)
    assert statistics.quantiles(lags_s, n=20)[-1] <= 0.150
