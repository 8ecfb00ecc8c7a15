"""What each reader of a room is told, at whatever pace it reads."""

import asyncio
import json
from contextlib import ExitStack
from typing import Any

import pytest

from app.captions.event import Event
from app.captions.log import MemoryLog
from app.captions.room import Room
from app.captions.room_state import SourceState, Visibility
from app.captions.session import SessionSettings
from app.web import audience
from app.web.audience import RING, Audience
from tests.fakes.scripted_engine import ScriptedEngine


class Listener:
    """A reader that keeps what it is told while it keeps up."""

    is_stream = True

    def __init__(self, of: Audience, since: int | None = None, epoch: str | None = None) -> None:
        self.since, self.epoch, self.version = since, epoch, -1
        self.keeps_up = True
        self.told: list[dict[str, Any]] = []
        self._of = of

    def wake(self) -> None:
        """Take what is new."""
        while self.keeps_up and (piece := self._of.take(self)):
            lines = [line for line in piece.decode().splitlines() if line.startswith("data: ")]
            self.told += [json.loads(line[6:]) for line in lines]

    def leave(self) -> None:
        """Be told nothing more."""
        self.keeps_up = False

    def catch_up(self) -> None:
        """Read again."""
        self.keeps_up = True
        self.wake()

    def texts(self) -> list[str]:
        """Return the captions told one by one."""
        return [message["caption"]["committed"] for message in self.told if message["type"] == "caption"]

    def seqs(self) -> list[int]:
        """Return the numbers of all final captions told, in snapshots too."""
        captions: list[dict[str, Any]] = []
        for message in self.told:
            captions += message.get("captions", [])
            captions += [message["caption"]] if message["type"] == "caption" else []
        return [caption["seq"] for caption in captions if caption["seq"] is not None]


@pytest.fixture
def room() -> Room:
    """Return an empty room."""
    return Room("main", engine=ScriptedEngine(), settings=SessionSettings(), log=MemoryLog("e1"), model="none")


def say(room: Room, phrase: int, text: str, *, rev: int = 1, final: bool = False) -> None:
    """Publish one state of a phrase."""
    state = "final" if final else "open"
    room.publish(Event("main", "", None, f"1-{phrase}", rev, "s", "original", state, "en", 0.0, 1.0, text))  # type: ignore[arg-type]


async def settle() -> None:
    """Let everything that is due be told."""
    await asyncio.sleep(audience.OPEN_PAUSE_S + 0.05)


async def test_open_phrases_are_told_four_times_a_second_at_most(room: Room) -> None:
    """The first state comes at once, of many the newest, and the final word at once again."""
    of = Audience(room)
    of.follow()
    reader = Listener(of)
    with of.admit(reader):
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
    of.close()


async def test_who_does_not_keep_up_costs_the_others_nothing_and_misses_no_final_word(room: Room) -> None:
    """A reader that stalls is told all final captions when it reads again, and of open ones the newest."""
    of = Audience(room)
    of.follow()
    quick, slow = Listener(of), Listener(of)
    with of.admit(quick), of.admit(slow):
        slow.keeps_up = False
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
    of.close()


@pytest.mark.parametrize("missed", [1, RING - 1, RING, RING + 1, 3 * RING])
async def test_a_reader_far_behind_gets_a_snapshot_and_no_gap(room: Room, missed: int) -> None:
    """However much was said meanwhile, each final caption comes once and in order."""
    of = Audience(room)
    of.follow()
    reader = Listener(of)
    with of.admit(reader):
        say(room, 0, "first", final=True)
        await settle()
        reader.keeps_up = False
        for number in range(1, missed + 1):
            say(room, number, "w", final=True)
        await settle()
        reader.catch_up()
        assert reader.seqs() == list(range(1, missed + 2))
        assert sum(message["type"] == "snapshot" for message in reader.told) == 1 + (missed > RING)
    of.close()


async def test_who_comes_back_is_told_what_it_missed_and_who_holds_another_log_starts_afresh(room: Room) -> None:
    """A number counts in its own log only; one from the future is no number of ours."""
    of = Audience(room)
    of.follow()
    for number in range(5):
        say(room, number, f"t{number}", final=True)
    for since, epoch, is_fresh, seqs in (
        (3, "e1", False, [4, 5]),
        (5, "e1", False, []),
        (3, "e0", True, [1, 2, 3, 4, 5]),
        (9, "e1", True, [1, 2, 3, 4, 5]),
        (None, None, True, [1, 2, 3, 4, 5]),
    ):
        reader = Listener(of, since, epoch)
        with of.admit(reader):
            welcome, snapshot = reader.told[:2]
        assert (welcome["type"], snapshot["is_fresh"], reader.seqs()) == ("welcome", is_fresh, seqs)
    of.close()


async def test_a_state_is_told_when_readers_should_know(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A level meter's dance reaches no reader; a source that breaks off does, once."""
    monkeypatch.setattr(audience, "STATE_PAUSE_S", 0.01)
    of = Audience(room)
    of.follow()
    reader = Listener(of)
    with of.admit(reader):
        room.set_source(SourceState("s", "listening"))
        await settle()
        n_told = len(reader.told)
        for level in range(50):
            room.set_source(SourceState("s", "listening", level_dbfs=-float(level)))
            await asyncio.sleep(0.002)
        await settle()
        assert len(reader.told) == n_told
        room.set_source(SourceState("s", "retrying", "It broke off."))
        await settle()
        assert [message["state"]["sources"][0]["status"] for message in reader.told[n_told:]] == ["retrying"]
    of.close()


async def test_erased_captions_leave_every_reader(room: Room) -> None:
    """After an erasure a fresh snapshot without them comes to all, and later captions after it."""
    of = Audience(room)
    of.follow()
    reader = Listener(of)
    with of.admit(reader):
        say(room, 0, "secret", final=True)
        await settle()
        await room.erase()
        await settle()
        snapshot = [message for message in reader.told if message["type"] == "snapshot"][-1]
        assert (snapshot["is_fresh"], snapshot["captions"]) == (True, [])
        say(room, 1, "after", final=True)
        await settle()
        assert reader.texts()[-1] == "after"
    late = Listener(of, since=1, epoch="e1")
    with of.admit(late):
        assert "secret" not in json.dumps(late.told)
    of.close()


async def test_a_thousand_readers_are_told_in_turns(room: Room) -> None:
    """The event loop does other work between them, and all are told."""
    of = Audience(room)
    of.follow()
    with ExitStack() as stack:
        readers = [Listener(of) for _ in range(1000)]
        for reader in readers:
            stack.enter_context(of.admit(reader))
        assert room.n_readers == 1000
        say(room, 0, "all", final=True)
        turns = 0
        while any(not reader.texts() for reader in readers):
            await asyncio.sleep(0)
            turns += 1
        assert turns >= 1000 / audience.AT_ONCE
        assert all(reader.texts() == ["all"] for reader in readers)
    assert room.n_readers == 0
    of.close()


async def test_whoever_comes_first_is_welcomed_with_the_state_of_now(room: Room) -> None:
    """What the operator hid while nobody read is hidden to the next reader, and so is what is changed back."""
    of = Audience(room)
    of.follow()
    first, second = Listener(of), Listener(of)
    with of.admit(first):
        await settle()
        room.set_visibility(Visibility(notice="told"))
        await settle()
    room.set_visibility(Visibility(is_hidden=True))
    with of.admit(second):
        await settle()
        assert second.told[0]["state"]["showing"]["is_hidden"] is True
        room.set_visibility(Visibility(notice="told"))
        await asyncio.sleep(audience.STATE_PAUSE_S + 0.1)
        assert second.told[-1]["state"]["showing"]["notice"] == "told"
    of.close()
