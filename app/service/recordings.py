"""Recorded files become subtitle files, whole or not at all; what is done already is not done again."""

import asyncio
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from app.audio.segments import cut
from app.captions.event import Event
from app.captions.recorded import WINDOW_MAX_S, TranscribeOptions, WindowDecoder, transcribe
from app.decode import calibration, models, worker
from app.decode.engine import Engine
from app.errors import DecodeError, SettingsError, SourceError
from app.media import media_source
from app.outputs.subtitles import Format, write


@dataclass(frozen=True, slots=True)
class TranscribeJob:
    """One file and what is to come of it."""

    source: Path
    targets: dict[Format, Path]

    def left(self) -> "TranscribeJob":
        """Return the job without what is there already; somebody may have corrected it by hand since."""
        return replace(self, targets={kind: target for kind, target in self.targets.items() if not target.exists()})


def plan(
    files: Sequence[Path], formats: Sequence[Format], out: Path | None, wanted: TranscribeOptions
) -> list[TranscribeJob]:
    """Return a job for each file: beside it, or in `out`, under its own name; a translation's name ends in `.en`.

    Raises:
        SettingsError: The folder is not there, or two files would become one.
    """
    if out is not None and not out.is_dir():
        raise SettingsError(f"Expected a folder for the subtitles, but {out} is none. Make it first.")
    language = ".en" if wanted.task == "translate" else ""
    jobs = [
        TranscribeJob(file, {kind: (out or file.parent) / f"{file.stem}{language}.{kind}" for kind in formats})
        for file in dict.fromkeys(files)
    ]
    owners: dict[Path, Path] = {}
    for job in jobs:
        for target in job.targets.values():
            other = owners.setdefault(target.resolve(), job.source)
            if other != job.source:
                raise SettingsError(
                    f"Both {other} and {job.source} would be written to {target}. "
                    "Rename one of them, or give them in two calls with different --out folders."
                )
            if target.resolve() == job.source.resolve():
                raise SettingsError(f"{job.source} would be overwritten by its own text. Give a recording instead.")
    return jobs


async def run(
    jobs: Sequence[TranscribeJob],
    choice: models.ModelChoice,
    wanted: TranscribeOptions,
    *,
    again: bool,
    console: Console,
) -> list[str]:
    """Do the jobs one after the other and return a sentence for each that failed.

    Cancelling leaves what is done and no half file.

    Raises:
        ModelError: The model cannot be loaded.
    """
    waiting = []
    for job in jobs:
        left = job if again else job.left()
        if left.targets:
            waiting.append(left)
        else:
            console.print(f"{job.source.name} is done already; --again does it anew.", soft_wrap=True)
    if not waiting:
        return []
    profile = calibration.profile(choice, tell=partial(console.print, soft_wrap=True))
    failures: list[str] = []
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[minutes]}"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    async with Engine(partial(worker.open_checked, profile.applied(choice)), profile).running() as engine:
        with bar:
            for job in waiting:
                try:
                    phrases = await _do(job, engine, wanted, bar)
                    save(job, phrases)
                except* DecodeError as group:  # knows nothing of files
                    failures.append(f"{job.source} could not be done. {_first(group)}")
                except* (SettingsError, SourceError) as group:
                    failures.append(str(_first(group)))
                else:
                    names = ", ".join(target.name for target in job.targets.values())
                    console.print(f"{job.source.name}: {names}", soft_wrap=True)
    return failures


async def _do(job: TranscribeJob, decoder: WindowDecoder, wanted: TranscribeOptions, bar: Progress) -> list[Event]:
    length_s = await asyncio.to_thread(media_source.length_s, job.source)
    task = bar.add_task(job.source.name, total=length_s, minutes="")
    pieces = cut(media_source.read(str(job.source)), WINDOW_MAX_S)
    try:
        return await transcribe(pieces, decoder, wanted, _progress(bar, task, length_s))
    finally:
        bar.remove_task(task)


def _progress(bar: Progress, task: TaskID, length_s: float | None) -> Callable[[float], None]:
    def tell(done_s: float) -> None:
        of = f" of {length_s / 60:.0f}" if length_s else ""
        bar.update(task, completed=done_s, minutes=f"{done_s / 60:.0f}{of} min")

    return tell


def save(job: TranscribeJob, phrases: Sequence[Event]) -> None:
    """Write all files of a job, each at once and lasting, the ones before them only replaced by whole ones.

    Raises:
        SettingsError: One cannot be written.
    """
    for kind, target in job.targets.items():
        try:
            with tempfile.NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
                path = Path(file.name)
                try:
                    file.write(write(kind, phrases).encode())
                    file.flush()
                    os.fsync(file.fileno())
                    path.chmod(0o666 & ~_umask())
                    path.replace(target)
                except BaseException:
                    path.unlink(missing_ok=True)
                    raise
        except OSError as exc:
            raise SettingsError(f"The subtitles cannot be written to {target}: {exc.strerror or exc}.") from exc


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    for member in group.exceptions:
        return _first(member) if isinstance(member, BaseExceptionGroup) else member
    return group
