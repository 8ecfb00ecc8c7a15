"""Captions appear in OBS, although it disconnects, answers late, refuses or sends invalid messages."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from typing import Any

import msgpack
import pytest
import structlog

from app.captions.room_state import Visibility
from app.outputs import obs as obs_output
from app.outputs import obs_link, obs_text
from app.outputs.hidden_speech import HEARD_LATE_S
from app.outputs.obs import UPDATE_S, ObsCaptions
from app.outputs.obs_scene import TEXT
from app.outputs.settings import ObsOutput
from tests.fakes.hosted_rooms import HostedRooms
from tests.fakes.obs_server import FakeObs, serve_obs
from tests.support.health_recorder import HealthRecorder

NO_BROWSER = ("text_ft2_source_v2",)
LONG = " ".join(f"word{i}" for i in range(60))


@asynccontextmanager
async def following(obs: FakeObs, rooms: HostedRooms, reports: HealthRecorder, **given: Any) -> AsyncIterator[None]:
    """Follow the room while the block lasts."""
    settings: dict[str, Any] = {"port": obs.port, "password": obs.password, "scene": "S", "track": "en", **given}
    output = ObsCaptions(ObsOutput("obs", **settings), on_health=reports)
    task = asyncio.create_task(output.follow(rooms.main, after_seq=0))
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        rooms.database.close()


@asynccontextmanager
async def showing(obs: FakeObs, **given: Any) -> AsyncIterator[tuple[HostedRooms, HealthRecorder]]:
    """Follow a room in the fake OBS while the block lasts; begins once the output works."""
    rooms, reports = HostedRooms(), HealthRecorder()
    async with serve_obs(obs), following(obs, rooms, reports, **given):
        await reports.until("working")
        yield rooms, reports


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses between attempts."""
    monkeypatch.setattr(obs_output, "PAUSES_S", (0.05, 0.1))
    monkeypatch.setattr(obs_output, "PERSON_PAUSE_S", 0.2)


async def test_words_are_in_the_text_source() -> None:
    """Open words, committed and tentative, and the final phrase replace each other; one phrase is counted."""
    obs = FakeObs(kinds=NO_BROWSER)
    async with showing(obs) as (rooms, reports):
        rooms.say("1", "Good", "evening", rev=1, track="en")
        await obs.until(lambda: obs.text == "Good evening")
        rooms.say("1", "Good morning.", rev=2, track="en", final=True)
        await obs.until(lambda: obs.text == "Good morning.")
        rooms.say("1", "Guten Morgen.", rev=2, final=True)
        rooms.say("2", "Welcome.", rev=1, track="en")
        await obs.until(lambda: obs.text == "Good morning.\nWelcome.")
        await asyncio.sleep(0.05)
        assert reports.all[-1].n_sent == 2
    assert obs.text == ""


async def test_words_go_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """After silence the source is empty without anything being said."""
    monkeypatch.setattr(obs_text, "CLEAR_S", 0.5)
    obs = FakeObs(kinds=NO_BROWSER)
    async with showing(obs) as (rooms, _):
        rooms.say("1", "Good morning.", rev=1, track="en", final=True)
        await obs.until(lambda: obs.text == "Good morning.")
        await obs.until(lambda: obs.text == "")


async def test_hidden_is_blank() -> None:
    """Hiding clears the text at once, and what is said meanwhile is never shown."""
    obs = FakeObs(kinds=NO_BROWSER)
    async with showing(obs) as (rooms, _):
        rooms.say("1", "Good morning.", rev=1, track="en", final=True)
        await obs.until(lambda: obs.text == "Good morning.")
        rooms.main.set_visibility(Visibility(is_hidden=True))
        await obs.until(lambda: obs.text == "")
        rooms.say("2", "Secret", rev=1, track="en")
        rooms.main.set_visibility(Visibility())
        rooms.say("2", "Secret plans.", rev=2, track="en", final=True)
        await asyncio.sleep(HEARD_LATE_S)
        rooms.say("3", "Back again.", rev=1, track="en", final=True)
        await obs.until(lambda: obs.text == "Back again.")
    assert "Secret" not in "".join(obs.texts)


async def test_erased_words_go_away() -> None:
    """When the room erases its captions, the text is cleared."""
    obs = FakeObs(kinds=NO_BROWSER)
    async with showing(obs) as (rooms, _):
        rooms.say("1", "Good morning.", rev=1, track="en", final=True)
        await obs.until(lambda: obs.text == "Good morning.")
        await rooms.main.erase()
        await obs.until(lambda: obs.text == "")


async def test_a_correction_is_shown() -> None:
    """A phrase that is still shown is corrected, and withdrawn."""
    obs = FakeObs(kinds=NO_BROWSER)
    async with showing(obs) as (rooms, _):
        rooms.say("1", "Good mourning.", rev=1, track="en", final=True)
        await obs.until(lambda: obs.text == "Good mourning.")
        rooms.main.correct("1", "en", "Good morning.")
        await obs.until(lambda: obs.text == "Good morning.")
        rooms.main.correct("1", "en", None)
        await obs.until(lambda: obs.text == "")


async def test_a_flood_is_at_most_five_texts_a_second() -> None:
    """Of a hundred changes in a second OBS is sent a few, 200 ms apart, and the last of them."""
    obs = FakeObs(kinds=NO_BROWSER)
    async with showing(obs) as (rooms, _):
        before, began_s = len(obs.texts), time.monotonic()
        for i in range(100):
            rooms.say("1", f"{i}", rev=i, track="en")
            await asyncio.sleep(0.01)
        await obs.until(lambda: obs.text == "99")
        assert 2 <= len(obs.texts) - before <= (time.monotonic() - began_s) / UPDATE_S + 1


async def test_a_slow_obs_is_sent_the_newest() -> None:
    """While OBS takes long to answer nothing queues up: the next text is the newest."""
    obs = FakeObs(kinds=NO_BROWSER)
    async with showing(obs) as (rooms, _):
        obs.answer_s = 0.5
        rooms.say("1", "0", rev=0, track="en")
        await obs.until(lambda: obs.text == "0")
        before = len(obs.texts)
        for i in range(1, 200):
            rooms.say("1", f"{i}", rev=i, track="en")
            await asyncio.sleep(0)
        await obs.until(lambda: obs.text == "199")
        assert len(obs.texts) - before <= 2
        obs.answer_s = 0.0


async def test_stream_captions_are_paced() -> None:
    """While OBS streams, final phrases go out in short captions, a second apart; open ones and the rest do not."""
    obs = FakeObs(is_streaming=True)
    async with showing(obs, overlay="http://127.0.0.1:8000/overlay/main") as (rooms, reports):
        rooms.say("1", "Not yet final", rev=1, track="en")
        rooms.say("1", "今天天气很好", rev=1, track="original", final=True)
        rooms.say("1", "The first phrase.", rev=2, track="en", final=True)
        rooms.say("2", "The second phrase.", rev=1, track="en", final=True)
        await obs.until(lambda: len(obs.captions) == 2)
        await asyncio.sleep(0.05)
        assert (reports.all[-1].n_sent, reports.all[-1].n_dropped) == (2, 0)
    assert [text for _, text in obs.captions] == ["The first phrase.", "The second phrase."]
    assert all(later - sooner >= 0.95 for (sooner, _), (later, _) in pairwise(obs.captions))
    assert obs.texts == []


async def test_stream_captions_go_out_as_corrected() -> None:
    """A phrase that is corrected or withdrawn while its stream captions wait goes out corrected, or not at all."""
    obs = FakeObs(is_streaming=True)
    async with showing(obs, overlay="http://127.0.0.1:8000/overlay/main") as (rooms, _):
        for name, text in (("1", "One."), ("2", "Secret."), ("3", "Wrong."), ("4", "Four.")):
            rooms.say(name, text, rev=1, track="en", final=True)
        await obs.until(lambda: bool(obs.captions))
        rooms.main.correct("2", "en", None)
        rooms.main.correct("3", "en", "Right.")
        await obs.until(lambda: len(obs.captions) == 3)
        await asyncio.sleep(1.1)
    assert [text for _, text in obs.captions] == ["One.", "Right.", "Four."]


async def test_no_stream_is_no_error() -> None:
    """Without a stream OBS refuses captions with 501: none waits, and the text is still updated."""
    obs = FakeObs(kinds=NO_BROWSER)
    async with showing(obs) as (rooms, reports):
        rooms.say("1", LONG, rev=1, track="en", final=True)
        await obs.until(lambda: "SendStreamCaption" in obs.asked)
        await asyncio.sleep(0.2)
        assert obs.asked.count("SendStreamCaption") == 1
        obs.is_streaming = True
        rooms.say("2", "Now it streams.", rev=1, track="en", final=True)
        await obs.until(lambda: bool(obs.captions))
        assert [text for _, text in obs.captions] == ["Now it streams."]
        assert {health.status for health in reports.all} == {"working"}


async def test_an_obs_that_comes_later_is_found() -> None:
    """While OBS does not answer the health says what to do; later it shows what is said then."""
    obs, rooms, reports = FakeObs(kinds=NO_BROWSER), HostedRooms(), HealthRecorder()
    async with serve_obs(obs):
        pass  # the port is free again, and known
    async with following(obs, rooms, reports):
        health = await reports.until("retrying")
        assert f"OBS does not answer at 127.0.0.1:{obs.port}" in health.message
        assert "Enable WebSocket server" in health.message
        async with serve_obs(obs):
            assert (await reports.until("working")).message == ""
            rooms.say("1", "Good morning.", rev=1, track="en", final=True)
            await obs.until(lambda: obs.text == "Good morning.")


async def test_obs_restarts_during_a_talk(caplog: pytest.LogCaptureFixture) -> None:
    """After OBS restarts with an empty scene collection, it shows what is said then."""
    obs, rooms, reports = FakeObs(kinds=NO_BROWSER), HostedRooms(), HealthRecorder()
    async with serve_obs(obs), following(obs, rooms, reports):
        await reports.until("working")
        await asyncio.sleep(0.2)  # so that nothing is under way when it goes
        await obs.hang_up()
        await reports.until("retrying")
        obs.scenes, obs.inputs = {"Talk": []}, {}
        await reports.until("working")
        rooms.say("1", "Good morning.", rev=1, track="en", final=True)
        await obs.until(lambda: obs.inputs[TEXT][1]["text"] == "Good morning.")
    assert obs.scenes == {"Talk": [], "S": [TEXT]}
    assert [record for record in caplog.records if record.name == "asyncio"] == []


async def test_a_source_that_was_removed_comes_back() -> None:
    """A text source that was removed, as by another scene collection, is created again."""
    obs = FakeObs(kinds=NO_BROWSER)
    async with showing(obs) as (rooms, _):
        obs.scenes, obs.inputs = {"Other": []}, {}
        rooms.say("1", "Good morning.", rev=1, track="en", final=True)
        await obs.until(lambda: obs.inputs.get(TEXT, ("", {}))[1].get("text") == "Good morning.")


async def test_a_wrong_password_needs_a_person() -> None:
    """The output fails and tries again; no log line and no message contains the password."""
    obs, rooms, reports = FakeObs(kinds=NO_BROWSER), HostedRooms(), HealthRecorder()
    wrong = "a-secret-password"
    with structlog.testing.capture_logs() as lines:
        async with serve_obs(obs), following(obs, rooms, reports, password=wrong):
            health = await reports.until("failed")
            assert "does not accept this password" in health.message
            obs.password = wrong
            await reports.until("working")
    assert wrong not in str(lines) + str(reports.all)
    assert lines


async def test_not_ready_is_waited_for() -> None:
    """An OBS that loads its scenes during a talk gets the text when it is ready."""
    obs = FakeObs(kinds=NO_BROWSER)
    async with showing(obs) as (rooms, reports):
        obs.not_ready = 2
        rooms.say("1", "Good morning.", rev=1, track="en", final=True)
        await obs.until(lambda: obs.text == "Good morning.")
        assert {health.status for health in reports.all} == {"working"}


@pytest.mark.parametrize(
    "message",
    [
        msgpack.packb({"op": 7}),
        msgpack.packb([1, 2, 3]),
        msgpack.packb({"op": 99, "d": {}}),
        msgpack.packb({"op": 7, "d": {"requestId": 5, "x": b"\xff"}}),
        b"\xc1\xff\x00",
        "text, where bytes are expected",
    ],
    ids=["no data", "a list", "unknown code", "bytes", "no msgpack", "text"],
)
async def test_invalid_messages_do_not_end_it(message: bytes | str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After any invalid message from OBS the text still arrives."""
    monkeypatch.setattr(obs_link, "ANSWER_S", 0.5)
    obs = FakeObs(kinds=NO_BROWSER)
    async with showing(obs) as (rooms, _):
        obs.nonsense = [message]
        rooms.say("1", "Good morning.", rev=1, track="en", final=True)
        await obs.until(lambda: obs.text == "Good morning." and not obs.nonsense)


async def test_a_missing_camera_is_logged_once() -> None:
    """The health says that there is no camera while all else works; over reconnections it is logged once."""
    obs = FakeObs(kinds=NO_BROWSER, has_camera=False)
    with structlog.testing.capture_logs() as lines:
        async with showing(obs, virtual_camera=True) as (_, reports):
            assert "no virtual camera" in reports.all[-1].message
            await obs.hang_up()
            await reports.until("retrying")
            await reports.until("working")
    assert len([line for line in lines if "no virtual camera" in line["reason"]]) == 1
