"""Runs `surtitle bench terms`: what a glossary gains and costs on recorded clips, live, with and without it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import threadpoolctl

from app import config
from app.audio.chunk import SAMPLE_RATE, Samples
from app.bench import manifest, score, stream_play
from app.bench.manifest import ManifestLine
from app.bench.report_files import ReportFiles
from app.bench.report_table import format_figures
from app.bench.score import Errors, add_errors
from app.bench.stream import make_settings
from app.bench.timeline import Timeline
from app.captions.session import Session
from app.decode import glossary as glossary_file
from app.decode import models, self_test
from app.decode.glossary import Glossary
from app.decode.hypothesis import Word
from app.decode.worker import BatchDecoder
from app.media import media_source
from app.service.engines import choose_model

Found = Counter[str]


@dataclass(frozen=True, slots=True)
class TermCaptions:
    """The captions of one clip, compared with what was said."""

    found: Found
    """How often each term is in them."""
    errors: Errors


@dataclass(frozen=True, slots=True)
class TermClip:
    """One clip, played without and with the glossary."""

    name: str
    duration_s: float
    spoken: Found
    """How often each term is in the reference."""
    without: TermCaptions
    with_glossary: TermCaptions


@dataclass(frozen=True, slots=True)
class TermFigures:
    """The figures of all clips in one of the two plays."""

    recall: float | None
    """Share of the spoken terms that the captions have, 0..1; None if none was spoken."""
    false_per_min: float
    """Terms in the captions that nobody said, per minute."""
    wer: float | None


@dataclass(frozen=True, slots=True)
class TermReport:
    """All clips together."""

    n_terms: int
    clips: tuple[TermClip, ...]

    def as_json(self) -> dict[str, object]:
        """Return the figures; recall and errors are shares of 1, the recall gained is in points of 100."""
        without = self._figures([clip.without for clip in self.clips])
        using = self._figures([clip.with_glossary for clip in self.clips])
        gained = None if without.recall is None or using.recall is None else 100 * (using.recall - without.recall)
        return {
            "minutes": _rounded(self._minutes),
            "terms": self.n_terms,
            "terms_spoken": sum(clip.spoken.total() for clip in self.clips),
            "recall": {"without": _rounded(without.recall), "with": _rounded(using.recall)},
            "recall_gained": _rounded(gained),
            "false_per_min": {"without": _rounded(without.false_per_min), "with": _rounded(using.false_per_min)},
            "wer": {"without": _rounded(without.wer), "with": _rounded(using.wer)},
        }

    def table(self) -> str:
        """Return the figures as text."""
        return format_figures(self.as_json())

    @property
    def _minutes(self) -> float:
        return sum(clip.duration_s for clip in self.clips) / 60

    def _figures(self, captions: Sequence[TermCaptions]) -> TermFigures:
        spoken = [clip.spoken for clip in self.clips]
        n_spoken = sum(terms.total() for terms in spoken)
        n_right = sum((terms & own.found).total() for terms, own in zip(spoken, captions, strict=True))
        n_false = sum((own.found - terms).total() for terms, own in zip(spoken, captions, strict=True))
        return TermFigures(
            recall=n_right / n_spoken if n_spoken else None,
            false_per_min=n_false / self._minutes,
            wer=add_errors(own.errors for own in captions).rate,
        )


def run(
    path: Path,
    glossary: Path,
    model: str,
    json_path: Path | None = None,
    on_clip: Callable[[TermClip], object] | None = None,
) -> TermReport:
    """Play the clips of a manifest twice on the simulated clock, write the report, and return it.

    Raises:
        SettingsError: The manifest, a clip, the glossary, the model or the path to write to is invalid.
        DecodeError: The model failed.
    """
    files = ReportFiles("terms", json_path)
    lines, terms = manifest.read(path), glossary_file.read(glossary)
    threadpoolctl.threadpool_limits(1, "blas")  # as in the worker
    whisper = models.load(choose_model(config.read(), model, "transcribe"))
    self_test.run(whisper)  # also warms the model up before the first clip
    report = measure_terms(lines, whisper, terms, on_clip)
    files.write(report.as_json())
    return report


def measure_terms(
    lines: Sequence[ManifestLine],
    decoder: BatchDecoder,
    glossary: Glossary,
    on_clip: Callable[[TermClip], object] | None = None,
) -> TermReport:
    """Play clips without and with a glossary and count its terms; `on_clip` is called after each clip.

    Raises:
        MediaError: A clip cannot be read as sound.
        DecodeError: The model failed.
    """
    clips: list[TermClip] = []
    for line in lines:
        samples = media_source.load(line.audio)
        without, using = (_play(line, samples, decoder, glossary, own) for own in (Glossary(), glossary))
        duration_s = len(samples) / SAMPLE_RATE
        clips.append(TermClip(line.audio.name, duration_s, count_terms(line.reference, glossary), without, using))
        if on_clip is not None:
            on_clip(clips[-1])
    return TermReport(len(glossary.spellings), tuple(clips))


def count_terms(text: str, glossary: Glossary) -> Found:
    """Return how often each term is in a text, without regard to case and accents."""
    return Counter(glossary.mentioned([Word(part, 0.0, 0.0, 1.0) for part in text.split()]))


def _play(line: ManifestLine, samples: Samples, decoder: BatchDecoder, terms: Glossary, used: Glossary) -> TermCaptions:
    """Play a clip with the glossary `used` and count `terms` in its captions."""
    settings = replace(make_settings(line), glossary=used)
    session = Session(room="bench", source=line.audio.name, number=1, settings=settings)
    text = Timeline(stream_play.simulate(samples, session, decoder).history, line.track).text
    return TermCaptions(count_terms(text, terms), score.count_word_errors(line.reference, text))


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)
