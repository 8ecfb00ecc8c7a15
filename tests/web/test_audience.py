"""What the readers of a room get, each at its own pace."""

import asyncio
import json
from contextlib import ExitStack
from math import ceil
from typing import Any

import pytest

from app.captions.caption_log import MemoryLog
from app.captions.event import Event, State
from app.captions.room import Room
from app.captions.room_state import SourceState, Visibility
from app.captions.session_settings import SessionSettings
from app.web import audience as audience_module
from app.web.audience import PART_MAX, RING, Audience
from tests.fakes.scripted_engine import ScriptedEngine


class RecordingReader:
    """A reader that keeps what it gets, and can stop reading."""

    is_sse = True

    def __init__(self, audience: Audience, since: int | None = None, epoch: str | None = None) -> None:
        self.since, self.epoch, self.version = since, epoch, -1
        self.is_reading = True
        self.messages: list[dict[str, Any]] = []
        self._audience = audience

    def wake(self) -> None:
        """Read what is new."""
        while self.is_reading and (data := self._audience.take(self)):
            lines = [line for line in data.decode().splitlines() if line.startswith("data: ")]
            self.messages += [json.loads(line[6:]) for line in lines]

    def leave(self) -> None:
        """Stop reading."""
        self.is_reading = False

    def catch_up(self) -> None:
        """Read again."""
        self.is_reading = True
        self.wake()

    def texts(self) -> list[str]:
        """Return the texts of all caption messages."""
        return [message["caption"]["committed"] for message in self.messages if message["type"] == "caption"]

    def seqs(self) -> list[int]:
        """Return the numbers of all final captions, including those in snapshots."""
        captions: list[dict[str, Any]] = []
        for message in self.messages:
            captions += message.get("captions", [])
            captions += [message["caption"]] if message["type"] == "caption" else []
        return [caption["seq"] for caption in captions if caption["seq"] is not None]


@pytest.fixture
def room() -> Room:
    """Return an empty room."""
    return Room("main", engine=ScriptedEngine(), settings=SessionSettings(), log=MemoryLog("e1"), model="none")


def say(room: Room, phrase: int, text: str, *, rev: int = 1, final: bool = False) -> None:
    """Publish one state of a phrase."""
    state: State = "final" if final else "open"
    room.publish(Event("main", "", None, f"1-{phrase}", rev, "s", "original", state, "en", 0.0, 1.0, text))


def start(room: Room) -> Audience:
    """Return an audience that is subscribed to the room."""
    audience = Audience(room)
    audience.start()
    return audience


async def settle() -> None:
    """Wait until everything that is due is sent."""
    await asyncio.sleep(audience_module.OPEN_PAUSE_S + 0.05)


async def test_open_phrases_are_sent_at_most_four_times_a_second(room: Room) -> None:
    """The first state is sent at once, then the newest of many, and the final caption at once again."""
    audience = start(room)
    reader = RecordingReader(audience)
    with audience.serve(reader):
        for rev in range(1, 20):
            say(room, 0, f"w{rev}", rev=rev)
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        assert reader.texts() == ["w1"]
        await settle()
        assert reader.texts() == ["w1", "w19"]
        say(room, 0, "all", rev=20, final=True)
        await asyncio.sleep(0.01)
        assert reader.texts() == ["w1", "w19", "all"]
    audience.close()


async def test_a_reader_that_stalls_misses_no_final_caption(room: Room) -> None:
    """When it reads again it gets all final captions and the newest open ones; others are not delayed."""
    audience = start(room)
    quick, slow = RecordingReader(audience), RecordingReader(audience)
    with audience.serve(quick), audience.serve(slow):
        slow.is_reading = False
        for number in range(20):
            say(room, number, "open", rev=1)
            await asyncio.sleep(0.02)
            say(room, number, f"t{number}", rev=2, final=True)
            await asyncio.sleep(0.02)
        say(room, 20, "now", rev=1)
        await settle()
        assert quick.seqs() == list(range(1, 21))
        slow.catch_up()
        assert slow.seqs() == list(range(1, 21))
        assert slow.texts()[-1] == "now"
        assert "open" not in slow.texts()
    audience.close()


@pytest.mark.parametrize("missed", [1, RING - 1, RING, RING + 1, 3 * RING])
async def test_a_reader_far_behind_gets_a_snapshot_and_no_gap(room: Room, missed: int) -> None:
    """However much was said meanwhile, each final caption is sent once and in order."""
    audience = start(room)
    reader = RecordingReader(audience)
    with audience.serve(reader):
        say(room, 0, "first", final=True)
        await settle()
        reader.is_reading = False
        for number in range(1, missed + 1):
            say(room, number, "w", final=True)
        await settle()
        reader.catch_up()
        assert reader.seqs() == list(range(1, missed + 2))
        n_from_log = max(0, missed - RING) and missed + 1 - RING
        n_snapshots = sum(message["type"] == "snapshot" for message in reader.messages)
        assert n_snapshots == 1 + ceil(n_from_log / PART_MAX)
    audience.close()


async def test_a_reader_resumes_where_it_left_off(room: Room) -> None:
    """A reader of this log gets what it missed; one with another epoch or an unknown number starts again."""
    audience = start(room)
    for number in range(5):
        say(room, number, f"t{number}", final=True)
    for since, epoch, is_fresh, seqs in (
        (3, "e1", False, [4, 5]),
        (5, "e1", False, []),
        (3, "e0", True, [1, 2, 3, 4, 5]),
        (9, "e1", True, [1, 2, 3, 4, 5]),
        (None, None, True, [1, 2, 3, 4, 5]),
    ):
        reader = RecordingReader(audience, since, epoch)
        with audience.serve(reader):
            welcome, snapshot = reader.messages[:2]
        assert (welcome["type"], snapshot["is_fresh"], reader.seqs()) == ("welcome", is_fresh, seqs)
    audience.close()


async def test_readers_get_the_state_when_it_changes_for_them(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of the level is not sent to readers; a source that breaks off is, once."""
    monkeypatch.setattr(audience_module, "STATE_PAUSE_S", 0.01)
    audience = start(room)
    reader = RecordingReader(audience)
    with audience.serve(reader):
        room.set_source(SourceState("s", "listening"))
        await settle()
        n_messages = len(reader.messages)
        for level in range(50):
            room.set_source(SourceState("s", "listening", level_dbfs=-float(level)))
            await asyncio.sleep(0.002)
        await settle()
        assert len(reader.messages) == n_messages
        room.set_source(SourceState("s", "retrying", "It broke off."))
        await settle()
        assert [message["state"]["sources"][0]["status"] for message in reader.messages[n_messages:]] == ["retrying"]
    audience.close()


async def test_readers_clear_erased_captions(room: Room) -> None:
    """After an erasure all readers get an empty snapshot, and later captions after it."""
    audience = start(room)
    reader = RecordingReader(audience)
    with audience.serve(reader):
        say(room, 0, "secret", final=True)
        await settle()
        await room.erase()
        await settle()
        snapshot = [message for message in reader.messages if message["type"] == "snapshot"][-1]
        assert (snapshot["is_fresh"], snapshot["captions"]) == (True, [])
        say(room, 1, "after", final=True)
        await settle()
        assert reader.texts()[-1] == "after"
    late = RecordingReader(audience, since=1, epoch="e1")
    with audience.serve(late):
        assert "secret" not in json.dumps(late.messages)
    audience.close()


async def test_a_thousand_readers_are_served_in_rounds(room: Room) -> None:
    """The event loop does other work between the rounds, and all readers are served."""
    audience = start(room)
    with ExitStack() as stack:
        readers = [RecordingReader(audience) for _ in range(1000)]
        for reader in readers:
            stack.enter_context(audience.serve(reader))
        assert room.n_readers == 1000
        say(room, 0, "all", final=True)
        rounds = 0
        while any(not reader.texts() for reader in readers):
            await asyncio.sleep(0)
            rounds += 1
        assert rounds >= 1000 / audience_module.READERS_AT_ONCE
        assert all(reader.texts() == ["all"] for reader in readers)
    assert room.n_readers == 0
    audience.close()


async def test_a_new_reader_is_welcomed_with_the_present_state(room: Room) -> None:
    """A change without readers is in the welcome of the next one, and a change back is sent."""
    audience = start(room)
    first, second = RecordingReader(audience), RecordingReader(audience)
    with audience.serve(first):
        await settle()
        room.set_visibility(Visibility(notice="Lunch"))
        await settle()
    room.set_visibility(Visibility(is_hidden=True))
    with audience.serve(second):
        await settle()
        assert second.messages[0]["state"]["showing"]["is_hidden"] is True
        room.set_visibility(Visibility(notice="Lunch"))
        await asyncio.sleep(audience_module.STATE_PAUSE_S + 0.1)
        assert second.messages[-1]["state"]["showing"]["notice"] == "Lunch"
    audience.close()
