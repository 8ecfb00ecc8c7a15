"""Runs `surtitle bench stream`: plays clips through the live path and compares what viewers saw with what was said.

`measure_clips` returns every figure of a set of clips, `measure_clip` those of one clip that was already played, and
`run` is the command. The fields say what each figure means, `score` and `timeline` how it is computed.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import threadpoolctl

from app.audio.chunk import Samples
from app.bench import manifest, score, stream_play
from app.bench.json_lines import TimedWord
from app.bench.manifest import ManifestLine
from app.bench.offline import decode_offline
from app.bench.report_files import ReportFiles
from app.bench.stream_play import PlayedClip
from app.bench.stream_report import ClipReport, StreamReport
from app.bench.timeline import Timeline
from app.captions.session import Session, SessionSettings
from app.decode import models, self_test, worker
from app.decode.engine import Engine
from app.decode.hypothesis import Word
from app.decode.whisper import Whisper
from app.media import media_source

PlayClip = Callable[[ManifestLine, Samples], PlayedClip]
"""Plays a clip."""


def make_settings(line: ManifestLine) -> SessionSettings:
    """Return the settings of a session that plays a clip."""
    return SessionSettings(task=line.task, language=line.language, languages=(line.language,) if line.language else ())


def measure_clips(
    lines: Sequence[ManifestLine],
    whisper: Whisper,
    *,
    play: PlayClip | None = None,
    on_clip: Callable[[ClipReport], object] | None = None,
) -> StreamReport:
    """Play clips and measure them; blocks for about twice their decode time.

    `play` plays a clip, by default on the simulated clock with `whisper`. `on_clip` is called after each clip. The
    model also makes the offline pass that streaming is compared with.

    Raises:
        MediaError: A clip cannot be read as sound.
        DecodeError: The model failed.
    """

    def simulate(line: ManifestLine, samples: Samples) -> PlayedClip:
        session = Session(room="bench", source=line.audio.name, number=1, settings=make_settings(line))
        return stream_play.simulate(samples, session, whisper)

    clips: list[ClipReport] = []
    for line in lines:
        samples = media_source.load(line.audio)
        played = (play or simulate)(line, samples)
        heard: list[TimedWord] = []
        if not line.words and line.reference:
            own = decode_offline(whisper, samples, language=line.language, task="transcribe", with_words=True)
            heard = [TimedWord(word.text, word.start_s, word.end_s) for word in own]
        offline = decode_offline(whisper, samples, language=line.language, task=line.task)
        clips.append(measure_clip(line, played, offline=_join_words(offline), heard=heard))
        if on_clip is not None:
            on_clip(clips[-1])
    return StreamReport(tuple(clips))


def measure_clip(
    line: ManifestLine, played: PlayedClip, *, offline: str | None = None, heard: Sequence[TimedWord] = ()
) -> ClipReport:
    """Compare what viewers of the line's track saw with what was said.

    `offline` is what the same model writes for the whole clip, None if it was not measured. `heard` are timed words for
    a line that has none.
    """
    timeline = Timeline(played.history, line.track)
    spoken = manifest.time_words(line, heard)
    return ClipReport(
        line=line,
        duration_s=played.duration_s,
        text=timeline.text,
        word_errors=score.count_word_errors(line.reference, timeline.text),
        letter_errors=score.count_letter_errors(line.reference, timeline.text),
        offline_errors=None if offline is None else score.count_word_errors(line.reference, offline),
        words=tuple(timeline.word_lags(spoken)),
        phrase_closed_s=tuple(timeline.closing_lags(spoken)),
        n_untimed=sum(word.end_s is None for word in spoken),
        n_final_words=len(timeline.words),
        n_erased=timeline.n_erased,
        final_revisions=timeline.final_revisions,
        n_inserted=score.count_insertions(line.reference, timeline.text),
        decode_s=None if played.costs is None else tuple(cost.decode_s for cost in played.costs),
        first_minute_s=played.minute_s(0) if played.n_minutes > 1 else None,
        last_minute_s=played.minute_s(played.n_minutes - 1) if played.n_minutes > 1 else None,
        memory_bytes=tuple(played.memory_bytes),
    )


def run(
    path: Path,
    model: str,
    json_path: Path | None = None,
    realtime: bool = False,
    plot: Path | None = None,
    on_clip: Callable[[ClipReport], object] | None = None,
) -> StreamReport:
    """Measure the clips of a manifest, write the report, and return it.

    Raises:
        SettingsError: The manifest, a clip, the model or a path to write to is invalid.
        DecodeError: The model failed.
    """
    files = ReportFiles("stream", json_path, plot)
    lines = manifest.read(path)
    threadpoolctl.threadpool_limits(1, "blas")  # as in the worker
    choice = models.choose(model, "translate" if any(line.task == "translate" for line in lines) else "transcribe")
    whisper = models.load(choice)
    self_test.run(whisper)  # also warms the model up before the first clip
    report = measure_clips(lines, whisper, play=partial(_play_live, choice) if realtime else None, on_clip=on_clip)
    files.write(report.as_json(), report)
    return report


def _play_live(choice: models.ModelChoice, line: ManifestLine, samples: Samples) -> PlayedClip:
    async def play() -> PlayedClip:
        async with Engine(partial(worker.open_checked, choice)).running() as engine:
            return await stream_play.live(samples, make_settings(line), engine)

    return asyncio.run(play())


def _join_words(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
