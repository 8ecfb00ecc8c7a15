"""The speech of a trace in place of a detector."""

from collections.abc import Sequence

from app.audio.chunk import SAMPLE_RATE, Samples
from app.audio.vad import Vad
from app.bench.json_lines import Span


class TraceSpeech(Vad):
    """Hears speech in given spans, whatever the samples are."""

    def __init__(self, spans: Sequence[Span]) -> None:
        """Hear speech in `spans`, which are in order and do not overlap."""
        super().__init__()
        self._spans = spans
        self._n_samples = 0

    @property
    def end_s(self) -> float:
        """How much sound has arrived."""
        return self._n_samples / SAMPLE_RATE

    @property
    def is_speech(self) -> bool:
        """Whether somebody speaks now."""
        return self.voiced_s(self.end_s - 0.2, self.end_s) >= 0.1

    @property
    def silence_s(self) -> float:
        """Seconds since the last speech."""
        last = [min(end_s, self.end_s) for start_s, end_s in self._spans if start_s < self.end_s]
        return self.end_s - max(last, default=0.0)

    def feed(self, samples: Samples) -> None:
        """Count sound."""
        self._n_samples += len(samples)

    def skip(self, n_samples: int) -> None:
        """Count a gap."""
        self._n_samples += n_samples

    def forget(self, before_s: float) -> None:
        """Keep everything."""
        return

    def voiced_s(self, start_s: float, end_s: float) -> float:
        """Return the seconds of speech between two moments."""
        last_s = min(end_s, self.end_s)
        return sum(max(0.0, min(last_s, b_s) - max(start_s, a_s)) for a_s, b_s in self._spans)

    def quietest_s(self, start_s: float, end_s: float) -> float:
        """Return the middle of the longest pause between two moments."""
        inner = [
            (max(start_s, b_s), min(end_s, a_s))
            for (_, b_s), (a_s, _) in zip(self._spans, self._spans[1:], strict=False)
        ]
        first = [(start_s, min(end_s, self._spans[0][0]))] if self._spans else [(start_s, end_s)]
        last = [(max(start_s, self._spans[-1][1]), end_s)] if self._spans else []
        gap_s, middle_s = max((b - a, (a + b) / 2) for a, b in [*first, *inner, *last])
        return middle_s if gap_s > 0 else (start_s + end_s) / 2
