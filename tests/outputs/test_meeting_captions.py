"""Final phrases go to a meeting at a readable pace; hidden, erased and withdrawn ones never do."""

import asyncio
from itertools import pairwise

import pytest

from app.errors import SettingsError
from app.outputs.meeting_captions import FINISH_S
from tests.fakes.meeting_server import ADDRESSES, Vendor
from tests.support.meeting_room import OUTPUTS, Meeting, on_fast_clock, phrase, wait_until

VENDORS: list[Vendor] = ["zoom", "teams", "youtube"]


@pytest.mark.parametrize("vendor", VENDORS)
@on_fast_clock
async def test_only_final_phrases_of_one_track_are_sent(vendor: Vendor) -> None:
    """Open phrases, other tracks and older phrases are not sent; the last track is the default."""
    meeting = Meeting(vendor, "translate")
    meeting.say("Before.", track="en")
    async with meeting.follow(after_seq=meeting.room.last_seq):
        meeting.room.publish(phrase("1-0", "Still op", "en", state="open"))
        meeting.say("Guten Morgen.", track="original", language="de")
        meeting.say("Good morning.", track="en")
        await wait_until(lambda: bool(meeting.texts))
        await asyncio.sleep(3)
    assert meeting.texts == ["Good morning."]
    assert (meeting.healths[0].status, meeting.health.n_sent) == ("starting", 1)


@on_fast_clock
async def test_a_chosen_track_is_sent() -> None:
    """An output with a track sends that one."""
    meeting = Meeting("zoom", "translate")
    async with meeting.follow(track="original"):
        meeting.say("Good morning.", track="en")
        meeting.say("Guten Morgen.", language="de")
        await wait_until(lambda: meeting.texts == ["Guten Morgen."])


@on_fast_clock
async def test_what_waits_is_sent_as_it_was_corrected() -> None:
    """A phrase that is corrected or withdrawn while it waits is sent corrected, or not at all; later no more."""
    meeting = Meeting("teams")
    async with meeting.follow():
        meeting.say("One.")
        await wait_until(lambda: meeting.texts == ["One."])
        meeting.say("Wrong.", "Secret.", "Two.")  # these wait for readers
        meeting.room.correct("9-2", "original", "Right.")
        meeting.room.correct("9-3", "original", None)
        await wait_until(lambda: meeting.health.n_sent == 3)
        meeting.room.correct("9-4", "original", "Too late.")
        meeting.room.correct("9-1", "original", None)
        await asyncio.sleep(5)
    assert meeting.texts == ["One.", "Right.", "Two."]


@on_fast_clock
async def test_a_correction_of_the_original_sends_no_translation_again() -> None:
    """A translation that became outdated is not sent again, nor is one from before the output began."""
    meeting = Meeting("zoom", "translate")
    meeting.say("Before.", track="en")
    meeting.room.publish(phrase("9-1", "Davor."))
    async with meeting.follow(after_seq=meeting.room.last_seq):
        meeting.room.publish(phrase("8-1", "Danach."))
        meeting.room.publish(phrase("8-1", "After.", "en"))
        await wait_until(lambda: meeting.texts == ["After."])
        meeting.room.correct("9-1", "original", "Zuvor.")
        meeting.room.correct("8-1", "original", "Nachher.")
        await asyncio.sleep(5)
    assert meeting.texts == ["After."]


@pytest.mark.parametrize("vendor", VENDORS)
@on_fast_clock
async def test_what_is_said_behind_hidden_screens_is_never_sent(vendor: Vendor) -> None:
    """While screens are hidden nothing is sent; what was said then, or had begun, is not sent later either."""
    meeting = Meeting(vendor)
    async with meeting.follow():
        meeting.say("Before.")
        await wait_until(lambda: meeting.texts == ["Before."])
        meeting.say("Waiting.")
        meeting.room.publish(phrase("1-0", "Begun", state="open"))
        await asyncio.sleep(0.1)
        meeting.show(is_hidden=True)
        meeting.say("Hidden.")
        meeting.room.publish(phrase("1-1", "Open while hid", state="open"))
        await asyncio.sleep(4)
        assert meeting.texts == ["Before."]
        meeting.room.publish(phrase("1-2", "Said at that moment"))
        meeting.show(is_hidden=False)
        await asyncio.sleep(1)
        meeting.room.publish(phrase("1-3", "Said before, and decoded after."))
        await asyncio.sleep(2)
        for name in ("1-0", "1-1"):
            meeting.room.publish(phrase(name, "Secret."))
        meeting.say("After.")
        await wait_until(lambda: len(meeting.texts) > 1)
        await asyncio.sleep(3)
    assert meeting.texts == ["Before.", "After."]
    assert meeting.health.n_dropped == 0


@on_fast_clock
async def test_an_output_that_begins_behind_hidden_screens_sends_nothing() -> None:
    """Screens that are hidden when the output begins are hidden for it too."""
    meeting = Meeting("zoom")
    meeting.show(is_hidden=True)
    async with meeting.follow():
        meeting.say("Hidden.")
        await asyncio.sleep(3)
    assert meeting.texts == []


@pytest.mark.parametrize("is_heard", [True, False])
@on_fast_clock
async def test_erased_captions_are_not_sent(is_heard: bool) -> None:
    """Captions that wait when the room erases them are not sent, nor are those that the output has not read yet."""
    meeting = Meeting("zoom")
    async with meeting.follow():
        meeting.say("One.")
        await wait_until(lambda: meeting.texts == ["One."])
        meeting.say("Two.")
        if is_heard:
            await asyncio.sleep(0.1)
        await meeting.room.erase()
        await asyncio.sleep(4)
    assert meeting.texts == ["One."]


@on_fast_clock
async def test_cancelling_sends_what_is_final() -> None:
    """An output that is stopped sends what waits, in order, without pauses for readers."""
    meeting = Meeting("zoom")
    async with meeting.follow():
        meeting.say("One.")
        await wait_until(lambda: meeting.texts == ["One."])
        meeting.say("Two.", "Three.", "Four.")
    assert meeting.texts == ["One.", "Two.\nThree.", "Four."]


@on_fast_clock
async def test_cancelling_takes_little_time() -> None:
    """An output that is stopped while the server does not answer drops what waits, and counts it."""
    meeting = Meeting("zoom")
    async with meeting.follow():
        await wait_until(lambda: meeting.health.status == "working")
        meeting.server.draw = lambda: "hangs_before"
        meeting.say("One.")
        await asyncio.sleep(0.5)
        began_s = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began_s < FINISH_S + 3
    assert meeting.health.n_dropped == 1


@on_fast_clock
async def test_captions_come_at_a_rate_that_can_be_read() -> None:
    """Full blocks are 2.5 s apart; the first one does not wait."""
    meeting = Meeting("zoom")
    async with meeting.follow():
        await wait_until(lambda: meeting.health.status == "working")
        said_s = asyncio.get_running_loop().time()
        for i in range(5):
            meeting.say(f"A phrase that fills both of the lines that a block in Zoom has, number {i}.")
            await asyncio.sleep(2.6)
        await wait_until(lambda: len(meeting.texts) == 5)
    at_s = [shown.at_s for shown in meeting.server.shown]
    assert at_s[0] - said_s < 1.5
    assert all(later - earlier > 2.3 for earlier, later in pairwise(at_s))


@pytest.mark.parametrize("gap_s", [0.6, 1.5])
@on_fast_clock
async def test_fast_talk_does_not_fall_behind(gap_s: float) -> None:
    """At any speed of speech each block is shown within some seconds, in order, and none is dropped."""
    meeting, said_s = Meeting("zoom"), []
    async with meeting.follow():
        for i in range(40):
            said_s.append(asyncio.get_running_loop().time())
            meeting.say(f"A phrase that fills both of the lines that a block in Zoom has, number {i}.")
            await asyncio.sleep(gap_s)
        await wait_until(lambda: len(meeting.texts) == 40)
    lags_s = [shown.at_s - at_s for shown, at_s in zip(meeting.server.shown, said_s, strict=True)]
    assert max(lags_s) < 7
    assert [int(text.removesuffix(".").split()[-1]) for text in meeting.texts] == list(range(40))


@on_fast_clock
async def test_short_phrases_that_wait_share_a_block() -> None:
    """Two short phrases in one language are sent together; another language is sent apart."""
    meeting = Meeting("zoom")
    async with meeting.follow():
        meeting.say("One.")
        await wait_until(lambda: meeting.texts == ["One."])
        meeting.say("Two.", "Three.", "Four.")
        meeting.say("Fünf.", language="de")
        await wait_until(lambda: len(meeting.texts) == 4)
    assert meeting.texts == ["One.", "Two.\nThree.", "Four.", "Fünf."]
    assert [shown.language for shown in meeting.server.shown] == ["en-US", "en-US", "en-US", "de-DE"]


@on_fast_clock
async def test_old_captions_do_not_come_late() -> None:
    """Captions that waited for 15 s are dropped and counted; the rest arrives when the server is back."""
    meeting, said_s = Meeting("teams"), []
    async with meeting.follow():
        meeting.server.status = 503
        meeting.server.retry_after = "30"
        for i in range(20):
            said_s.append(asyncio.get_running_loop().time())
            meeting.say(f"Caption {i} of twenty.")
            await asyncio.sleep(2)
            if i == 9:
                meeting.server.status = 200
        await wait_until(lambda: meeting.health.n_sent + meeting.health.n_dropped == 20, 60)
    assert meeting.health.n_dropped >= 4
    assert len(meeting.texts) >= 8
    first = meeting.server.shown[0]
    assert first.at_s - said_s[int(first.text.split()[1])] < 22  # 15 s in the queue, 5 s of attempts, and load


@pytest.mark.parametrize("language", ["english", "en_US", "en-US&x=1", "e", ""])
def test_an_invalid_language_is_refused(language: str) -> None:
    """A language that would change the address is refused with a sentence."""
    with pytest.raises(SettingsError, match="Expected a language such as en or en-US"):
        OUTPUTS["zoom"](ADDRESSES["zoom"], on_health=print, language=language)


@on_fast_clock
async def test_a_language_in_the_address_stays() -> None:
    """An address with a language does not get a second one."""
    meeting = Meeting("teams")
    async with meeting.follow(address=ADDRESSES["teams"] + "&lang=fr-fr", language="de"):
        meeting.say("One.")
        await wait_until(lambda: bool(meeting.server.requests))
    assert meeting.server.requests[0].target.count("lang=") == 1
    meeting.server.mistakes.clear()


@pytest.mark.parametrize("vendor", VENDORS)
@on_fast_clock
async def test_odd_characters_stay_in_the_body(vendor: Vendor) -> None:
    """Half a surrogate pair, control characters and line breaks in a caption stay inside its body."""
    meeting = Meeting(vendor)
    async with meeting.follow():
        meeting.say("a\ud800b\r\n\r\nPOST /x\x00 2026-01-01T00:00:00.000\nc")
        await wait_until(lambda: bool(meeting.texts))
    assert meeting.texts == ["a?b POST /x 2026-01-01T00:00:00.000 c"] or "<br>" in meeting.texts[0]
