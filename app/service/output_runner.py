"""The outputs of one room: each runs by itself, and how it is doing stands in the room's state."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from traceback import extract_tb
from typing import Protocol

from app import log
from app.captions.room import Room
from app.captions.room_state import OutputHealth, OutputState
from app.errors import SettingsError, SurtitleError
from app.outputs.file import SubtitleFile
from app.outputs.meeting_captions import MeetingCaptions
from app.outputs.meeting_numbering import SequenceCounter
from app.outputs.obs import ObsCaptions
from app.outputs.settings import FileOutput, MeetingKind, MeetingOutput, ObsOutput, OutputSettings
from app.outputs.teams import TeamsCaptions
from app.outputs.youtube import YouTubeCaptions
from app.outputs.zoom import ZoomCaptions

logger = log.get(__name__)

TRANSCRIPTS = "transcripts"
"""Folder beside the database that holds the files of rooms."""

END_S = 5.0
"""How long outputs may take to deliver the last words."""

Tell = Callable[[OutputHealth], None]


MEETINGS: dict[MeetingKind, type[MeetingCaptions]] = {
    "zoom": ZoomCaptions,
    "teams": TeamsCaptions,
    "youtube": YouTubeCaptions,
}


class OutputProgram(Protocol):
    """What follows a room and passes its captions on."""

    async def follow(self, room: Room, *, after_seq: int) -> None:
        """Pass on what is said until cancelled, but for what was said up to `after_seq`."""


def check(output: OutputSettings) -> None:
    """Raise SettingsError if an output cannot work; the sentence repeats no secret."""
    if isinstance(output, MeetingOutput):
        MEETINGS[output.kind].check(output.address)


class OutputRunner:
    """Runs the outputs that a room's settings want."""

    def __init__(
        self, room: Room, group: asyncio.TaskGroup, folder: Path | None, counter: Callable[[str], SequenceCounter]
    ) -> None:
        """Begin with none; `folder` is where files go, None where nothing is written.

        `counter` gives an output the number that it counts on from.
        """
        self._room, self._group, self._folder, self._counter = room, group, folder, counter
        self._running: dict[str, tuple[OutputSettings | None, asyncio.Task[None] | None]] = {}
        self._states: dict[str, OutputState] = {}

    async def reconcile(self, wanted: Iterable[OutputSettings]) -> None:
        """End what is not wanted any more, and begin what is new; the others go on untouched."""
        outputs = {output.id: output for output in wanted}
        await self._end([name for name, (output, _) in self._running.items() if output and outputs.get(name) != output])
        for name, output in outputs.items():
            if name not in self._running:
                self._begin(output)

    def add(self, name: str, kind: str, open_it: Callable[[Tell], OutputProgram]) -> None:
        """Begin an output that is in no settings, and ends with the room."""
        self._start(name, None, OutputState(name, kind, None, OutputHealth("starting")), open_it)

    async def close(self) -> None:
        """End all, after the last words."""
        await self._end(list(self._running))

    def cancel_all(self) -> None:
        """End all at once, last words or not."""
        for _, task in self._running.values():
            if task is not None:
                task.cancel()

    def _begin(self, output: OutputSettings) -> None:
        state = OutputState(output.id, output.kind, output.track, OutputHealth("starting"))
        self._start(output.id, output, state, partial(self._open, output))

    def _start(
        self, name: str, output: OutputSettings | None, state: OutputState, open_it: Callable[[Tell], OutputProgram]
    ) -> None:
        self._states[name] = state
        tell = partial(self._tell, name)
        task = None
        try:
            follower = open_it(tell)
        except (SurtitleError, OSError) as exc:  # it does not keep the room closed
            tell(OutputHealth("failed", str(exc)))
        else:
            task = self._group.create_task(self._run(name, follower, self._room.last_seq))
        self._running[name] = (output, task)
        self._show()

    async def _run(self, name: str, follower: OutputProgram, after_seq: int) -> None:
        """Follow the room; a fault of an output is its own, and never ends the room."""
        try:
            await follower.follow(self._room, after_seq=after_seq)
        except Exception as exc:  # its text may hold a secret address
            kind, line = type(exc).__name__, extract_tb(exc.__traceback__)[-1]
            logger.error("output_failed", room=self._room.name, output=name, kind=kind, at=f"{line.name}:{line.lineno}")
            self._tell(name, OutputHealth("failed", f"This output has a fault ({kind}). Remove it and add it anew."))

    def _open(self, output: OutputSettings, tell: Tell) -> OutputProgram:
        """Return what passes the room's captions on; raises SettingsError."""
        match output:
            case FileOutput():
                return SubtitleFile(self._path(output), output.track).report_to(tell)
            case MeetingOutput():
                return MEETINGS[output.kind](
                    output.address,
                    on_health=tell,
                    language=output.language,
                    track=output.track,
                    # of the address, so that an output that is removed and added anew counts on
                    counter=self._counter(f"{output.kind} {sha256(output.address.encode()).hexdigest()[:16]}"),
                )
            case ObsOutput():
                return ObsCaptions(output, on_health=tell)

    def _path(self, output: FileOutput) -> Path:
        name = f"{self._room.name}.{output.id}"
        if self._folder is None:
            raise SettingsError(f"The file {name} is not written, because this service writes nothing: see --memory.")
        folder = self._folder / TRANSCRIPTS
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / name

    async def _end(self, names: Iterable[str]) -> None:
        ended = []
        for name in names:
            _, task = self._running.pop(name)
            self._states.pop(name)
            if task is not None:
                task.cancel()
                ended.append(task)
        if ended:
            await asyncio.wait(ended, timeout=END_S)
        self._show()

    def _tell(self, name: str, health: OutputHealth) -> None:
        if name in self._states:
            self._states[name] = replace(self._states[name], health=health)
            self._show()

    def _show(self) -> None:
        self._room.set_outputs(tuple(self._states.values()))
