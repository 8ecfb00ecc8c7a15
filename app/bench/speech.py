"""Runs `surtitle bench speech`: speech detection alone, as rooms and files use it, without a model of words."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from app.audio.chunk import SAMPLE_RATE, Samples
from app.audio.speech_stream import SpeechStream
from app.audio.speech_thresholds import THRESHOLDS, SpeechThresholds
from app.audio.speech_timeline import SpeechTimeline
from app.bench import manifest
from app.bench.json_lines import Span
from app.bench.manifest import ManifestLine
from app.bench.paced_source import split_chunks
from app.bench.report_files import ReportFiles
from app.bench.speech_report import SpeechClip, SpeechReport
from app.bench.trace import join_spans
from app.captions.timing import WINDOW_TIMES
from app.errors import SettingsError
from app.media import media_source

CHUNK_S = 0.04
"""Length of a chunk, as sound cards deliver them."""

WORD_GAP_S = 0.3
"""Words that are closer together are one stretch of speech, if a manifest line has words only."""

JOINED_S = 0.25
"""A shorter pause in what was detected counts as speech: people who mark speech do not cut out such pauses."""

PAUSE_S = 1.3
"""Only a pause of at least this length must be found; in a shorter one a late end and none are alike."""


def run(
    path: Path,
    json_path: Path | None = None,
    on_clip: Callable[[SpeechClip], object] | None = None,
    thresholds: SpeechThresholds = THRESHOLDS,
) -> SpeechReport:
    """Detect the speech of a manifest's clips, write the report, and return it; `on_clip` is called after each clip.

    Raises:
        SettingsError: The manifest, a recording or the path to write to is invalid.
        ModelError: There is no speech model.
    """
    files = ReportFiles("speech", json_path)
    clips: list[SpeechClip] = []
    for line in manifest.read(path):
        clips.append(measure(line.audio.name, media_source.load(line.audio), find_truth(line), thresholds))
        if on_clip is not None:
            on_clip(clips[-1])
    report = SpeechReport(tuple(clips))
    files.write(report.as_json())
    return report


def find_truth(line: ManifestLine) -> tuple[Span, ...]:
    """Return where somebody speaks: as the line says, else where its words are.

    Raises:
        SettingsError: The line has a text, but neither speech nor words.
    """
    if line.speech is not None:
        return join_spans(line.speech, 0.0)
    if line.words:
        return join_spans(((word.start_s, word.end_s) for word in line.words), WORD_GAP_S)
    if not line.reference.strip():
        return ()
    raise SettingsError(
        f"The clip {line.audio.name} has a text, but neither speech nor words: nobody knows where somebody speaks. "
        "Add one of them to its line, or empty its reference if nobody does."
    )


def measure(
    name: str, samples: Samples, truth: Sequence[Span], thresholds: SpeechThresholds = THRESHOLDS
) -> SpeechClip:
    """Play a clip through the detection of one room, and compare what it finds with the truth."""
    stream, timeline = SpeechStream(thresholds), SpeechTimeline()
    silent_spans: list[Span] = []
    """From the moment at which silence is known to the moment at which the next speech is."""
    is_talking, silent_s = False, 0.0
    duration_s = len(samples) / SAMPLE_RATE
    cost_s = 0.0
    for chunk in split_chunks(samples, CHUNK_S):
        started = time.process_time()
        timeline.add(stream.feed(chunk))
        cost_s += time.process_time() - started
        if timeline.is_speech and not is_talking:
            silent_spans.append((silent_s, chunk.end_s))
            is_talking = True
        elif is_talking and timeline.silence_s >= WINDOW_TIMES.paused_s:
            is_talking, silent_s = False, chunk.end_s
    silent_spans.append((duration_s if is_talking else silent_s, duration_s))
    found = join_spans(timeline.spans(0.0, duration_s), JOINED_S)
    overlap_s = _overlap_s(found, truth)
    return SpeechClip(
        name=name,
        duration_s=duration_s,
        speech_s=sum(end_s - start_s for start_s, end_s in truth),
        found_s=overlap_s,
        false_s=sum(end_s - start_s for start_s, end_s in found) - overlap_s,
        end_delays_s=tuple(_end_delays(truth, found, silent_spans, duration_s)),
        cost_s=cost_s,
    )


def _overlap_s(found: Sequence[Span], truth: Sequence[Span]) -> float:
    return sum(max(0.0, min(b, d) - max(a, c)) for a, b in found for c, d in truth)


def _end_delays(
    truth: Sequence[Span], found: Sequence[Span], silent_spans: Sequence[Span], duration_s: float
) -> list[float]:
    """Return for each stretch before a pause how long after it the detection knew that it was over."""
    delays: list[float] = []
    followers = [*truth[1:], (duration_s, duration_s)]
    for span, (next_s, _) in zip(truth, followers, strict=False):
        if next_s - span[1] < PAUSE_S or not _overlap_s(found, [span]):
            continue
        known = [max(0.0, start_s - span[1]) for start_s, end_s in silent_spans if end_s > span[1]]
        delays.append(known[0] if known else duration_s - span[1])
    return delays
