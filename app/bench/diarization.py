"""The diarization error rate: speech that was missed, invented, or given to the wrong person; pure.

Hypothesis labels are mapped to people one to one, so that as much time as possible is right. Time within the collar
around the beginnings and ends of the reference is not scored. Source: NIST RT-09, md-eval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

FRAME_S = 0.01


@dataclass(frozen=True, slots=True)
class SpeakerSpan:
    """Somebody speaks."""

    speaker: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class DiarizationError:
    """Seconds of each kind of error, and of speech."""

    speech_s: float = 0.0
    missed_s: float = 0.0
    false_s: float = 0.0
    confused_s: float = 0.0

    @property
    def rate(self) -> float:
        """All errors by the seconds of speech; 0 without speech."""
        wrong_s = self.missed_s + self.false_s + self.confused_s
        return wrong_s / self.speech_s if self.speech_s else 0.0

    def __add__(self, other: "DiarizationError") -> "DiarizationError":
        """Return the errors of two recordings together; each has a mapping of its own."""
        return DiarizationError(
            self.speech_s + other.speech_s,
            self.missed_s + other.missed_s,
            self.false_s + other.false_s,
            self.confused_s + other.confused_s,
        )


def score_turns(
    reference: Sequence[SpeakerSpan], hypothesis: Sequence[SpeakerSpan], collar_s: float = 0.0
) -> DiarizationError:
    """Compare who spoke with who was said to have spoken; both may overlap."""
    end_s = max([span.end_s for span in (*reference, *hypothesis)], default=0.0)
    n_frames = round(end_s / FRAME_S) + 1
    spoken, _ = _rows(reference, n_frames)
    found, _ = _rows(hypothesis, n_frames)
    scored = np.ones(n_frames, bool)
    for edge_s in (edge for span in reference for edge in (span.start_s, span.end_s)) if collar_s else ():
        scored[max(0, round((edge_s - collar_s) / FRAME_S)) : round((edge_s + collar_s) / FRAME_S)] = False
    spoken, found = spoken & scored, found & scored
    n_spoken, n_found = spoken.sum(axis=0), found.sum(axis=0)
    common = spoken.astype(np.int64) @ found.T.astype(np.int64)
    n_right = _match(common)
    both = int(np.minimum(n_spoken, n_found).sum())
    return DiarizationError(
        float(n_spoken.sum()) * FRAME_S,
        float(np.maximum(n_spoken - n_found, 0).sum()) * FRAME_S,
        float(np.maximum(n_found - n_spoken, 0).sum()) * FRAME_S,
        (both - n_right) * FRAME_S,
    )


def _rows(spans: Sequence[SpeakerSpan], n_frames: int) -> tuple["np.typing.NDArray[np.bool_]", list[str]]:
    names = sorted({span.speaker for span in spans})
    rows = np.zeros((len(names), n_frames), bool)
    for span in spans:
        rows[names.index(span.speaker), round(span.start_s / FRAME_S) : round(span.end_s / FRAME_S)] = True
    return rows, names


def _match(common: "np.typing.NDArray[np.int64]") -> int:
    """Return the most common frames of a one-to-one mapping; exact, over subsets of the smaller side."""
    if common.shape[0] > common.shape[1]:
        common = common.T
    n_few, n_many = common.shape

    @cache
    def best(column: int, used: int) -> int:
        if column == n_many:
            return 0
        most = best(column + 1, used)
        for row in range(n_few):
            if not used >> row & 1:
                most = max(most, int(common[row, column]) + best(column + 1, used | 1 << row))
        return most

    return best(0, 0)
