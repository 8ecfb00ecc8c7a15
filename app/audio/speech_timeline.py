"""Where there is speech in a session's sound: steps of probability become stretches of voice; no I/O."""

from collections import deque
from collections.abc import Iterator
from itertools import islice

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.silero import STEP, STEP_S
from app.audio.speech_stream import SpeechChunk
from app.audio.speech_thresholds import SpeechThresholds

FRAME = STEP // 2
"""Samples in one measurement of loudness."""

FRAME_S = FRAME / SAMPLE_RATE

PAUSE_S = 0.25
"""A shorter pause inside speech does not end it for those who watch whether somebody speaks."""


class SpeechTimeline:
    """The speech of one session; all times are seconds on the session's clock."""

    def __init__(self) -> None:
        """Start at 0 s with silence."""
        self._origin_s = 0.0
        """What the first step's time is subtracted from: parts have a clock of their own."""
        self._first = 0
        """Number of the first kept step."""
        self._probabilities: deque[float] = deque()
        self._loudness = np.zeros(0, np.float32)
        """RMS of each kept frame, two to a step."""
        self._rest = np.zeros(0, np.float32)
        """The sound of a frame that is not complete."""
        self._spans: deque[tuple[int, int]] = deque()
        """Stretches of voice: first step, and step after the last one."""
        self._voice: tuple[int, int] | None = None
        """The stretch that is running; it may still be too short to count."""

    @property
    def end_s(self) -> float:
        """End of the analysed sound."""
        return self._time_s(self._n_steps)

    @property
    def is_speech(self) -> bool:
        """Whether somebody is speaking."""
        return bool(self._spans) and self.silence_s < PAUSE_S

    @property
    def silence_s(self) -> float:
        """Seconds since the last stretch of voice; since the start if there was none."""
        return max(0, self._n_steps - (self._spans[-1][1] if self._spans else 0)) * STEP_S

    def add(self, speech: SpeechChunk) -> None:
        """Add the next sound and its probabilities."""
        self._measure(speech.chunk)
        for probability in speech.probabilities:
            self._add_step(probability, speech.limits)

    def voiced_s(self, start_s: float, end_s: float) -> float:
        """Return the seconds of voice between two moments."""
        return sum(last_s - first_s for first_s, last_s in self._newest_spans(start_s, end_s))

    def spans(self, start_s: float, end_s: float) -> list[tuple[float, float]]:
        """Return the stretches of voice between two moments, in order; the first and last may be cut there."""
        return list(self._newest_spans(start_s, end_s))[::-1]

    def quietest_s(self, start_s: float, end_s: float) -> float:
        """Return the middle of the quietest frame between two moments, of those without voice if there are any."""
        first = min(max(0, self._frame(start_s)), max(0, len(self._loudness) - 1))
        last = min(max(first + 1, self._frame(end_s)), len(self._loudness))
        if last <= first:
            return end_s
        loudness = self._loudness[first:last].copy()
        for begin_s, stop_s in self._newest_spans(start_s, end_s):
            loudness[max(0, self._frame(begin_s) - first) : max(0, self._frame(stop_s) - first)] += 10.0
        return self._time_s(self._first) + (first + int(np.argmin(loudness)) + 0.5) * FRAME_S

    def probability(self, start_s: float, end_s: float) -> float:
        """Return the mean probability of speech between two moments; 0 where nothing is known."""
        first = max(0, round((start_s + self._origin_s) / STEP_S) - self._first)
        last = max(first + 1, round((end_s + self._origin_s) / STEP_S) - self._first)
        known = list(islice(self._probabilities, first, last))
        return sum(known) / len(known) if known else 0.0

    def forget(self, before_s: float) -> None:
        """Remove what is before a moment, so that memory use stays bounded."""
        n_old = min(int((before_s + self._origin_s) / STEP_S) - self._first, len(self._probabilities))
        if n_old < 512:  # moving the frames costs more than a few seconds of memory
            return
        for _ in range(n_old):
            self._probabilities.popleft()
        self._loudness = self._loudness[2 * n_old :].copy()
        self._first += n_old
        while len(self._spans) > 1 and self._spans[0][1] <= self._first:
            self._spans.popleft()

    def part(self, start_s: float, end_s: float) -> "SpeechTimeline":
        """Return a copy of what is between two moments, whose clock begins at the first of them."""
        part = SpeechTimeline()
        part._origin_s = start_s + self._origin_s
        first = max(self._first, int(part._origin_s / STEP_S))
        last = max(first, min(self._n_steps, int((end_s + self._origin_s) / STEP_S) + 1))
        part._first = first
        part._probabilities.extend(islice(self._probabilities, first - self._first, last - self._first))
        part._loudness = self._loudness[2 * (first - self._first) : 2 * (last - self._first)].copy()
        part._spans.extend((max(a, first), min(b, last)) for a, b in self._spans if b > first and a < last)
        return part

    @property
    def _n_steps(self) -> int:
        """Number of the step after the newest one."""
        return self._first + len(self._probabilities)

    def _time_s(self, step: int) -> float:
        return step * STEP_S - self._origin_s

    def _frame(self, at_s: float) -> int:
        return round((at_s + self._origin_s) / FRAME_S) - 2 * self._first

    def _newest_spans(self, start_s: float, end_s: float) -> Iterator[tuple[float, float]]:
        """Yield the stretches of voice between two moments, the newest first, cut at these moments."""
        for first, last in reversed(self._spans):
            first_s = max(start_s, self._time_s(first))
            last_s = min(end_s, self._time_s(min(last, self._n_steps)))
            if last_s <= start_s:
                return
            if last_s > first_s:
                yield first_s, last_s

    def _add_step(self, probability: float, limits: SpeechThresholds) -> None:
        step = self._n_steps
        self._probabilities.append(probability)
        if probability < (limits.on if self._voice is None else limits.off):
            self._voice = None
            return
        first = step if self._voice is None else self._voice[0]
        self._voice = first, step + 1
        if step + 1 - first < max(1, round(limits.least_s / STEP_S)):
            return
        n_margin = round(limits.margin_s / STEP_S)
        begin = max(0, first - n_margin)
        while self._spans and self._spans[-1][1] >= begin:  # the same stretch, or the margins meet
            begin = min(begin, self._spans.pop()[0])
        self._spans.append((begin, step + 1 + n_margin))

    def _measure(self, chunk: Chunk) -> None:
        """Add the loudness of the frames that a chunk completes; a gap before it is silent."""
        first = STEP * self._first + FRAME * len(self._loudness)
        missing = max(0, round(chunk.start_s * SAMPLE_RATE) - first - len(self._rest))
        n_silent, n_before = divmod(len(self._rest) + missing, FRAME) if missing else (0, len(self._rest))
        rest = np.zeros(n_before, np.float32) if missing else self._rest
        sound = np.concatenate([rest, chunk.samples]) if n_before else chunk.samples
        n_frames = len(sound) // FRAME
        frames = sound[: n_frames * FRAME].reshape(n_frames, FRAME)
        loudness = np.sqrt(np.einsum("ij,ij->i", frames, frames) / FRAME)
        self._rest = sound[n_frames * FRAME :]
        self._loudness = np.concatenate([self._loudness, np.zeros(n_silent, np.float32), loudness])
