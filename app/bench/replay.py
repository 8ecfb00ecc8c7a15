"""Runs `surtitle bench replay`: plays a trace through today's policy, without a model and without sound.

A decode takes no time, and sound arrives in chunks of 40 ms. The session hears speech where the trace has it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from app.audio.chunk import SAMPLE_RATE
from app.bench import manifest, score, stream_play, trace_reader
from app.bench.manifest import ManifestLine
from app.bench.replay_report import ReplayedClip, ReplayedPhrase, ReplayReport
from app.bench.report_files import ReportFiles
from app.bench.timeline import Timeline
from app.bench.trace import TracedClip
from app.bench.trace_decoder import TraceDecoder
from app.bench.trace_speech import TraceSpeech
from app.bench.vanished import count_vanished
from app.bench.word_losses import WordLosses, compare_words, split_spoken
from app.captions.session import Session
from app.captions.session_settings import SessionSettings
from app.captions.timing import TickTiming


def run(
    path: Path, json_path: Path | None = None, on_clip: Callable[[ReplayedClip], object] | None = None
) -> ReplayReport:
    """Replay a trace, write the report, and return it.

    Raises:
        SettingsError: The trace or the path to write to is invalid.
        DecodeError: The policy asks for one window again and again.
    """
    files = ReportFiles("replay", json_path)
    report = replay_clips(trace_reader.read(path), on_clip)
    files.write(report.as_json())
    return report


def replay_clips(clips: Sequence[TracedClip], on_clip: Callable[[ReplayedClip], object] | None = None) -> ReplayReport:
    """Replay clips one after the other; `on_clip` is called after each.

    Raises:
        DecodeError: The policy asks for one window again and again.
    """
    replayed: list[ReplayedClip] = []
    for clip in clips:
        replayed.append(replay_clip(clip))
        if on_clip is not None:
            on_clip(replayed[-1])
    return ReplayReport(tuple(replayed))


def replay_clip(clip: TracedClip) -> ReplayedClip:
    """Replay one clip and compare the captions with what was said.

    Raises:
        DecodeError: The policy asks for one window again and again.
    """
    languages = (clip.language,) if clip.language else ()
    settings = SessionSettings(task=clip.task, language=clip.language, languages=languages)
    session = Session(room="bench", source=clip.name, number=1, settings=settings)
    session.set_tick_timing(TickTiming(phase_s=clip.phase_s))
    decoder = TraceDecoder(clip)
    samples = np.zeros(round(clip.duration_s * SAMPLE_RATE), np.float32)
    played = stream_play.simulate(samples, session, decoder, lambda: 0.0, TraceSpeech(clip.speech))

    timeline = Timeline(played.history, clip.track)
    line = ManifestLine(Path(clip.name), clip.language, clip.task, clip.reference or "", clip.words)
    reference = None if clip.reference is None else split_spoken(clip.reference)
    losses = WordLosses((), 0, 0) if reference is None else compare_words(reference, split_spoken(timeline.text))
    return ReplayedClip(
        name=clip.name,
        phrases=tuple(
            ReplayedPhrase(shown.event.committed, shown.event.start_s, shown.event.end_s, shown.at_s)
            for shown in timeline.final_events
            if shown.event.committed
        ),
        has_reference=reference is not None,
        n_words=len(reference or ()),
        words_lost=len(losses.lost),
        words_doubled=losses.n_doubled,
        words_invented=losses.n_invented,
        vanished_words=count_vanished(played.history, clip.track, reference, losses.lost),
        final_revisions=timeline.final_revisions,
        words=tuple(timeline.word_lags(manifest.time_words(line))),
        word_errors=score.count_word_errors(clip.reference or "", timeline.text),
        n_decodes=decoder.n_answered,
        n_recorded=decoder.n_recorded,
    )
