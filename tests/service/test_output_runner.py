"""The outputs of a room: those of its settings run, and one that fails does not disturb the others."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.captions.caption_log import MemoryLog
from app.captions.event import Event
from app.captions.room import Room
from app.captions.room_state import OutputHealth
from app.captions.session_settings import SessionSettings
from app.outputs.meeting_numbering import MemoryCounter
from app.outputs.settings import FileOutput
from app.service.output_runner import OnHealth, OutputRunner
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.waiting import wait_until


def say(room: Room, number: int) -> None:
    """Publish a final phrase."""
    at_s = float(number)
    room.publish(
        Event(room.name, "", None, f"1-{number}", 1, "s", "original", "final", "en", at_s, at_s + 1, f"t{number}")
    )


@asynccontextmanager
async def outputs(folder: Path | None, name: str = "hall") -> AsyncIterator[tuple[Room, OutputRunner]]:
    """Give a room and its outputs while the block lasts."""
    room = Room(name, engine=ScriptedEngine(), settings=SessionSettings(), log=MemoryLog("e1"), model="none")
    async with asyncio.TaskGroup() as group:
        running = OutputRunner(room, group, folder, lambda name: MemoryCounter())
        yield room, running
        await running.close()


async def test_windows_keeps_some_names_for_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a room named like a device would write there would vanish, so its file fails with a sentence."""
    monkeypatch.setattr(sys, "platform", "win32")
    async with outputs(tmp_path, "Nul") as (room, running):
        await running.reconcile([FileOutput("srt")])
        await wait_until(lambda: room.state.outputs[0].health.status == "failed")
        assert "keeps the name Nul for a device" in room.state.outputs[0].health.message


async def test_the_outputs_of_the_settings_run(tmp_path: Path) -> None:
    """An output that stays in the settings goes on; one that is removed keeps what was said until then."""
    srt, txt = FileOutput("srt"), FileOutput("txt", "original")
    async with outputs(tmp_path) as (room, running):
        await running.reconcile([srt, txt])
        say(room, 1)
        await wait_until(lambda: [state.health.n_sent for state in room.state.outputs] == [1, 1])
        assert [(state.id, state.kind, state.track) for state in room.state.outputs] == [
            ("live.srt", "file", None),
            ("original.txt", "file", "original"),
        ]
        assert room.state.outputs[0].path == str(tmp_path / "transcripts" / "hall.live.srt")
        await running.reconcile([srt])
        say(room, 2)
        await wait_until(lambda: [state.health.n_sent for state in room.state.outputs] == [2])
    assert (tmp_path / "transcripts" / "hall.original.txt").read_text() == "t1\n"
    assert "t2" in (tmp_path / "transcripts" / "hall.live.srt").read_text()
    assert sorted(path.name for path in (tmp_path / "transcripts").iterdir()) == ["hall.live.srt", "hall.original.txt"]


async def test_an_output_that_cannot_be_opened_has_failed() -> None:
    """Its state says why, and the others run."""
    async with outputs(None) as (room, running):
        await running.reconcile([FileOutput("srt")])
        (state,) = room.state.outputs
        assert state.health.status == "failed"
        assert "writes no files" in state.health.message


async def test_an_unexpected_error_ends_the_output_only() -> None:
    """The room shows the kind of the error without its text, which may contain a secret."""

    class Faulty:
        async def follow(self, room: Room, *, after_seq: int) -> None:
            """Fail."""
            raise RuntimeError("https://secret.example")

    async with outputs(None) as (room, running):
        running.add("extra", "zoom", lambda on_health: Faulty())
        await wait_until(lambda: room.state.outputs[0].health.status == "failed")
        assert "RuntimeError" in room.state.outputs[0].health.message
        assert "secret" not in room.state.outputs[0].health.message


async def test_an_added_output_runs_until_the_room_ends() -> None:
    """Reconciling the outputs of the settings does not stop an output that was added."""
    over: list[str] = []

    class Following:
        def __init__(self, on_health: OnHealth) -> None:
            on_health(OutputHealth("working"))

        async def follow(self, room: Room, *, after_seq: int) -> None:
            """Wait until cancelled."""
            try:
                await asyncio.Event().wait()
            finally:
                over.append(room.name)

    async with outputs(None) as (room, running):
        running.add("talk.srt", "file", Following)
        await running.reconcile([])
        await asyncio.sleep(0)
        assert [state.health.status for state in room.state.outputs] == ["working"]
        assert over == []
    assert over == ["hall"]
