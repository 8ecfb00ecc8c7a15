"""Captions arrive in Teams as Microsoft's document says."""

from collections.abc import Iterator

import pytest

from tests.chaos.meeting_faults import problems, run
from tests.fakes.meeting_server import ADDRESSES, Fault
from tests.support.meeting_room import Meeting, on_fast_clock, wait_until


@on_fast_clock
async def test_a_caption_is_one_line_of_plain_text() -> None:
    """A request is the given address with a language; the body is one line, and there is no number."""
    meeting = Meeting("teams")
    async with meeting.follow():
        meeting.say("Grüße\naus Köln.", language="de")
        await wait_until(lambda: meeting.texts == ["Grüße aus Köln."])
    (caption,) = meeting.server.requests
    query = ADDRESSES["teams"].partition("?")[2]
    assert (caption.method, caption.target) == ("POST", f"/cartcaption?{query}&lang=de-de")
    assert caption.headers["content-type"] == "text/plain; charset=utf-8"


@on_fast_clock
async def test_no_line_has_more_than_a_hundred_characters() -> None:
    """A long phrase is sent in lines of at most 100 characters, and no word is lost."""
    meeting = Meeting("teams")
    text = " ".join(f"word{i}" for i in range(80))
    async with meeting.follow():
        meeting.say(text)
        await wait_until(lambda: " ".join(meeting.texts).split() == text.split())
    assert 5 <= len(meeting.texts) <= 8
    assert all(len(line) <= 100 for line in meeting.texts)


@pytest.mark.parametrize("fault", ["hangs_before", "hangs_after", "resets_before", "resets_after"])
@on_fast_clock
async def test_a_caption_that_was_not_answered_is_not_sent_again(fault: Fault) -> None:
    """It may be shown or not, so it counts as dropped, and the next one follows."""
    meeting = Meeting("teams")
    faults = iter([fault])
    meeting.server.draw = lambda: next(faults, None)
    async with meeting.follow():
        meeting.say("One.")
        await wait_until(lambda: meeting.health.n_dropped == 1)
        meeting.say("Two.")
        await wait_until(lambda: meeting.health.n_sent == 1)
    assert meeting.texts == (["One.", "Two."] if fault.endswith("after") else ["Two."])
    assert len(meeting.server.requests) == 2


@on_fast_clock
async def test_a_caption_that_was_refused_is_sent_again() -> None:
    """An answer with an error means that the caption is not shown."""
    meeting = Meeting("teams")
    faults: Iterator[Fault] = iter(["500", "503", "429"])
    meeting.server.draw = lambda: next(faults, None)
    async with meeting.follow():
        meeting.say("One.")
        await wait_until(lambda: meeting.texts == ["One."])
    assert (meeting.health.n_sent, meeting.health.n_dropped) == (1, 0)


@on_fast_clock
async def test_retry_after_is_respected() -> None:
    """No caption is sent before Retry-After has passed, neither the refused one nor later ones."""
    meeting = Meeting("teams")
    faults: Iterator[Fault] = iter(["429"])
    meeting.server.draw = lambda: next(faults, None)
    meeting.server.retry_after = "14"
    async with meeting.follow():
        meeting.say("One.", "Two.", "Three.")
        await wait_until(lambda: meeting.texts == ["Three."])
    first, second = meeting.server.requests
    assert second.at_s - first.at_s >= 14.0
    assert (meeting.health.n_sent, meeting.health.n_dropped) == (1, 2)


@pytest.mark.parametrize(
    ("status", "health", "sentence"),
    [
        (404, "retrying", "nobody has turned on live captions"),
        (400, "retrying", "The meeting has not started"),
        (401, "failed", "Teams does not accept this address any more; copy a new one"),
        (500, "retrying", "Teams has an error (status 500)"),
        (302, "retrying", "Teams answers with an unexpected status (302)"),
    ],
)
@on_fast_clock
async def test_errors_have_a_message(status: int, health: str, sentence: str) -> None:
    """Each error in the document has a sentence in the health."""
    meeting = Meeting("teams")
    meeting.server.status = status
    async with meeting.follow():
        meeting.say("One.")
        await wait_until(lambda: meeting.health.n_dropped == 1)
        assert (meeting.health.status, sentence in meeting.health.message) == (health, True)


def test_captions_through_faults() -> None:
    """Of 300 captions with faults in 10 % of requests, none arrives twice, and the missing ones are counted."""
    outcome = run("teams", 300, rate=0.1, seed=1)
    assert problems("teams", 300, outcome) == []
    assert outcome.health.n_dropped >= len(outcome.unconfirmed) > 0
