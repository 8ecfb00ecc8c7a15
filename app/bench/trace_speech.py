"""The speech of a trace in place of a detector."""

from collections.abc import Sequence

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.silero import STEP, STEP_S
from app.audio.speech_stream import SpeechChunk
from app.audio.speech_thresholds import THRESHOLDS
from app.bench.json_lines import Span


class TraceSpeech:
    """Hears speech in given spans, whatever the samples are."""

    def __init__(self, spans: Sequence[Span]) -> None:
        """Hear speech in `spans`, which are in order and do not overlap.

        A session adds a margin to what is heard, so it is left out here: the session's speech is then that of `spans`.
        """
        self._spans = [_leave_margin(span) for span in spans]
        self._n_steps = 0
        self._n_passed = 0
        """Spans that have ended."""

    def feed(self, chunk: Chunk) -> SpeechChunk:
        """Return the next chunk with the speech of the steps that it completes."""
        first, self._n_steps = self._n_steps, round(chunk.end_s * SAMPLE_RATE) // STEP
        return SpeechChunk(chunk, tuple(self._probability(step) for step in range(first, self._n_steps)))

    def _probability(self, step: int) -> float:
        """Return 1 where the middle of a step is in a span; steps come in order."""
        middle_s = (step + 0.5) * STEP_S
        while self._n_passed < len(self._spans) and self._spans[self._n_passed][1] <= middle_s:
            self._n_passed += 1
        return float(self._n_passed < len(self._spans) and self._spans[self._n_passed][0] <= middle_s)


def _leave_margin(span: Span) -> Span:
    start_s, end_s = (round(at_s / STEP_S) * STEP_S for at_s in span)
    margin_s = max(0.0, min(THRESHOLDS.margin_s, (end_s - start_s - THRESHOLDS.least_s) / 2))
    return start_s + margin_s, end_s - margin_s
