"""Runs `surtitle bench recorded`: times transcribe against faster-whisper's batched pipeline on the same recordings."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path

import threadpoolctl

from app import config
from app.audio.chunk import SAMPLE_RATE, Samples
from app.audio.segments import split_segments
from app.bench import manifest, score
from app.bench.manifest import ManifestLine
from app.bench.offline import decode_offline
from app.bench.report_files import ReportFiles
from app.bench.score import Errors
from app.captions.recorded import TranscribeOptions, transcribe
from app.decode import models, worker
from app.decode.engine import Engine
from app.decode.profile import choose_profile
from app.media import media_source
from app.service.engines import choose_model

CHUNK = 1600
"""Samples that are cut at a time, as when a file is read."""


@dataclass(frozen=True, slots=True)
class RecordedReport:
    """Times and word errors of both."""

    audio_s: float
    beam_size: int
    ours_s: float
    theirs_s: float
    ours: Errors
    theirs: Errors

    @property
    def speed_ratio(self) -> float:
        """faster-whisper's time over ours."""
        return self.theirs_s / self.ours_s

    def as_json(self) -> dict[str, object]:
        """Return all figures."""
        return {
            "audio_s": round(self.audio_s, 1),
            "beam": self.beam_size,
            "ours": {"wall_s": round(self.ours_s, 2), "wer": _round_rate(self.ours)},
            "faster_whisper": {"wall_s": round(self.theirs_s, 2), "wer": _round_rate(self.theirs)},
            "speed_ratio": round(self.speed_ratio, 2),
        }

    def table(self) -> str:
        """Return the figures as text for a terminal."""
        return "\n".join(f"{name:16}{figure}" for name, figure in self.as_json().items())


def run(
    path: Path,
    *,
    model: str,
    minutes: float,
    beam_size: int,
    json_path: Path | None = None,
    on_progress: Callable[[str], object] = print,
) -> RecordedReport:
    """Transcribe the clips of a manifest both ways, one after the other, repeated until they fill `minutes`.

    Both use all cores; loading a model is not counted.

    Raises:
        SettingsError: The manifest, a clip, the model or a path to write to is invalid.
        DecodeError: The model failed.
    """
    files = ReportFiles("recorded", json_path)
    lines = [line for line in manifest.read(path) if line.reference]
    translates = any(line.task == "translate" for line in lines)
    choice = choose_model(config.read(), model, "translate" if translates else "transcribe")
    report = asyncio.run(_measure(lines, choice, minutes * 60, beam_size, on_progress))
    files.write(report.as_json())
    return report


async def _measure(
    lines: list[ManifestLine],
    choice: models.ModelChoice,
    seconds: float,
    beam_size: int,
    on_progress: Callable[[str], object],
) -> RecordedReport:
    # otherwise numpy's threads take cores from faster-whisper's model; our worker does the same
    threadpoolctl.threadpool_limits(1, "blas")
    profile = choose_profile(choice, on_progress=on_progress)
    theirs = models.load(choice)
    clips = [(line, media_source.load(line.audio)) for line in lines]
    decode_offline(
        theirs, clips[0][1][: 5 * SAMPLE_RATE], language=lines[0].language, task="transcribe", beam_size=beam_size
    )
    played_s, times, errors = 0.0, [0.0, 0.0], [Errors(), Errors()]
    async with Engine(partial(worker.open_checked, profile.apply_to(choice)), profile).running() as engine:
        for line, samples in cycle(clips):
            if played_s >= seconds:
                break
            began_s = time.perf_counter()
            own = await _transcribe(line, samples, engine, beam_size)
            between_s = time.perf_counter()
            words = decode_offline(theirs, samples, language=line.language, task=line.task, beam_size=beam_size)
            times = [times[0] + between_s - began_s, times[1] + time.perf_counter() - between_s]
            texts = (own, " ".join(word.text for word in words))
            errors = [
                score.add_errors([error, score.count_word_errors(line.reference, text)])
                for error, text in zip(errors, texts, strict=True)
            ]
            played_s += len(samples) / SAMPLE_RATE
            on_progress(f"{line.audio.name}: {played_s / 60:.0f} min, {times[0]:.1f} s against {times[1]:.1f} s")
    return RecordedReport(played_s, beam_size, times[0], times[1], errors[0], errors[1])


async def _transcribe(line: ManifestLine, samples: Samples, engine: Engine, beam_size: int) -> str:
    options = TranscribeOptions(
        line.task, line.language, (line.language,) if line.language else (), beam_size=beam_size
    )
    blocks = (samples[first : first + CHUNK] for first in range(0, len(samples), CHUNK))
    pieces = split_segments(blocks, engine.profile.segment_s)
    n_in_flight = engine.profile.recorded_in_flight
    return " ".join(event.committed for event in await transcribe(pieces, engine, options, n_in_flight=n_in_flight))


def _round_rate(errors: Errors) -> float | None:
    return None if errors.rate is None else round(errors.rate, 4)
