"""A subtitle file on disk that grows with the talk."""

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from app import log
from app.captions.bus import SlowReaderError
from app.captions.caption_log import current_phrases
from app.captions.event import Event
from app.captions.room import Room
from app.captions.room_state import OutputHealth
from app.captions.speaker_names import SpeakerNaming
from app.errors import SettingsError
from app.outputs.pacer import Pacer
from app.outputs.subtitles import file_format, write

logger = log.get(__name__)

RETRY_S = 5.0
"""Pause after a failed write, such as to a full disk or a network share that is away."""


class SubtitleFile:
    """Writes one track of a room to a file after every final phrase.

    A file that is not empty is never changed: the next free name is used instead, as `talk-2.srt`, so that a restart
    during a talk loses no captions. A new name of a speaker is written back to the start.
    """

    def __init__(self, path: Path, track: str | None = None) -> None:
        """Create the file; `track` None is the room's last, which is the translation if there is one.

        Raises:
            SettingsError: The suffix is not a known format, or the file cannot be created.
        """
        self._format = file_format(path)
        self._track = track
        self.path = _create_file(path)
        """The file that is written; its name may have a number added."""
        self._on_health: Callable[[OutputHealth], object] = lambda health: None
        self.health = OutputHealth("starting")
        """How the file is doing."""
        self._naming = SpeakerNaming()
        """The names in the file."""
        self._pause: asyncio.Timeout | None = None
        """The wait for the next event, which a change of names ends."""
        self._events: list[Event] = []
        self._seq = 0
        self._written = b""

    def report_to(self, on_health: Callable[[OutputHealth], object]) -> "SubtitleFile":
        """Call `on_health` with every later change of the health; returns the file."""
        self._on_health = on_health
        return self

    async def follow(self, room: Room, *, after_seq: int = 0) -> None:
        """Write the room's captions until cancelled; cancelling writes the remaining ones. One caller at a time.

        Phrases up to `after_seq` belong to an earlier talk and are left out. A failed write is logged, reported in the
        health, and repeated.
        """
        thread = ThreadPoolExecutor(1, thread_name_prefix="subtitles")
        self._seq = max(self._seq, after_seq)

        def on_room_change() -> None:
            if self._pause is not None and not self._pause.expired() and room.naming != self._naming:
                self._pause.reschedule(0)

        try:
            with room.watch(on_room_change):
                while True:
                    try:
                        await self._follow(room, thread)
                    except SlowReaderError:
                        logger.warning("subtitle_file_late", file=self.path.name)
        finally:
            self._catch_up(room)
            await self._save(thread, room)
            thread.shutdown(wait=False)

    async def _follow(self, room: Room, thread: ThreadPoolExecutor) -> None:
        with room.bus.subscribe() as subscription:
            self._catch_up(room)
            await self._save(thread, room)
            while True:
                # after a failed write, wait for the next event for a limited time
                wait_s = RETRY_S if self.health.status == "retrying" else None
                try:
                    async with asyncio.timeout(0 if self._naming != room.naming else wait_s) as self._pause:
                        async for event in subscription.events():
                            if self._take(event, room):
                                self._catch_up(room)  # a replacement changes hundreds of phrases at once
                                break
                except TimeoutError:
                    logger.debug("subtitle_file_again", file=self.path.name)
                finally:
                    self._pause = None
                await self._save(thread, room)

    def _catch_up(self, room: Room) -> None:
        for event in room.since(self._seq):
            self._take(event, room)

    def _take(self, event: Event, room: Room) -> bool:
        """Add an event if it belongs to the file, and return whether it does."""
        if event.seq is None or event.seq <= self._seq:
            return False
        self._seq = event.seq
        if event.track != (self._track or room.main_track):
            return False
        self._events.append(event)
        return True

    async def _save(self, thread: ThreadPoolExecutor, room: Room) -> None:
        naming = self._naming = room.naming
        newest = {event.phrase: event for event in self._events}  # a phrase moves to the new track if the task changes
        phrases = current_phrases(newest.values(), with_withdrawn=True)
        n_sent = len(phrases)
        try:
            await asyncio.get_running_loop().run_in_executor(thread, self._rewrite, phrases, naming)
        except OSError as exc:
            if self.health.status != "retrying":
                logger.warning("subtitle_file_failed", file=self.path.name, reason=str(exc))
            why = f"The subtitles cannot be written to {self.path.name}: {exc.strerror or exc}. Trying again."
            health = OutputHealth("retrying", why, self.health.n_sent)
        else:
            health = OutputHealth("working", n_sent=n_sent)
        if health != self.health:
            self.health = health
            self._on_health(health)

    def _rewrite(self, phrases: list[Event], naming: SpeakerNaming) -> None:
        """Update the file from the first change on, usually the last cue."""
        content = write(self._format, phrases, Pacer(), naming).encode()
        if content == self._written:
            return
        same = _common_length(content, self._written)
        with open(self.path, "r+b" if self.path.exists() else "wb", opener=_open_private) as file:
            if not self._written or file.seek(0, os.SEEK_END) != len(self._written):
                same = 0  # another program changed or removed the file: write it completely
            self._written = b""
            file.seek(same)
            file.write(content[same:])
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
        self._written = content


def _open_private(path: str, flags: int) -> int:
    """Open a file; a new one can be read by its owner alone, because it contains what people said."""
    return os.open(path, flags, mode=0o600)


def _create_file(path: Path) -> Path:
    """Create the file, or one with a number in its name if it exists and is not empty; return its path."""
    if path.is_dir():
        raise SettingsError(f"Expected a file name for the subtitles, but {path} is a folder.")
    try:
        free = next(name for name in _numbered_paths(path) if not name.exists() or name.stat().st_size == 0)
        open(free, "ab", opener=_open_private).close()
    except OSError as exc:
        raise SettingsError(
            f"The subtitle file {path} cannot be created: {exc.strerror or exc}. Check the folder and its permissions."
        ) from exc
    return free


def _numbered_paths(path: Path) -> Iterator[Path]:
    yield path
    for number in count(2):
        yield path.with_stem(f"{path.stem}-{number}")


def _common_length(first: bytes, second: bytes) -> int:
    """Return the length of the first lines that are equal in both."""
    n_same = 0
    for line, other in zip(first.splitlines(True), second.splitlines(True), strict=False):
        if line != other:
            break
        n_same += len(line)
    return n_same
