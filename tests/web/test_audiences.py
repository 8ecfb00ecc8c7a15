"""The audiences of all rooms."""

from app.captions.caption_log import MemoryLog
from app.captions.room import Room
from app.captions.session_settings import SessionSettings
from app.web.audiences import Audiences
from tests.fakes.scripted_engine import ScriptedEngine


class IdleReader:
    """A reader that reads nothing and notes whether it must leave."""

    def __init__(self, *, is_sse: bool) -> None:
        self.since: int | None = None
        self.epoch: str | None = None
        self.version = -1
        self.is_sse = is_sse
        self.has_left = False

    def wake(self) -> None:
        """Do nothing."""

    def leave(self) -> None:
        """Note it."""
        self.has_left = True


def open_room() -> Room:
    """Return a new room called main."""
    return Room("main", engine=ScriptedEngine(), settings=SessionSettings(), log=MemoryLog("e1"), model="none")


def test_a_room_has_one_audience() -> None:
    """The same room gets the same audience; a new room of the same name gets a new one."""
    audiences, room = Audiences(), open_room()
    first = audiences.get(room)
    assert audiences.get(room) is first
    again = open_room()
    assert audiences.n_late(again) == 0
    assert audiences.get(again) is not first


def test_removing_a_room_disconnects_its_readers() -> None:
    """All readers leave, and the room has no audience any more."""
    audiences, room = Audiences(), open_room()
    reader = IdleReader(is_sse=False)
    with audiences.get(room).serve(reader):
        audiences.remove(room)
        assert reader.has_left
    assert audiences.n_late(room) == 0


def test_only_streams_end_at_shutdown() -> None:
    """Streams of server-sent events are ended; WebSockets are left to the server."""
    audiences, room = Audiences(), open_room()
    stream, socket = IdleReader(is_sse=True), IdleReader(is_sse=False)
    with audiences.get(room).serve(stream), audiences.get(room).serve(socket):
        audiences.end_sse_streams()
    assert (stream.has_left, socket.has_left) == (True, False)
