"""Transcripts and exports of whole rooms: made one at a time, beside the event loop, and kept for a moment."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Literal

from app import choices
from app.captions.caption_log import current_phrases
from app.captions.event import ORIGINAL, Event
from app.captions.room import Room
from app.captions.speaker_names import SpeakerNaming
from app.errors import BusyError, SettingsError
from app.outputs.fallback import with_originals
from app.outputs.pacer import Pacer
from app.outputs.subtitles import Format, write
from app.web import messages

KEPT_BYTES = 32 << 20
"""All files that are kept together: a day of talk in every format."""

KEPT_S = 60.0
"""How long a file is kept, so that memory does not hold captions for longer than the room does."""

WAITING_MAX = 400
"""Requests that may wait for a file; most of them wait for the same one."""

RETRY_S = 5.0
"""When a client may try again if more wait."""

CAPTIONS: Literal["captions"] = "captions"
"""The kind of file that contains all events as a JSON list."""

TRACKS: Literal["tracks"] = "tracks"
"""The kind of list that contains the names of all tracks with events."""

FileKind = Format | Literal["captions", "tracks"]


@dataclass(frozen=True, slots=True)
class _Download:
    content: bytes
    last_seq: int
    expired_seq: int
    naming: SpeakerNaming

    def is_current(self, last_seq: int, expired_seq: int, naming: SpeakerNaming) -> bool:
        """Return whether it has all that the room had then, these names of speakers, and nothing too old then."""
        return self.last_seq >= last_seq and self.expired_seq >= expired_seq and self.naming == naming


class Downloads:
    """The files that readers download; a file is made once for all who ask for it before the next phrase."""

    def __init__(self) -> None:
        """Start with no files."""
        self._kept: dict[tuple[str, str, str | None, FileKind], _Download] = {}
        self._lock = asyncio.Lock()
        self._n_waiting = 0
        self._thread: ThreadPoolExecutor | None = None

    async def transcript(self, room: Room, track: str, kind: Format) -> bytes:
        """Return what was said on one track as a subtitle file; raises BusyError, StoreError."""
        if track == ORIGINAL:
            return await self._get(room, track, kind, partial(_write, room.naming, track, kind), track)
        if track not in room.tracks and track not in await self._list_tracks(room):
            raise SettingsError(choices.expect(f"a track of this room ({choices.either(room.tracks)})", "lang", track))
        return await self._get(room, track, kind, partial(_write, room.naming, track, kind), track, ORIGINAL)

    async def captions(self, room: Room) -> bytes:
        """Return all events of a room as a JSON list; raises BusyError, StoreError."""
        return await self._get(room, None, CAPTIONS, _encode_all)

    async def _list_tracks(self, room: Room) -> frozenset[str]:
        """Return the tracks on which something was said; looked up once for all who ask before the next phrase."""
        found = await self._get(room, None, TRACKS, lambda events: ",".join({one.track for one in events}).encode())
        return frozenset(found.decode().split(","))

    def forget(self, room: Room) -> None:
        """Drop the files of a room, because its captions were erased."""
        for key in [key for key in self._kept if key[0] == room.name]:
            del self._kept[key]

    async def _get(
        self,
        room: Room,
        track: str | None,
        kind: FileKind,
        make: Callable[[Sequence[Event]], bytes],
        *read: str,
    ) -> bytes:
        """Return a file that is kept, or make it of the events on the tracks `read`, or on all."""
        last_seq, expired_seq, naming = room.last_seq, room.expired_seq, room.naming
        with self._waiting():
            async with self._lock:
                kept = self._kept.get((room.name, room.epoch, track, kind))
                if kept is not None and kept.is_current(last_seq, expired_seq, naming):
                    return kept.content
                epoch, last_seq, expired_seq = room.epoch, room.last_seq, room.expired_seq
                found = [await room.all_events(one) for one in read or (None,)]
                self._thread = self._thread or ThreadPoolExecutor(1, "downloads")
                content = await asyncio.get_running_loop().run_in_executor(self._thread, make, list(chain(*found)))
                if room.epoch == epoch:
                    self._keep((room.name, epoch, track, kind), _Download(content, last_seq, expired_seq, naming))
                return content

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        if self._n_waiting >= WAITING_MAX:
            message = f"Too many people download at once. Try again in {RETRY_S:.0f} s."
            raise BusyError(message, retry_after_s=RETRY_S)
        self._n_waiting += 1
        try:
            yield
        finally:
            self._n_waiting -= 1

    def _keep(self, key: tuple[str, str, str | None, FileKind], made: _Download) -> None:
        self._kept.pop(key, None)
        self._kept[key] = made
        while sum(len(one.content) for one in self._kept.values()) > KEPT_BYTES:
            del self._kept[next(iter(self._kept))]
        asyncio.get_running_loop().call_later(KEPT_S, self._drop, key, made)

    def _drop(self, key: tuple[str, str, str | None, FileKind], made: _Download) -> None:
        if self._kept.get(key) is made:
            del self._kept[key]


def _write(naming: SpeakerNaming, track: str, kind: Format, events: Sequence[Event]) -> bytes:
    phrases = with_originals(current_phrases(events, with_withdrawn=True), track)
    return write(kind, phrases, Pacer(), naming).encode()


def _encode_all(events: Sequence[Event]) -> bytes:
    return b"[%b]" % b",".join([messages.encode_event(event) for event in Pacer()(events)])
