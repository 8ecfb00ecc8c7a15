"""Runs `surtitle transcribe`: recorded files in, subtitle files out."""

import asyncio
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console

from app import config, log
from app.audio.speech_thresholds import read_thresholds
from app.captions.recorded import TranscribeOptions
from app.cli import preflight
from app.cli.exit_codes import FAILURE
from app.cli.transcribe_progress import TranscribeProgress
from app.cli.waiting import Waiting
from app.decode import glossary
from app.decode.glossary import Glossary
from app.outputs.subtitles import parse_format
from app.service import recordings
from app.service.engines import choose_model


def transcribe(
    files: Sequence[Path], *, formats: str, out: Path | None, beam: int, again: bool, **given: object
) -> None:
    """Write subtitles for recorded files; exits with code 1 if one of them failed.

    `formats` are names with commas between them, `given` the settings from the command line.

    Raises:
        SettingsError: An option, a file or the folder cannot be used.
    """
    settings = config.read(**given)
    log.setup(settings.log_level)
    kinds = [parse_format(name, "--format") for name in formats.split(",")]
    languages = settings.languages
    options = TranscribeOptions(
        task=settings.task,
        language=languages[0] if len(languages) == 1 else None,
        languages=languages,
        glossary=glossary.read(settings.glossary) if settings.glossary else Glossary(),
        beam_size=beam,
        speech=read_thresholds(settings),
    )
    planned = recordings.plan_jobs(files, kinds, out, options.task)
    missing = preflight.find_missing(files)
    jobs = [job for job in planned if job.source.is_file()]
    preflight.check(settings)
    for sentence in missing:
        print(f"surtitle: {sentence}", file=sys.stderr)
    console = Console(highlight=False)
    waiting = Waiting(partial(console.print, soft_wrap=True, markup=False))
    with TranscribeProgress(console) as progress, waiting:
        choice = choose_model(settings, settings.model, settings.task, waiting.say)
        if choice.notice:
            console.print(choice.notice, soft_wrap=True)

        def show(done: recordings.FileProgress) -> None:
            waiting.stop()  # the model is loaded
            progress.update(done)

        work = recordings.run_jobs(jobs, choice, options, again=again, on_message=waiting.say, on_progress=show)
        failures = asyncio.run(work)
    for failure in failures:
        print(f"surtitle: {failure}", file=sys.stderr)
    if failures or missing:
        sys.exit(FAILURE)
