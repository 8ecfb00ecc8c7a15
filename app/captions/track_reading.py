"""Counts an output as a reader of its track, so that it is translated."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.captions.room import Room


@contextmanager
def reading_track(room: Room, track: str | None) -> Iterator[None]:
    """Count a reader of a track while the block lasts; with None, of what is the room's main track at each moment."""
    counted = track or room.main_track
    room.demand.add([counted])

    def follow() -> None:
        nonlocal counted
        if counted != (track or room.main_track):
            before, counted = counted, track or room.main_track
            room.demand.add([counted])
            room.demand.remove([before])

    try:
        with room.watch(follow):
            yield
    finally:
        room.demand.remove([counted])
