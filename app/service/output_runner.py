"""Runs the outputs of one room, each in its own task, and reports their health in the room's state."""

import asyncio
import re
import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from traceback import extract_tb
from typing import Protocol

from app import log
from app.captions.room import Room
from app.captions.room_state import OutputHealth, OutputState
from app.captions.track_reading import reading_track
from app.errors import SettingsError, SurtitleError
from app.outputs.file import SubtitleFile
from app.outputs.meeting_captions import MeetingCaptions
from app.outputs.meeting_numbering import SequenceCounter
from app.outputs.obs import ObsCaptions
from app.outputs.settings import FileOutput, MeetingKind, MeetingOutput, ObsOutput, OutputSettings
from app.outputs.teams import TeamsCaptions
from app.outputs.youtube import YouTubeCaptions
from app.outputs.zoom import ZoomCaptions
from app.store.data_folder import protect

logger = log.get(__name__)

DEVICES = re.compile(r"con|prn|aux|nul|(com|lpt)[1-9]", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever follows after a dot."""

TRANSCRIPTS = "transcripts"
"""Folder beside the database for the subtitle files of rooms."""

END_S = 5.0
"""How long outputs may take to deliver the last phrases."""

OnHealth = Callable[[OutputHealth], None]
"""Called with the health of an output whenever it changes."""

MEETINGS: dict[MeetingKind, type[MeetingCaptions]] = {
    "zoom": ZoomCaptions,
    "teams": TeamsCaptions,
    "youtube": YouTubeCaptions,
}


def protect_files(folder: Path) -> None:
    """Repair the permissions of the rooms' subtitle files in a data folder, see `data_folder.protect`."""
    transcripts = folder / TRANSCRIPTS
    if transcripts.is_dir():
        protect(transcripts, transcripts.iterdir())


class CaptionOutput(Protocol):
    """Delivers the captions of a room to a file or another program."""

    async def follow(self, room: Room, *, after_seq: int) -> None:
        """Deliver the events after `after_seq` until cancelled."""


def check_output(output: OutputSettings) -> None:
    """Raise SettingsError if an output cannot work; the message repeats no secret."""
    if isinstance(output, MeetingOutput):
        MEETINGS[output.kind].check(output.address)


class OutputRunner:
    """Runs the outputs in a room's settings, and added ones."""

    def __init__(
        self, room: Room, group: asyncio.TaskGroup, folder: Path | None, counter: Callable[[str], SequenceCounter]
    ) -> None:
        """Start with no outputs; `folder` is where files are written, None writes none.

        `counter` returns the stored sequence number of an output.
        """
        self._room, self._group, self._folder, self._counter = room, group, folder, counter
        self._running: dict[str, tuple[OutputSettings | None, asyncio.Task[None] | None]] = {}
        self._states: dict[str, OutputState] = {}

    async def reconcile(self, settings: Iterable[OutputSettings]) -> None:
        """Stop outputs that are no longer in the settings, and start new ones; the others keep running."""
        outputs = {output.id: output for output in settings}
        await self._stop(
            [name for name, (output, _) in self._running.items() if output and outputs.get(name) != output]
        )
        for name, output in outputs.items():
            if name not in self._running:
                self._start_from(output)

    def add(self, name: str, kind: str, open_output: Callable[[OnHealth], CaptionOutput]) -> None:
        """Start an output that is not in the settings; it ends with the room."""
        self._start(name, None, OutputState(name, kind, None, OutputHealth("starting")), open_output)

    async def close(self) -> None:
        """Stop all outputs after they have delivered the last phrases."""
        await self._stop(list(self._running))

    def cancel_all(self) -> None:
        """Stop all outputs at once."""
        for _, task in self._running.values():
            if task is not None:
                task.cancel()

    def _start_from(self, output: OutputSettings) -> None:
        state = OutputState(output.id, output.kind, output.track, OutputHealth("starting"))
        self._start(output.id, output, state, partial(self._open, output))

    def _start(
        self,
        name: str,
        output: OutputSettings | None,
        state: OutputState,
        open_output: Callable[[OnHealth], CaptionOutput],
    ) -> None:
        self._states[name] = state
        on_health = partial(self._set_health, name)
        task = None
        try:
            opened = open_output(on_health)
        except (SurtitleError, OSError) as exc:  # the room opens all the same
            on_health(OutputHealth("failed", str(exc)))
        else:
            if isinstance(opened, SubtitleFile):
                self._states[name] = replace(self._states[name], path=str(opened.path.absolute()))
            # an overlay page in OBS says itself what it shows
            is_reader = not (isinstance(output, ObsOutput) and output.overlay)
            running = self._run(name, opened, self._room.last_seq, state.track, is_reader=is_reader)
            task = self._group.create_task(running)
        self._running[name] = (output, task)
        self._show()

    async def _run(
        self, name: str, output: CaptionOutput, after_seq: int, track: str | None, *, is_reader: bool
    ) -> None:
        """Run an output; an unexpected error ends the output, never the room."""
        try:
            with reading_track(self._room, track) if is_reader else nullcontext():
                await output.follow(self._room, after_seq=after_seq)
        except Exception as exc:  # its text may contain a secret address
            kind, line = type(exc).__name__, extract_tb(exc.__traceback__)[-1]
            logger.error("output_failed", room=self._room.name, output=name, kind=kind, at=f"{line.name}:{line.lineno}")
            failed = OutputHealth("failed", f"This output failed unexpectedly ({kind}). Remove it and add it again.")
            self._set_health(name, failed)

    def _open(self, output: OutputSettings, on_health: OnHealth) -> CaptionOutput:
        """Open an output of the settings; raises SettingsError."""
        match output:
            case FileOutput():
                return SubtitleFile(self._path(output), output.track).report_to(on_health)
            case MeetingOutput():
                return MEETINGS[output.kind](
                    output.address,
                    on_health=on_health,
                    language=output.language,
                    track=output.track,
                    # by address, so that an output that is removed and added again continues its numbers
                    counter=self._counter(f"{output.kind} {sha256(output.address.encode()).hexdigest()[:16]}"),
                )
            case ObsOutput():
                return ObsCaptions(output, on_health=on_health)

    def _path(self, output: FileOutput) -> Path:
        name = f"{self._room.name}.{output.id}"
        if self._folder is None:
            raise SettingsError(
                f"The file {name} is not written, because the service runs with --memory and writes no files."
            )
        if sys.platform == "win32" and DEVICES.fullmatch(self._room.name):
            raise SettingsError(
                f"The file {name} is not written, because Windows keeps the name {self._room.name} for a device. "
                "Create a room with another name."
            )
        folder = self._folder / TRANSCRIPTS
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / name

    async def _stop(self, names: Iterable[str]) -> None:
        stopping = []
        for name in names:
            _, task = self._running.pop(name)
            self._states.pop(name)
            if task is not None:
                task.cancel()
                stopping.append(task)
        if stopping:
            await asyncio.wait(stopping, timeout=END_S)
        self._show()

    def _set_health(self, name: str, health: OutputHealth) -> None:
        if name in self._states:
            self._states[name] = replace(self._states[name], health=health)
            self._show()

    def _show(self) -> None:
        self._room.set_outputs(tuple(self._states.values()))
