"""Transcribes recorded files to subtitle files: each is written completely or not at all; existing files stay."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from app import atomic_file
from app.audio.segments import split_segments
from app.captions.event import Event
from app.captions.recorded import TranscribeOptions, transcribe
from app.decode import models, worker
from app.decode.engine import Engine
from app.decode.profile import choose_profile
from app.decode.request import Task
from app.decode.scripts import longest_window_s
from app.errors import DecodeError, SettingsError, SourceError, first_error
from app.media import media_source
from app.outputs.subtitles import Format, write


@dataclass(frozen=True, slots=True)
class TranscribeJob:
    """One recorded file and the subtitle files to write for it."""

    source: Path
    targets: dict[Format, Path]

    def without_existing(self) -> "TranscribeJob":
        """Return the job without the files that exist already, because a person may have corrected them by hand."""
        return replace(self, targets={kind: target for kind, target in self.targets.items() if not target.exists()})


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How far the transcription of one file is."""

    source: Path
    done_s: float
    """Seconds of the recording that are transcribed."""
    length_s: float | None
    """Length of the recording in seconds; None if the file does not contain it."""


def plan_jobs(files: Sequence[Path], formats: Sequence[Format], out: Path | None, task: Task) -> list[TranscribeJob]:
    """Return a job for each recording; its files are written next to it or to `out`; translations end in `.en`.

    Raises:
        SettingsError: The folder does not exist, or two recordings would be written to the same file.
    """
    if out is not None and not out.is_dir():
        raise SettingsError(f"Expected a folder for the subtitles, but {out} is not a folder. Create it first.")
    language = ".en" if task == "translate" else ""
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
                raise SettingsError(
                    f"The output would overwrite the input file {job.source}. Give a recording instead."
                )
    return jobs


async def run_jobs(
    jobs: Sequence[TranscribeJob],
    choice: models.ModelChoice,
    options: TranscribeOptions,
    *,
    again: bool,
    on_message: Callable[[str], object],
    on_progress: Callable[[FileProgress], object] = lambda progress: None,
) -> list[str]:
    """Run the jobs one after the other and return a sentence for each that failed.

    `again` also writes the files that exist already. `on_message` gets a sentence for each file that is done, and
    before something slow begins; `on_progress` is called after each part of a file. Cancelling keeps the files that are
    complete and leaves no partial one.

    Raises:
        ModelError: The model cannot be loaded, or cannot do the task in the languages.
    """
    waiting = []
    for job in jobs:
        missing = job if again else job.without_existing()
        if missing.targets:
            waiting.append(missing)
        else:
            on_message(f"{job.source.name} has subtitles already; use --again to write them again.")
    if not waiting:
        return []
    profile = choose_profile(choice, on_progress=on_message)
    failures: list[str] = []
    async with Engine(partial(worker.open_checked, profile.apply_to(choice)), profile).running() as engine:
        engine.capabilities.check(options.task, options.languages)
        for job in waiting:
            try:
                write_files(job, await _transcribe_file(job.source, engine, options, on_progress))
            except* DecodeError as group:  # its message does not name the file
                failures.append(f"{job.source} could not be done. {first_error(group)}")
            except* (SettingsError, SourceError) as group:
                failures.append(str(first_error(group)))
            else:
                names = ", ".join(target.name for target in job.targets.values())
                on_message(f"{job.source.name}: {names}")
    return failures


async def _transcribe_file(
    source: Path, engine: Engine, options: TranscribeOptions, on_progress: Callable[[FileProgress], object]
) -> list[Event]:
    length_s = await asyncio.to_thread(media_source.length_s, source)

    def report(done_s: float) -> None:
        on_progress(FileProgress(source, done_s, length_s))

    report(0.0)
    limit_s = segment_limit_s(engine.profile.segment_s, options)
    segments = split_segments(media_source.read(str(source)), limit_s, options.speech)
    return await transcribe(segments, engine, options, report, n_in_flight=engine.profile.recorded_in_flight)


def segment_limit_s(segment_s: float, options: TranscribeOptions) -> float:
    """Return how long a segment may be, at most `segment_s`: its text must fit into the decoder in every language."""
    if options.task == "translate":
        return segment_s
    spoken = [options.language] if options.language else options.languages
    return min([segment_s, *map(longest_window_s, spoken)])


def write_files(job: TranscribeJob, phrases: Sequence[Event]) -> None:
    """Write all files of a job atomically: an older file is only replaced by a complete one, synced to the disk.

    Raises:
        SettingsError: One cannot be written.
    """
    for kind, target in job.targets.items():
        try:
            atomic_file.write(target, write(kind, phrases).encode())
        except OSError as exc:
            raise SettingsError(f"The subtitles cannot be written to {target}: {exc.strerror or exc}.") from exc
