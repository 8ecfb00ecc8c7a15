"""The figures of one clip and of many; `as_json` is what `surtitle bench stream --json` writes.

A clip may be played several times, at different moments of decoding. Figures are those of all plays together, so counts
grow with the number of plays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.bench.manifest import ManifestLine
from app.bench.report_table import format_figure
from app.bench.score import Errors, add_errors, measure_percentiles
from app.bench.timeline import WordLag


@dataclass(frozen=True, slots=True)
class ClipReport:
    """What was measured in one play of a clip, on the track its reference belongs to."""

    line: ManifestLine
    duration_s: float
    """Length of the sound."""
    text: str
    """Solid text at the end."""
    word_errors: Errors
    letter_errors: Errors
    offline_errors: Errors | None
    """Word errors of faster-whisper's batched pipeline on the whole clip (beam 5, no timestamps), same model."""
    words: tuple[WordLag, ...]
    """Lags of the words that match a timed word of the reference."""
    phrase_closed_s: tuple[float, ...]
    """For each phrase, from the end of its last matched word to its final event."""
    n_untimed: int
    """Words of the reference without a time, left out of the lags."""
    n_final_words: int
    n_erased: int
    """Words that were shown and then changed or vanished; see `Timeline.n_erased`."""
    final_revisions: int
    """Solid words that changed or vanished; see `Timeline.final_revisions`."""
    n_inserted: int
    """Solid words that the reference does not have; on a clip without speech, all of them."""
    decode_s: tuple[float, ...] | None
    """Time of each decode; None if they were not timed."""
    first_minute_s: float | None
    """Time spent on decodes in the first minute; None for clips without two full minutes."""
    last_minute_s: float | None
    """The same in the last full minute."""
    memory_bytes: tuple[int, ...]
    """Resident memory of this process at the end of each full minute, where the system reports it."""
    english_errors: Errors | None = None
    """Word errors after Whisper's English normalizer; None if the reference is not English."""
    play: int = 0
    """Number of the play, from 0."""
    phase_s: float | None = None
    """Phase of the play's ticks; see `TickTiming.phase_s`. None if it is unknown."""

    @property
    def memory_ratio(self) -> float | None:
        """Resident memory after the last full minute over that after the first."""
        return self.memory_bytes[-1] / self.memory_bytes[0] if len(self.memory_bytes) > 1 else None


@dataclass(frozen=True, slots=True)
class StreamReport:
    """What was measured on a set of clips."""

    clips: tuple[ClipReport, ...]
    """All plays of the first clip, then those of the next."""

    @property
    def tasks(self) -> list[str]:
        """The tasks of the clips."""
        return sorted({clip.line.task for clip in self.clips})

    def as_json(self) -> dict[str, object]:
        """Return all figures, together, by task and by clip.

        Lags at the top are those of transcribe lines, or of all lines where none transcribes. `spread` has the smallest
        and the largest figure of a play of all clips.
        """
        by_task = {
            task: compute_figures([clip for clip in self.clips if clip.line.task == task]) for task in self.tasks
        }
        lags = ("first_shown_s", "commit_lag_s", "phrase_closed_s")
        heard = by_task.get("transcribe", compute_figures(self.clips))
        return {
            **compute_figures(self.clips),
            **{name: heard[name] for name in lags},
            "by_task": by_task,
            "plays": max((clip.play + 1 for clip in self.clips), default=0),
            "spread": self._measure_spread(),
            "clips": [_make_clip(plays) for plays in self._group_plays()],
        }

    def table(self) -> str:
        """Return the figures by task as text for a terminal; `-` if nothing was measured."""
        columns = {
            task: compute_figures([clip for clip in self.clips if clip.line.task == task]) for task in self.tasks
        }
        rows = [f"{'':22}" + "".join(f"{task:>16}" for task in columns)]
        for name in compute_figures(self.clips):
            rows.append(
                f"{name:22}" + "".join(f"{format_figure(figure[name], '.3f'):>16}" for figure in columns.values())
            )
        return "\n".join(rows)

    def _group_plays(self) -> list[list[ClipReport]]:
        """Return the plays of each clip."""
        grouped: list[list[ClipReport]] = []
        for clip in self.clips:
            if clip.play == 0:
                grouped.append([])
            grouped[-1].append(clip)
        return grouped

    def _measure_spread(self) -> dict[str, object]:
        """Return how much the figures depend on the moments of decoding."""
        task = "transcribe" if "transcribe" in self.tasks else "translate"
        plays: dict[int, list[ClipReport]] = {}
        for clip in self.clips:
            plays.setdefault(clip.play, []).append(clip)
        own = [[clip for clip in clips if clip.line.task == task] for clips in plays.values()]
        lags = [measure_percentiles([word.commit_s for clip in clips for word in clip.words]) for clips in own]
        return {
            "wer": _find_range([add_errors(clip.word_errors for clip in clips).rate for clips in plays.values()]),
            "commit_lag_s": {
                "p50": _find_range([lag.p50 for lag in lags]),
                "p95": _find_range([lag.p95 for lag in lags]),
            },
        }


def compute_figures(clips: Sequence[ClipReport]) -> dict[str, object]:
    """Return the figures of several clips together; None if nothing was measured.

    wer, cer: errors of the final text over the length of the reference, clips weighed by that length.
    wer_normalized: the same of English text after Whisper's normalizer, see `english`; other clips are left out.
    offline_wer: the same of the offline pass.
    first_shown_s, commit_lag_s, phrase_closed_s: spreads in seconds over all words or phrases; see `WordLag`.
    normalized_erasure: words that were shown and changed or vanished, over final words (Arivazhagan et al. 2020).
    final_revisions: solid words that changed or vanished.
    invented_words: solid words on clips whose reference is empty, as for noise.
    minute_cost_ratio: decode time of the last full minute over that of the first, over all clips of two or more.
    rtf: decode time over sound; None if decodes were not timed.
    """
    n_final = sum(clip.n_final_words for clip in clips)
    english = [clip.english_errors for clip in clips if clip.english_errors is not None]
    offline = [clip.offline_errors for clip in clips if clip.offline_errors is not None]
    first_minutes_s = sum(clip.first_minute_s or 0.0 for clip in clips)
    last_minutes_s = sum(clip.last_minute_s or 0.0 for clip in clips)
    decode_s = sum(sum(clip.decode_s) for clip in clips if clip.decode_s is not None)
    timed_s = sum(clip.duration_s for clip in clips if clip.decode_s is not None)
    return {
        "wer": _rounded(add_errors(clip.word_errors for clip in clips).rate),
        "wer_normalized": _rounded(add_errors(english).rate),
        "cer": _rounded(add_errors(clip.letter_errors for clip in clips).rate),
        "offline_wer": _rounded(add_errors(offline).rate),
        "first_shown_s": measure_percentiles([word.first_shown_s for clip in clips for word in clip.words]).as_json(),
        "commit_lag_s": measure_percentiles([word.commit_s for clip in clips for word in clip.words]).as_json(),
        "phrase_closed_s": measure_percentiles([lag_s for clip in clips for lag_s in clip.phrase_closed_s]).as_json(),
        "normalized_erasure": _rounded(sum(clip.n_erased for clip in clips) / n_final) if n_final else None,
        "final_revisions": sum(clip.final_revisions for clip in clips),
        "invented_words": sum(clip.n_inserted for clip in clips if clip.word_errors.n_reference == 0),
        "minute_cost_ratio": _rounded(last_minutes_s / first_minutes_s) if first_minutes_s else None,
        "rtf": _rounded(decode_s / timed_s) if timed_s else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _make_clip(plays: Sequence[ClipReport]) -> dict[str, object]:
    """Return what identifies a clip, its figures, and those of each play."""
    first = plays[0]
    decodes = [len(clip.decode_s) for clip in plays if clip.decode_s is not None]
    memory_ratios = [clip.memory_ratio for clip in plays if clip.memory_ratio is not None]
    return {
        "audio": first.line.audio.name,
        "language": first.line.language,
        "task": first.line.task,
        "duration_s": round(first.duration_s, 2),
        **compute_figures(plays),
        "n_inserted": sum(clip.n_inserted for clip in plays),
        "n_words": first.word_errors.n_reference,
        "n_matched": sum(len(clip.words) for clip in plays),
        "n_untimed": first.n_untimed,
        "n_decodes": sum(decodes) if decodes else None,
        "memory_ratio": _rounded(max(memory_ratios, default=None)),
        "text": first.text,
        "plays": [
            {
                "phase_s": _rounded(clip.phase_s),
                "wer": _rounded(clip.word_errors.rate),
                "commit_lag_s": measure_percentiles([word.commit_s for word in clip.words]).as_json(),
                "text": clip.text,
            }
            for clip in plays
        ],
    }


def _find_range(values: Iterable[float | None]) -> dict[str, float | None]:
    """Return the smallest and the largest of the values that were measured."""
    known = [value for value in values if value is not None]
    return {"min": _rounded(min(known, default=None)), "max": _rounded(max(known, default=None))}
