"""Outputs as readers of a track."""

from app.captions.caption_log import MemoryLog
from app.captions.room import Room
from app.captions.session_settings import SessionSettings
from app.captions.track_reading import reading_track
from tests.fakes.scripted_engine import ScriptedEngine


def test_an_output_wants_its_track_or_the_rooms_main_one() -> None:
    """The main track changes with the room's targets, and the demand follows."""
    room = Room("main", engine=ScriptedEngine(), settings=SessionSettings(), log=MemoryLog("e1"), model="none")
    room.set_targets(["fr", "pt"])
    with reading_track(room, None), reading_track(room, "de"):
        assert room.demand.wanted == {"fr", "de"}
        room.set_targets(["pt"])
        assert room.demand.wanted == {"pt", "de"}
    assert not room.demand.wanted
