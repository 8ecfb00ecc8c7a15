"""The figures of replayed clips; `as_json` is what `surtitle bench replay --json` writes."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.bench.report_table import format_figures
from app.bench.score import Errors, add_errors, measure_percentiles
from app.bench.timeline import WordLag


@dataclass(frozen=True, slots=True)
class ReplayedPhrase:
    """A final phrase of the reference's track."""

    text: str
    start_s: float
    """Where it begins, in seconds since the start of the clip."""
    end_s: float
    """Where its last word ends."""
    final_s: float
    """When it was final."""

    def as_json(self) -> dict[str, object]:
        """Return text and moments."""
        return {
            "text": self.text,
            "start_s": round(self.start_s, 3),
            "end_s": round(self.end_s, 3),
            "final_s": round(self.final_s, 3),
        }


@dataclass(frozen=True, slots=True)
class ReplayedClip:
    """What today's policy wrote from a clip's decodes."""

    name: str
    phrases: tuple[ReplayedPhrase, ...]
    has_reference: bool
    n_words: int
    """Words of the reference."""
    words_lost: int
    """Words of the reference that the final text lacks; see `word_losses`."""
    words_doubled: int
    """Words that the final text has twice; see `word_losses`."""
    words_invented: int
    """Other words of the final text for which nothing was said."""
    vanished_words: int
    """Words that were shown and neither kept nor replaced; see `vanished`."""
    final_revisions: int
    """Solid words that changed or vanished; see `Timeline.final_revisions`."""
    words: tuple[WordLag, ...]
    """Lags of the words that match a timed word of the reference."""
    word_errors: Errors
    n_decodes: int
    n_recorded: int
    """How many of them were answered by a decode of exactly their window."""

    def as_json(self) -> dict[str, object]:
        """Return the clip's name, its phrases and figures."""
        return {"name": self.name, "phrases": [phrase.as_json() for phrase in self.phrases], **compute_figures([self])}


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """The replay of a trace."""

    clips: tuple[ReplayedClip, ...]

    def as_json(self) -> dict[str, object]:
        """Return the phrases and figures of all clips together, and those of each clip."""
        phrases = [{"clip": clip.name, **phrase.as_json()} for clip in self.clips for phrase in clip.phrases]
        return {
            "phrases": phrases,
            **compute_figures(self.clips),
            "clips": [clip.as_json() for clip in self.clips],
        }

    def table(self) -> str:
        """Return the figures of all clips as text for a terminal."""
        return format_figures(compute_figures(self.clips))


def compute_figures(clips: Sequence[ReplayedClip]) -> dict[str, object]:
    """Return the figures of several clips together.

    Counts of words that need a reference are None if no clip has one.
    """
    known = [clip for clip in clips if clip.has_reference]
    wer = add_errors(clip.word_errors for clip in known).rate
    return {
        "n_words": sum(clip.n_words for clip in known),
        "words_lost": sum(clip.words_lost for clip in known) if known else None,
        "words_doubled": sum(clip.words_doubled for clip in known) if known else None,
        "words_invented": sum(clip.words_invented for clip in known) if known else None,
        "vanished_words": sum(clip.vanished_words for clip in clips),
        "final_revisions": sum(clip.final_revisions for clip in clips),
        "commit_lag_s": measure_percentiles([word.commit_s for clip in clips for word in clip.words]).as_json(),
        "wer": None if wer is None else round(wer, 4),
        "n_decodes": sum(clip.n_decodes for clip in clips),
        "n_recorded": sum(clip.n_recorded for clip in clips),
    }
