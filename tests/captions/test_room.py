"""A room with scripted sources and a scripted model: publishing, snapshots, sources that break off."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.captions import live_session
from app.captions.bus import SlowReaderError, Subscription
from app.captions.event import Event
from app.captions.log import MemoryLog
from app.captions.room import Room
from app.captions.room_state import Visibility
from app.captions.session import SessionSettings
from app.decode import demo_files
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, Hypothesis, Word
from app.decode.request import DecodeRequest
from app.errors import BusyError, DecodeError, SettingsError, SourceError
from app.media import media_source
from tests.fakes.scripted_engine import ScriptedEngine

EVENT = Event("main", "", None, "1-0", 1, "s", "original", "open", "en", 0.0, 1.0, "a", "b")


class Script:
    """A model that hears one word for every half second of sound, and fails when told to."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures

    def __call__(self, request: DecodeRequest) -> DecodeResult:
        """Answer at once."""
        if self.failures:
            self.failures -= 1
            raise DecodeError("The batch failed.")
        count = int(request.duration_s * 2)
        words = tuple(Word(f"w{i}", i / 2, i / 2 + 0.4, 0.9) for i in range(count))
        return DecodeResult("en", {"transcribe": Hypothesis(words, -0.1)})


class Speaker:
    """A source that speaks the clip, and then ends, breaks off or falls silent."""

    name = "speaker"

    def __init__(self, then: str = "end") -> None:
        self._then = then

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Yield the clip as fast as it is read."""
        clip = media_source.load(demo_files.CLIP)
        for first in range(0, len(clip), 640):
            yield Chunk(clip[first : first + 640], first / SAMPLE_RATE)
            await asyncio.sleep(0)
        if self._then == "break":
            raise SourceError("The device was unplugged.")
        if self._then == "hang":
            await asyncio.Event().wait()


def room(decoder: Script | None = None) -> Room:
    """Return an empty room."""
    settings = SessionSettings(language="en")
    return Room(
        "main", engine=ScriptedEngine(decoder or Script()), settings=settings, log=MemoryLog("e1"), model="script"
    )


def final(events: Sequence[Event]) -> list[str]:
    """Return the text of final events."""
    return [event.committed for event in events if event.state == "final"]


async def test_what_a_source_says_is_in_the_log_when_it_ends() -> None:
    """The last phrase is closed, logged with a number, and part of every later snapshot."""
    main = room()
    await main.listen(Speaker())
    snapshot = main.snapshot(None).events
    assert final(snapshot)
    assert [event.seq for event in snapshot] == list(range(1, len(snapshot) + 1))
    assert {event.epoch for event in snapshot} == {"e1"}
    assert main.state.sources[0].status == "ended"


async def test_a_source_that_breaks_off_keeps_what_it_said() -> None:
    """The failure is raised after everything said before is final."""
    main = room()
    with pytest.raises(SourceError, match="unplugged"):
        await main.listen(Speaker("break"))
    assert final(main.snapshot(None).events)


async def test_a_source_that_falls_silent_is_closed_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without sound the open phrase becomes final, the state says so, and patience ends the session."""
    monkeypatch.setattr(live_session, "IDLE_S", 0.05)
    main = room()
    await asyncio.wait_for(main.listen(Speaker("hang"), patience_s=0.2), 5)
    assert final(main.snapshot(None).events)


async def test_failed_decodes_are_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that fails costs time and no words."""
    monkeypatch.setattr(live_session, "RETRY_S", 0.01)
    steady, shaky = room(), room(Script(failures=3))
    await steady.listen(Speaker())
    await shaky.listen(Speaker())
    assert final(shaky.snapshot(None).events)[-1].split()[-1] == final(steady.snapshot(None).events)[-1].split()[-1]


async def test_two_sessions_never_share_a_phrase_or_a_moment() -> None:
    """A source that starts afresh has a new number and a later place on the room's clock."""
    main = room()
    await main.listen(Speaker())
    await main.listen(Speaker())
    events = main.snapshot(None).events
    assert {event.phrase.split("-")[0] for event in events} == {"1", "2"}
    starts = [event.start_s for event in events]
    assert starts == sorted(starts)


async def test_a_snapshot_holds_what_is_missing_and_what_is_open() -> None:
    """After a number only later events come, and open phrases as they stand now."""
    main = room()
    for number in range(3):
        main.publish(Event("main", "", None, f"1-{number}", 1, "s", "original", "final", "en", 0, 1, f"t{number}"))
    main.publish(EVENT)
    main.publish(Event(**{**{name: getattr(EVENT, name) for name in EVENT.__slots__}, "rev": 2, "tentative": "c"}))
    assert [event.committed for event in main.snapshot(1).events] == ["t1", "t2", "a"]
    assert main.snapshot(1).events[-1].tentative == "c"


async def test_a_change_of_the_state_is_told() -> None:
    """Whoever watches hears of every change, and of none after it has left."""
    main = room()
    seen: list[int] = []
    with main.watch(lambda: seen.append(len(main.state.sources))):
        await main.listen(Speaker())
    assert seen[0] == 1
    n_seen = len(seen)
    await main.listen(Speaker())
    assert len(seen) == n_seen


async def test_an_unread_open_phrase_is_replaced_and_a_final_one_kept() -> None:
    """A slow reader sees the newest state of an open phrase and every final one."""
    box = Subscription("main", size=10)
    box.put(EVENT)
    box.put(Event(**{**{name: getattr(EVENT, name) for name in EVENT.__slots__}, "rev": 2}))
    for number in range(3):
        box.put(Event("main", "e", number, f"1-{number}", 3, "s", "original", "final", "en", 0, 1, "t"))
    stream = box.events()
    read = [await anext(stream) for _ in range(4 - 1)]
    assert [event.seq for event in read] == [0, 1, 2]
    await stream.aclose()  # type: ignore[attr-defined]


async def test_a_reader_too_far_behind_is_told_to_resume() -> None:
    """Beyond its box a reader is closed, since a gap would be worse."""
    box = Subscription("main", size=2)
    for number in range(3):
        box.put(Event("main", "e", number, f"1-{number}", 1, "s", "original", "final", "en", 0, 1, "t"))
    with pytest.raises(SlowReaderError):
        await anext(box.events())


def test_the_log_forgets_the_oldest() -> None:
    """A full log keeps the newest events and the right numbers."""
    log, told = MemoryLog("e", size=3), list[Event]()
    for number in range(5):
        log.append(
            Event("main", "", None, f"1-{number}", 1, "s", "original", "final", "en", 0, 1, f"t{number}"), told.append
        )
    assert [event.seq for event in log.since(0)] == [3, 4, 5]
    assert [event.seq for event in log.since(4)] == [5]
    assert log.since(9) == []
    assert np.all(np.diff([event.seq or 0 for event in log.since(0)]) == 1)


async def test_a_room_without_a_place_says_so_and_hears_nothing() -> None:
    """When the engine is full the source is refused with a hint, before anything of it is read."""
    engine = ScriptedEngine(Script(), n_streams_max=0)
    main = Room("main", engine=engine, settings=SessionSettings(language="en"), log=MemoryLog("e1"), model="script")
    with pytest.raises(BusyError, match="Try again in 60 s"):
        await main.listen(Speaker())
    assert main.state.sources == ()


async def test_a_place_is_given_back() -> None:
    """When the source ends or breaks off, the next finds room."""
    engine = ScriptedEngine(Script(), n_streams_max=1)
    main = Room("main", engine=engine, settings=SessionSettings(language="en"), log=MemoryLog("e1"), model="script")
    await main.listen(Speaker())
    with pytest.raises(SourceError):
        await main.listen(Speaker("break"))
    await main.listen(Speaker())
    assert engine.n_streams == 0


async def test_a_correction_is_a_newer_word_on_the_phrase() -> None:
    """It is logged under a number of its own; what is taken back is taken back on every track."""
    main = room()
    for track in ("original", "en"):
        main.publish(Event("main", "", None, "1-0", 3, "s", track, "final", "en", 0, 1, "wrong"))
    main.correct("1-0", "original", "right")
    main.correct("1-0", "original", "quite right")
    corrected = [event for event in main.since(2) if event.track == "original"]
    assert [(event.seq, event.rev, event.state, event.committed) for event in corrected] == [
        (3, 4, "corrected", "right"),
        (5, 5, "corrected", "quite right"),
    ]
    main.correct("1-0", "original", None)
    assert [(event.track, event.state, event.committed) for event in main.since(5)] == [
        ("original", "withdrawn", ""),
        ("en", "withdrawn", ""),
    ]
    with pytest.raises(SettingsError, match="there is no 9-9 on the track original"):
        main.correct("9-9", "original", "x")


async def test_a_correction_of_the_original_outdates_its_translation() -> None:
    """The translation says so once, a later one too, until it is corrected itself."""
    main = room()
    main.publish(Event("main", "", None, "1-0", 3, "s", "original", "final", "de", 0, 1, "falsch"))
    main.publish(Event("main", "", None, "1-0", 2, "s", "en", "final", "en", 0, 1, "wrong"))
    main.publish(Event("main", "", None, "1-1", 3, "s", "original", "final", "de", 1, 2, "falsch"))
    main.correct("1-0", "original", "richtig")
    main.correct("1-0", "original", "ganz richtig")
    main.correct("1-1", "original", "richtig")
    main.publish(Event("main", "", None, "1-1", 2, "s", "en", "final", "en", 1, 2, "late"))
    main.correct("1-0", "en", "right")
    told = [
        (event.phrase, event.rev, event.committed, event.is_outdated) for event in main.since(3) if event.track == "en"
    ]
    assert told == [("1-0", 3, "wrong", True), ("1-1", 2, "late", True), ("1-0", 4, "right", False)]


async def test_what_is_taken_back_goes_on_in_no_language() -> None:
    """Its translation, still being spoken or late, leaves the screens with it and is told to nobody."""
    main = room()
    main.publish(Event("main", "", None, "1-0", 1, "s", "original", "final", "de", 0, 1, "geheim"))
    main.publish(Event("main", "", None, "1-0", 1, "s", "en", "open", "en", 0, 1, "", "secret"))
    told: list[Event] = []
    with main.bus.listen(told.append):
        main.correct("1-0", "original", None)
        main.publish(Event("main", "", None, "1-0", 3, "s", "en", "open", "en", 0, 1, "secret", "plan"))
        main.publish(Event("main", "", None, "1-0", 4, "s", "en", "final", "en", 0, 1, "secret plan"))
    assert [(event.track, event.committed + event.tentative) for event in told] == [
        ("original", ""),
        ("en", ""),
        ("en", ""),
    ]
    assert main.snapshot(None).events == ()


async def test_who_comes_back_sees_no_more_than_others_may() -> None:
    """What is older than an hour is left out, whatever a reader says it holds, unless the transcript is offered."""
    main = room()
    for number, end_s in enumerate((-4000.0, -10.0)):
        main.publish(Event("main", "", None, f"1-{number}", 1, "s", "original", "final", "en", end_s, end_s, "x"))
    snapshot = main.snapshot(0, "e1")
    assert ([event.seq for event in snapshot.events], snapshot.is_fresh) == ([2], True)
    main.set_visibility(Visibility(offers_transcript=True))
    snapshot = main.snapshot(0, "e1")
    assert ([event.seq for event in snapshot.events], snapshot.is_fresh) == ([1, 2], False)


async def test_a_correction_that_is_undone_outdates_nothing() -> None:
    """The translation is right again, as its original says again what was translated."""
    main = room()
    main.publish(Event("main", "", None, "1-0", 3, "s", "original", "final", "de", 0, 1, "richtig"))
    main.publish(Event("main", "", None, "1-0", 2, "s", "en", "final", "en", 0, 1, "right"))
    main.correct("1-0", "original", "falsch")
    main.correct("1-0", "original", "richtig")
    assert [event.is_outdated for event in main.since(2) if event.track == "en"] == [True, False]


async def test_a_paused_room_hears_nobody_and_shows_the_level() -> None:
    """What is said meanwhile goes to no decode; the meter moves, and after the pause the room hears again."""
    main = room()
    main.set_visibility(Visibility(is_paused=True))
    levels: list[float] = []
    with main.watch(lambda: levels.extend(source.level_dbfs for source in main.state.sources)):
        await main.listen(Speaker())
    assert main.since(0) == []
    assert max(levels) > -40
    main.set_visibility(Visibility())
    await main.listen(Speaker())
    assert main.since(0)


async def test_a_pause_cuts_a_talk_and_keeps_its_clock() -> None:
    """Words before and after the pause are there at their time, and none from within it."""
    main = room()

    class Talk(Speaker):
        async def chunks(self) -> AsyncGenerator[Chunk, None]:
            """Yield the clip three times, paused the second time."""
            clip = media_source.load(demo_files.CLIP)
            quiet = np.zeros(SAMPLE_RATE, np.float32)
            at = 0
            for part, is_paused in ((clip, False), (quiet, False), (clip, True), (quiet, False), (clip, False)):
                if is_paused != main.visibility.is_paused:
                    main.set_visibility(Visibility(is_paused=is_paused))
                for first in range(0, len(part), 640):
                    piece = part[first : first + 640]
                    yield Chunk(piece, at / SAMPLE_RATE)
                    at += len(piece)
                    await asyncio.sleep(0)

    await main.listen(Talk())
    clip_s = len(media_source.load(demo_files.CLIP)) / SAMPLE_RATE
    spoken = [(event.start_s, event.end_s) for event in main.since(0)]
    origin_s = spoken[0][0]
    assert any(start_s < origin_s + clip_s for start_s, _ in spoken)
    assert any(end_s > origin_s + 2 * clip_s + 2 for _, end_s in spoken)
    assert not any(start_s > origin_s + clip_s + 1.5 and end_s < origin_s + 2 * clip_s + 1 for start_s, end_s in spoken)


async def test_new_settings_hold_from_the_next_decode_on() -> None:
    """A session that runs asks with the new language and glossary, without losing a phrase."""
    asked: list[tuple[str | None, str]] = []

    def hear(request: DecodeRequest) -> DecodeResult:
        asked.append((request.language, request.glossary))
        if len(asked) == 2:
            main.configure(SessionSettings(language="de", glossary=Glossary(("Surtitle",))))
        words = tuple(Word(f"w{i}", i / 2, i / 2 + 0.4, 0.9) for i in range(int(request.duration_s * 2)))
        return DecodeResult(request.language or "en", {"transcribe": Hypothesis(words, -0.1)})

    engine = ScriptedEngine(hear)
    main = Room("main", engine=engine, settings=SessionSettings(language="en"), log=MemoryLog("e1"), model="script")
    await main.listen(Speaker())
    assert asked[1] == ("en", "")
    assert {language for language, _ in asked[2:]} == {"de"}
    assert all("Surtitle" in glossary for _, glossary in asked[2:])


async def test_a_room_that_stops_closes_what_was_said() -> None:
    """A source that would speak for ever is decoded to the end, and only the one that was named."""
    main = room()
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(main.listen(Speaker("hang")))
        while not main.state.sources or main.state.sources[0].status != "listening":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        main.stop("another")
        assert not listening.done()
        main.stop("speaker")
        async with asyncio.timeout(5):
            await main.wait_until_silent()
    assert final(main.snapshot(None).events)


async def test_a_new_reader_is_not_shown_yesterday() -> None:
    """Phrases of more than an hour ago are left out, whatever it says it holds; who holds them gets what came after."""
    log = MemoryLog("e1")
    settings = SessionSettings(language="en")
    main = Room("main", engine=ScriptedEngine(), settings=settings, log=log, model="script", age_s=9000.0)
    for start_s in (100.0, 8900.0):
        main.publish(
            Event("main", "", None, f"1-{start_s:.0f}", 1, "s", "original", "final", "en", start_s, start_s, "t")
        )
    assert [event.seq for event in main.snapshot(None).events] == [2]
    assert [event.seq for event in main.snapshot(0).events] == [2]
    assert not main.snapshot(1).is_fresh
