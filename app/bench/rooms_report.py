"""The figures of many rooms at once; `as_json` is what `surtitle bench rooms --json` writes."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from app.bench import score
from app.bench.corpus import ContinuousSpeech
from app.bench.report_table import format_figures
from app.bench.score import Errors, measure_percentiles
from app.bench.shown_event import ShownEvent
from app.bench.timeline import SpokenWordTime, Timeline, WordLag

LOST_SHARE = 0.5
"""A sentence of the reference of which fewer words than this share were written counts as lost."""

SENTENCE_WORDS = 3
"""Shorter sentences are too short to distinguish a lost phrase from a misheard word."""


@dataclass(slots=True)
class RoomPlayed:
    """What was shown and measured in one room of a run."""

    speech: ContinuousSpeech
    history: list[ShownEvent] = field(default_factory=list)
    """All events in the order in which its viewer had them."""
    waits_s: list[float] = field(default_factory=list)
    """For every decode, the delay from decode due to result in seconds."""
    is_rejected: bool = False


@dataclass(frozen=True, slots=True)
class RoomsReport:
    """What was measured on one run."""

    rooms: int
    seconds: float
    played: tuple[RoomPlayed, ...]
    batch_rows: tuple[int, ...]
    """Windows in each batch."""
    behind_s: tuple[tuple[float, float], ...]
    """(seconds since the start, seconds behind, mean over rooms)."""
    cadence_s: tuple[float, ...]
    memory_bytes: int
    """Resident memory of this process and its worker at the end."""
    cpu_s: float
    """Processor time of both over the run."""
    n_kills: int = 0
    """How often the worker was killed."""

    @property
    def accepted(self) -> list[RoomPlayed]:
        """The rooms that the engine accepted."""
        return [room for room in self.played if not room.is_rejected]

    @property
    def p95_s(self) -> float:
        """The 95th percentile of the delay from decode due to result over all rooms; infinite without decodes."""
        waits = [wait_s for room in self.accepted for wait_s in room.waits_s]
        return float(np.percentile(waits, 95)) if waits else float("inf")

    @property
    def mean_cadence_s(self) -> float:
        """New sound between two decodes of a running utterance, over the run."""
        return float(np.mean(self.cadence_s)) if self.cadence_s else 0.0

    @property
    def n_rejected(self) -> int:
        """Number of rooms that the engine rejected."""
        return sum(room.is_rejected for room in self.played)

    @property
    def growth_s_per_min(self) -> float:
        """How much further the mean room falls behind every minute: the slope of a line through all samples."""
        if len(self.behind_s) < 2:
            return 0.0
        at_s, behind_s = np.array(self.behind_s).T
        return float(np.polyfit(at_s, behind_s, 1)[0] * 60)

    @property
    def fairness(self) -> float | None:
        """The slowest room's 95th percentile over the median room's."""
        slowest = [float(np.percentile(room.waits_s, 95)) for room in self.accepted if room.waits_s]
        return max(slowest) / float(np.median(slowest)) if slowest else None

    def as_json(self) -> dict[str, object]:
        """Return all figures.

        ready_to_result_s: from the moment a decode is due to its result in the room, over all decodes of all rooms.
        first_shown_s, commit_lag_s: over all words that match the reference; see `WordLag`.
        fairness: the 95th percentile of the delay from decode due to result, the slowest room's divided by the median
            room's.
        lost, doubled: sentences of the reference that were not written, phrases that were final twice.
        cpu_s_per_room_s: processor time of service and worker for one second of one room.
        """
        lags = [lag for room in self.accepted for lag in _measure_lags(room)]
        waits = [wait_s for room in self.accepted for wait_s in room.waits_s]
        errors = score.add_errors(_count_errors(room) for room in self.accepted)
        room_s = len(self.accepted) * self.seconds
        return {
            "rooms": self.rooms,
            "seconds": self.seconds,
            "ready_to_result_s": measure_percentiles(waits).as_json(),
            "first_shown_s": measure_percentiles([lag.first_shown_s for lag in lags]).as_json(),
            "commit_lag_s": measure_percentiles([lag.commit_s for lag in lags]).as_json(),
            "batch_size": {
                "mean": round(float(np.mean(self.batch_rows)), 2) if self.batch_rows else None,
                "max": max(self.batch_rows, default=None),
            },
            "cadence_s": round(self.mean_cadence_s, 2),
            "backlog_growth_s_per_min": round(self.growth_s_per_min, 3),
            "memory_mib": round(self.memory_bytes / 2**20, 1),
            "rejected": self.n_rejected,
            "fairness": None if self.fairness is None else round(self.fairness, 2),
            "wer": None if errors.rate is None else round(errors.rate, 4),
            "kills": self.n_kills,
            "lost": sum(count_lost(room) for room in self.accepted),
            "doubled": sum(count_doubled(room) for room in self.accepted),
            "cpu_s_per_room_s": round(self.cpu_s / room_s, 4) if room_s else None,
        }

    def table(self) -> str:
        """Return the figures as text for a terminal."""
        return format_figures(self.as_json())


def count_lost(room: RoomPlayed) -> int:
    """Count sentences of the reference that are missing from what was written."""
    written = Timeline(room.history, "original").words
    reference = _split_reference(room.speech)
    found = score.match_words([word for word, _ in reference], written)
    n_missing = 0
    sentence: list[int] = []
    for place, (_, is_last) in enumerate(reference):
        sentence.append(place)
        if is_last:
            n_found = sum(own in found for own in sentence)
            n_missing += len(sentence) >= SENTENCE_WORDS and n_found < LOST_SHARE * len(sentence)
            sentence = []
    return n_missing


def count_doubled(room: RoomPlayed) -> int:
    """Count phrases that were final twice, or whose sound lies within a phrase that was final before."""
    finals = [shown.event for shown in room.history if shown.event.is_logged and shown.event.track == "original"]
    names = [event.phrase for event in finals]
    n_twice = len(names) - len(set(names))
    spans = sorted((event.start_s, event.end_s) for event in finals if event.committed)
    pairs = pairwise(spans)
    return n_twice + sum(later[0] < earlier[0] + (earlier[1] - earlier[0]) / 2 for earlier, later in pairs)


def _split_reference(speech: ContinuousSpeech) -> list[tuple[str, bool]]:
    """Return the normalized words of a speech, each with whether its sentence ends there."""
    return [
        (word, word is parts[-1] and timed.text.endswith((".", "?", "!")))
        for timed in speech.words
        if (parts := score.split_words(timed.text))
        for word in parts
    ]


def _measure_lags(room: RoomPlayed) -> list[WordLag]:
    spoken = [
        SpokenWordTime(word, timed.end_s) for timed in room.speech.words for word in score.split_words(timed.text)
    ]
    return Timeline(room.history, "original").word_lags(spoken) if spoken else []


def _count_errors(room: RoomPlayed) -> Errors:
    reference = " ".join(word.text for word in room.speech.words)
    return score.count_word_errors(reference, Timeline(room.history, "original").text)
