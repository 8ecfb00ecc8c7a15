"""A room: its sources, its state and those who watch it."""

import asyncio
from collections.abc import Callable

import pytest

from app.captions.caption_log import MemoryLog
from app.captions.room import Room
from app.captions.room_state import Alarm, OutputHealth, OutputState, SourceState, Visibility
from app.captions.session_settings import SessionSettings
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeRequest
from app.errors import BusyError, SourceError
from tests.fakes.clip_source import ClipSource, SteadyWords
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.captions import final_texts, phrase_event, scripted_room


async def test_what_a_source_said_is_logged_when_it_ends() -> None:
    """The last phrase is closed, logged with a number, and part of every later snapshot."""
    main = scripted_room()
    await main.listen(ClipSource())
    snapshot = main.snapshot(None).events
    assert final_texts(snapshot)
    assert [event.seq for event in snapshot] == list(range(1, len(snapshot) + 1))
    assert {event.epoch for event in snapshot} == {"e1"}
    assert main.state.sources[0].status == "ended"


async def test_two_sessions_share_no_phrase_and_no_moment() -> None:
    """A source that starts again has a new number and a later place on the room's clock."""
    main = scripted_room()
    await main.listen(ClipSource())
    await main.listen(ClipSource())
    events = main.snapshot(None).events
    assert {event.phrase.split("-")[0] for event in events} == {"1", "2"}
    starts = [event.start_s for event in events]
    assert starts == sorted(starts)


async def test_a_watcher_is_called_after_every_change() -> None:
    """It is not called after its block."""
    main = scripted_room()
    seen: list[int] = []
    with main.watch(lambda: seen.append(len(main.state.sources))):
        await main.listen(ClipSource())
    assert seen[0] == 1
    n_seen = len(seen)
    await main.listen(ClipSource())
    assert len(seen) == n_seen


async def test_a_full_engine_rejects_a_source() -> None:
    """The error says when to try again, and nothing of the source is read."""
    engine = ScriptedEngine(SteadyWords(), n_streams_max=0)
    main = Room("main", engine=engine, settings=SessionSettings(language="en"), log=MemoryLog("e1"), model="script")
    with pytest.raises(BusyError, match="Try again in 60 s"):
        await main.listen(ClipSource())
    assert main.state.sources == ()


async def test_a_source_frees_its_place() -> None:
    """When it ends or breaks off, the next one is accepted."""
    engine = ScriptedEngine(SteadyWords(), n_streams_max=1)
    main = Room("main", engine=engine, settings=SessionSettings(language="en"), log=MemoryLog("e1"), model="script")
    await main.listen(ClipSource())
    with pytest.raises(SourceError):
        await main.listen(ClipSource("break"))
    await main.listen(ClipSource())
    assert engine.n_streams == 0


async def test_new_settings_apply_from_the_next_decode_on() -> None:
    """A running session decodes with the new language and glossary."""
    asked: list[tuple[str | None, tuple[str, ...]]] = []

    def answer(request: DecodeRequest) -> DecodeResult:
        asked.append((request.language, request.terms))
        if len(asked) == 2:
            main.configure(SessionSettings(language="de", glossary=Glossary(("Surtitle",))))
        return SteadyWords()(request)

    main = scripted_room(answer)
    await main.listen(ClipSource())
    assert asked[1] == ("en", ())
    assert {language for language, _ in asked[2:]} == {"de"}
    assert all("Surtitle" in terms for _, terms in asked[2:])


async def test_a_source_that_is_stopped_closes_its_last_phrase() -> None:
    """Only the source that was named stops, and all it said is decoded."""
    main = scripted_room()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(main.listen(ClipSource("hang")))
        while not main.state.sources or main.state.sources[0].status != "listening":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        main.stop("another")
        assert not running.done()
        main.stop("speaker")
        async with asyncio.timeout(5):
            await main.wait_until_silent()
    assert final_texts(main.snapshot(None).events)


@pytest.mark.parametrize(
    "change",
    [
        lambda room: room.set_visibility(Visibility(is_hidden=True)),
        lambda room: room.set_source(SourceState("mic", "listening")),
        lambda room: room.remove_source("mic"),
        lambda room: room.set_outputs((OutputState("a", "zoom", None, OutputHealth("working")),)),
        lambda room: room.set_alarms((Alarm("clipping", "mic", "Too loud."),)),
        lambda room: room.set_problem("store", "Captions are not saved."),
        lambda room: room.set_title("Großer Saal"),
        lambda room: room.configure(SessionSettings(language="de")),
    ],
)
def test_every_setter_notifies_the_watchers(change: Callable[[Room], None]) -> None:
    """A caller cannot forget to notify them."""
    room = scripted_room()
    room.set_source(SourceState("mic", "starting"))
    states = []
    with room.watch(lambda: states.append(room.state)):
        change(room)
    assert len(states) == 1


def test_the_same_alarms_notify_nobody() -> None:
    """The watchdog sets them twice a second."""
    room = scripted_room()
    alarm = Alarm("clipping", "mic", "Too loud.")
    room.set_alarms((alarm,))
    states = []
    with room.watch(lambda: states.append(room.state)):
        room.set_alarms((alarm,))
    assert states == []


def test_a_problem_is_in_the_state_until_it_is_solved() -> None:
    """An empty sentence removes it."""
    room = scripted_room()
    room.set_problem("model", "The model is gone.")
    assert room.state.problems == ("The model is gone.",)
    room.set_problem("model", "")
    assert list(room.state.problems) == []


def test_the_age_of_a_room_counts_for_its_readers() -> None:
    """Phrases of more than an hour ago are not shown to a new reader of a room that began before."""
    settings = SessionSettings(language="en")
    room = Room("main", engine=ScriptedEngine(), settings=settings, log=MemoryLog("e1"), model="script", age_s=9000.0)
    for start_s in (100.0, 8900.0):
        room.publish(phrase_event(f"1-{start_s:.0f}", "t", start_s=start_s, end_s=start_s))
    assert [event.seq for event in room.snapshot(None).events] == [2]
    room.set_visibility(Visibility(offers_transcript=True))
    assert [event.seq for event in room.snapshot(0).events] == [1, 2]


async def test_an_erased_room_counts_it() -> None:
    """Watchers see by the count that readers must be cleared."""
    room = scripted_room()
    room.publish(phrase_event("1-0", "t"))
    counts = []
    with room.watch(lambda: counts.append(room.n_erasures)):
        await room.erase()
    assert counts == [1]
    assert await room.all_events() == []
