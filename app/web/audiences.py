"""The audiences of all rooms."""

from app.captions.room import Room
from app.web.audience import Audience
from app.web.messages import TrackReaders
from app.web.reader_tracks import ReaderTracks


class Audiences:
    """Opens an audience for each room that is read over the network."""

    def __init__(self) -> None:
        """Start with no audiences."""
        self._by_room: dict[str, Audience] = {}

    def get(self, room: Room) -> Audience:
        """Return the audience of a room; the first call starts it."""
        existing = self._by_room.get(room.name)
        if existing is not None and existing.room is room:
            return existing
        if existing is not None:  # a room of that name was removed and created again
            existing.close()
        audience = self._by_room[room.name] = Audience(room)
        audience.start()
        return audience

    def n_late(self, room: Room) -> int:
        """Return how many readers of a room are late."""
        existing = self._by_room.get(room.name)
        return existing.n_late if existing is not None and existing.room is room else 0

    def readers_by_track(self, room: Room) -> tuple[TrackReaders, ...]:
        """Return how many readers of a room show each of its tracks."""
        existing = self._by_room.get(room.name)
        tracks = existing.reader_tracks if existing is not None and existing.room is room else ReaderTracks()
        return tracks.by_track(room.tracks)

    def end_sse_streams(self) -> None:
        """End all streams of server-sent events, when the service shuts down; the server closes the WebSockets."""
        for audience in self._by_room.values():
            for reader in list(audience.readers):
                if reader.is_sse:
                    reader.leave()

    def remove(self, room: Room) -> None:
        """Disconnect all readers of a room that was removed, with or without a key."""
        existing = self._by_room.get(room.name)
        if existing is not None and existing.room is room:
            del self._by_room[room.name]
            existing.close()
            for reader in list(existing.readers):
                reader.leave()
