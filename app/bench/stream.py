"""Runs `surtitle bench stream`: plays clips through the live path and compares what viewers saw with what was said.

`measure_clips` returns every figure of a set of clips, `measure_clip` those of one clip that was already played, and
`run` is the command. The fields say what each figure means, `score` and `timeline` how it is computed.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

import threadpoolctl

from app import config
from app.audio.chunk import Samples
from app.bench import manifest, score, stream_play
from app.bench.english import count_english_errors
from app.bench.json_lines import TimedWord
from app.bench.manifest import ManifestLine
from app.bench.offline import decode_offline
from app.bench.report_files import ReportFiles, check_target
from app.bench.stream_play import PlayedClip
from app.bench.stream_report import ClipReport, StreamReport
from app.bench.timeline import Timeline
from app.bench.trace import TracedClip
from app.bench.trace import write as write_trace
from app.bench.trace_recorder import RecordingDecoder, RecordingEngine, TraceRecorder
from app.captions.session import Session
from app.captions.session_settings import SessionSettings
from app.captions.timing import WINDOW_TIMES, TickTiming
from app.decode import models, self_test, worker
from app.decode.engine import Engine
from app.decode.hypothesis import Word
from app.decode.models import ModelChoice
from app.decode.whisper import Whisper
from app.decode.worker import BatchDecoder
from app.media import media_source
from app.service.engines import choose_model

OFFSETS = 3
"""Phases at which each clip is played: what is shown depends on the moments of decoding, and one run hides that."""


class ClipPlayer(Protocol):
    """Plays clips to sessions of their own."""

    @property
    def phases_s(self) -> Sequence[float]:
        """Each clip is played once with each of these; see `TickTiming.phase_s`."""

    def play(self, line: ManifestLine, samples: Samples, phase_s: float, recorder: TraceRecorder | None) -> PlayedClip:
        """Play a clip; `recorder` records what is decoded."""


class SimulatedPlayer:
    """Plays clips on the simulated clock, with the slots that live rooms have."""

    def __init__(self, decoder: BatchDecoder, n_offsets: int = OFFSETS) -> None:
        """Decode with `decoder`; the phases are spread evenly over a tick."""
        self._decoder = decoder
        self.phases_s: Sequence[float] = [WINDOW_TIMES.tick_s * i / n_offsets for i in range(n_offsets)]

    def play(self, line: ManifestLine, samples: Samples, phase_s: float, recorder: TraceRecorder | None) -> PlayedClip:
        """Play a clip as fast as it decodes."""
        session = Session(room="bench", source=line.audio.name, number=1, settings=make_settings(line))
        session.set_tick_timing(TickTiming(phase_s=phase_s))
        decoder = self._decoder if recorder is None else RecordingDecoder(self._decoder, recorder)
        return stream_play.simulate(samples, session, decoder)


class LivePlayer:
    """Plays clips at normal speed through an engine, which chooses the phase."""

    phases_s: Sequence[float] = (0.0,)

    def __init__(self, choice: ModelChoice) -> None:
        """Decode with a worker process for each clip."""
        self._choice = choice

    def play(self, line: ManifestLine, samples: Samples, phase_s: float, recorder: TraceRecorder | None) -> PlayedClip:
        """Play a clip; blocks for its duration."""

        async def play() -> PlayedClip:
            async with Engine(partial(worker.open_checked, self._choice)).running() as engine:
                decoder = engine if recorder is None else RecordingEngine(engine, recorder)
                return await stream_play.live(samples, make_settings(line), decoder)

        return asyncio.run(play())


def make_settings(line: ManifestLine) -> SessionSettings:
    """Return the settings of a session that plays a clip."""
    return SessionSettings(task=line.task, language=line.language, languages=(line.language,) if line.language else ())


def measure_clips(
    lines: Sequence[ManifestLine],
    whisper: Whisper,
    *,
    player: ClipPlayer | None = None,
    on_clip: Callable[[ClipReport], object] | None = None,
    traced: list[TracedClip] | None = None,
) -> StreamReport:
    """Play clips and measure them; blocks for their decode time in each play and in two offline passes.

    `player` plays a clip, by default on the simulated clock with `whisper`. `on_clip` is called after each clip. The
    model also makes the offline pass that streaming is compared with. The first play of each clip is recorded in
    `traced`, if given.

    Raises:
        MediaError: A clip cannot be read as sound.
        DecodeError: The model failed.
    """
    chosen = player or SimulatedPlayer(whisper)
    clips: list[ClipReport] = []
    for line in lines:
        samples = media_source.load(line.audio)
        heard: list[TimedWord] = []
        if not line.words and line.reference:
            own = decode_offline(whisper, samples, language=line.language, task="transcribe", with_words=True)
            heard = [TimedWord(word.text, word.start_s, word.end_s) for word in own]
        offline = _join_words(decode_offline(whisper, samples, language=line.language, task=line.task))
        for number, phase_s in enumerate(chosen.phases_s):
            recorder = TraceRecorder() if traced is not None and number == 0 else None
            played = chosen.play(line, samples, phase_s, recorder)
            report = measure_clip(line, played, offline=offline, heard=heard)
            clips.append(replace(report, play=number, phase_s=phase_s))
            if traced is not None and recorder is not None:
                traced.append(recorder.make_clip(line, samples, line.words or heard, phase_s))
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
        english_errors=count_english_errors(line.reference, timeline.text) if line.is_english else None,
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
    *,
    offsets: int = OFFSETS,
    trace: Path | None = None,
) -> StreamReport:
    """Measure the clips of a manifest, write the report, and return it.

    On the simulated clock each clip is played at `offsets` phases. `trace` is a file for what was decoded.

    Raises:
        SettingsError: The manifest, a clip, the model or a path to write to is invalid.
        DecodeError: The model failed.
    """
    files = ReportFiles("stream", json_path, plot)
    if trace is not None:
        check_target(trace)
    lines = manifest.read(path)
    threadpoolctl.threadpool_limits(1, "blas")  # as in the worker
    translates = any(line.task == "translate" for line in lines)
    choice = choose_model(config.read(), model, "translate" if translates else "transcribe")
    whisper = models.load(choice)
    self_test.run(whisper)  # also warms the model up before the first clip
    player: ClipPlayer = LivePlayer(choice) if realtime else SimulatedPlayer(whisper, offsets)
    traced: list[TracedClip] | None = None if trace is None else []
    report = measure_clips(lines, whisper, player=player, on_clip=on_clip, traced=traced)
    files.write(report.as_json(), report)
    if trace is not None:
        write_trace(trace, traced or [])
    return report


def _join_words(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
