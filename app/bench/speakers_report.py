"""How well people in one microphone are distinguished; `as_json` is what `surtitle bench speakers --json` writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from app.bench.diarization import DiarizationError


@dataclass(frozen=True, slots=True)
class ScoredTalk:
    """The names in the captions of one recording."""

    name: str
    n_people: int
    n_found: int
    """How many people got a number."""
    n_phrases: int
    n_unnamed: int
    """Phrases without a name."""
    errors: Mapping[float, DiarizationError]
    """By the collar, in seconds."""


@dataclass(frozen=True, slots=True)
class SpeakersReport:
    """The names in the captions of a set of recordings."""

    COLLARS_S: ClassVar[tuple[float, ...]] = (0.0, 0.25)
    """Time around each beginning and end of speech that is not scored: none, and the usual quarter of a second."""

    model: str
    similarity: float
    talks: tuple[ScoredTalk, ...]

    def as_json(self) -> dict[str, object]:
        """Return the figures for each number of people, for all recordings together, and of each."""
        return {
            "speaker_model": self.model,
            "similarity": self.similarity,
            "by_people": {str(n): compute_names_figures(talks) for n, talks in self._by_people().items()},
            "all": compute_names_figures(self.talks),
            "clips": [
                {"audio": talk.name, "people": talk.n_people, **compute_names_figures([talk])} for talk in self.talks
            ],
        }

    def table(self) -> str:
        """Return a line for each number of people and one for all, in percent of the speech."""
        rows = [f"{'people':>8}{'talks':>8}{'collar':>8}{'error':>9}{'missed':>9}{'false':>9}{'wrong':>9}"]
        for name, talks in [*((str(n), talks) for n, talks in self._by_people().items()), ("all", self.talks)]:
            for collar_s in self.COLLARS_S:
                error = sum((talk.errors[collar_s] for talk in talks), DiarizationError())
                parts = (error.missed_s, error.false_s, error.confused_s)
                shares = [error.rate, *(part / max(error.speech_s, 1e-9) for part in parts)]
                cells = "".join(f"{100 * share:>7.1f} %" for share in shares)
                rows.append(f"{name:>8}{len(talks):>8}{collar_s:>8.2f}{cells}")
        return "\n".join(rows)

    def _by_people(self) -> dict[int, list[ScoredTalk]]:
        numbers = sorted({talk.n_people for talk in self.talks})
        return {number: [talk for talk in self.talks if talk.n_people == number] for number in numbers}


def compute_names_figures(talks: Sequence[ScoredTalk]) -> dict[str, object]:
    """Return the figures of several recordings together.

    error_rate: the diarization error rate by collar; missed, false and wrong seconds are shares of the speech.
    found: people who got a number, less those who spoke; 0 is right.
    """
    figures: dict[str, object] = {}
    for collar_s in SpeakersReport.COLLARS_S:
        error = sum((talk.errors[collar_s] for talk in talks), DiarizationError())
        figures[f"collar_{collar_s:g}"] = {
            "error_rate": round(error.rate, 4),
            "speech_s": round(error.speech_s, 2),
            "missed_s": round(error.missed_s, 2),
            "false_s": round(error.false_s, 2),
            "wrong_s": round(error.confused_s, 2),
        }
    figures["found"] = sum(talk.n_found - talk.n_people for talk in talks)
    figures["phrases"] = sum(talk.n_phrases for talk in talks)
    figures["unnamed"] = sum(talk.n_unnamed for talk in talks)
    return figures
