"""Measures streaming: clips go the live path, what readers saw is held against what was said.

`stream` returns every figure of a set of clips, `judge` those of one clip that was played elsewhere, and `run` is the
command. What each figure means stands at its field, what it is computed from in `score` and `timeline`.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import threadpoolctl

from app.audio.chunk import Samples
from app.bench import manifest, report_path, score, stream_play
from app.bench.manifest import ManifestLine, TimedWord
from app.bench.offline import decode_offline
from app.bench.stream_play import PlayedClip
from app.bench.stream_report import ClipReport, StreamReport
from app.bench.timeline import Timeline
from app.captions.session import Session, SessionSettings
from app.decode import models, self_test, worker
from app.decode.engine import Engine
from app.decode.hypothesis import Word
from app.decode.whisper import Whisper
from app.media import media_source

Play = Callable[[ManifestLine, Samples], PlayedClip]
"""How a clip is played."""


def settings_of(line: ManifestLine) -> SessionSettings:
    """Return what a source is told that speaks a clip."""
    return SessionSettings(task=line.task, language=line.language, languages=(line.language,) if line.language else ())


def stream(
    lines: Sequence[ManifestLine],
    whisper: Whisper,
    *,
    play: Play | None = None,
    tell: Callable[[ClipReport], object] | None = None,
) -> StreamReport:
    """Play clips and measure them; blocks for about twice their decode time.

    `play` is how, by default on the simulated clock with `whisper`. `tell` hears of each clip as it is done. The model
    also makes the offline pass that streaming is held against.

    Raises:
        MediaError: A clip is not sound that can be read.
        DecodeError: The model failed.
    """

    def simulate(line: ManifestLine, samples: Samples) -> PlayedClip:
        session = Session(room="bench", source=line.audio.name, number=1, settings=settings_of(line))
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
        clips.append(judge(line, played, offline=_text(offline), heard=heard))
        if tell is not None:
            tell(clips[-1])
    return StreamReport(tuple(clips))


def judge(
    line: ManifestLine, played: PlayedClip, *, offline: str | None = None, heard: Sequence[TimedWord] = ()
) -> ClipReport:
    """Hold what readers of the line's track saw against what was said.

    `offline` is what the same model writes of the whole clip, None if that was not asked. `heard` are timed words for a
    line that has none.
    """
    timeline = Timeline(played.history, line.track)
    spoken = manifest.spoken(line, heard)
    return ClipReport(
        line=line,
        duration_s=played.duration_s,
        text=timeline.text,
        word_errors=score.word_errors(line.reference, timeline.text),
        letter_errors=score.letter_errors(line.reference, timeline.text),
        offline_errors=None if offline is None else score.word_errors(line.reference, offline),
        words=tuple(timeline.word_lags(spoken)),
        phrase_closed_s=tuple(timeline.closing_lags(spoken)),
        n_untimed=sum(word.end_s is None for word in spoken),
        n_final_words=len(timeline.words),
        n_taken_back=timeline.n_taken_back,
        final_revisions=timeline.final_revisions,
        n_inserted=score.insertions(line.reference, timeline.text),
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
    tell: Callable[[ClipReport], object] | None = None,
) -> StreamReport:
    """Do what `surtitle bench stream` does, and return the report it wrote.

    Raises:
        SettingsError: The manifest, a clip, the model or a place to write to is not as it should be.
        DecodeError: The model failed.
    """
    for wanted in (json_path, plot):
        if wanted is not None:
            report_path.check(wanted)
    draw = report_path.find_draw(plot, "stream") if plot is not None else None
    lines = manifest.read(path)
    threadpoolctl.threadpool_limits(1, "blas")  # as in the worker
    choice = models.choose(model, "translate" if any(line.task == "translate" for line in lines) else "transcribe")
    whisper = models.load(choice)
    self_test.run(whisper)  # also warms the model up, so that the first clip is not charged for it
    report = stream(lines, whisper, play=partial(_play_live, choice) if realtime else None, tell=tell)
    if json_path is not None:
        json_path.write_text(json.dumps(report.as_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if draw is not None and plot is not None:
        draw(report, plot)
    return report


def _play_live(choice: models.ModelChoice, line: ManifestLine, samples: Samples) -> PlayedClip:
    async def play() -> PlayedClip:
        async with Engine(partial(worker.open_checked, choice)).running() as engine:
            return await stream_play.live(samples, settings_of(line), engine)

    return asyncio.run(play())


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
