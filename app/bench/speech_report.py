"""The figures of speech detection; `as_json` is what `surtitle bench speech --json` writes."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.bench.report_table import format_figure
from app.bench.score import measure_percentiles


@dataclass(frozen=True, slots=True)
class SpeechClip:
    """What was detected in one clip."""

    name: str
    duration_s: float
    speech_s: float
    """Speech in the truth."""
    found_s: float
    """How much of it was detected."""
    false_s: float
    """Seconds in which speech was detected and nobody spoke."""
    end_delays_s: tuple[float, ...]
    """For each stretch of speech before a pause: from its end to the moment at which the detection knew of the end."""
    cost_s: float
    """Processor time of the detection."""


@dataclass(frozen=True, slots=True)
class SpeechReport:
    """What was detected in a set of clips."""

    clips: tuple[SpeechClip, ...]

    def as_json(self) -> dict[str, object]:
        """Return the figures of all clips together and of each."""
        return {
            **compute_speech_figures(self.clips),
            "clips": [
                {"audio": clip.name, "duration_s": round(clip.duration_s, 3), **compute_speech_figures([clip])}
                for clip in self.clips
            ],
        }

    def table(self) -> str:
        """Return a line for each clip and one for all."""
        width = max([len(clip.name) for clip in self.clips] + [4]) + 2
        names = compute_speech_figures(self.clips)
        rows = [" " * width + "".join(f"{name:>16}" for name in names)]
        for name, clips in [*((clip.name, (clip,)) for clip in self.clips), ("all", self.clips)]:
            figures = compute_speech_figures(clips).values()
            rows.append(f"{name:{width}}" + "".join(f"{format_figure(figure, '.3f'):>16}" for figure in figures))
        return "\n".join(rows)


def compute_speech_figures(clips: Sequence[SpeechClip]) -> dict[str, object]:
    """Return the figures of several clips together; None if nothing was measured.

    speech_s: seconds of speech in the truth.
    recall: the share of it that was detected.
    false_s: seconds in which speech was detected and nobody spoke.
    end_delay_s: spread of the seconds from the end of speech to the moment at which the detection knew of it.
    cost_ratio: processor time of the detection over the length of the sound.
    """
    speech_s = sum(clip.speech_s for clip in clips)
    duration_s = sum(clip.duration_s for clip in clips)
    return {
        "speech_s": round(speech_s, 3),
        "recall": round(sum(clip.found_s for clip in clips) / speech_s, 4) if speech_s else None,
        "false_s": round(sum(clip.false_s for clip in clips), 3),
        "end_delay_s": measure_percentiles([delay_s for clip in clips for delay_s in clip.end_delays_s]).as_json(),
        "cost_ratio": round(sum(clip.cost_s for clip in clips) / duration_s, 5) if duration_s else None,
    }
