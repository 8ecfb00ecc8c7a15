"""The sound that is not final yet, addressed by seconds on the session's clock; pure."""

import numpy as np

from app import metrics
from app.audio.chunk import SAMPLE_RATE, Chunk, Samples

HELD_MAX_S = 120.0
"""Undecoded sound kept, so that a worker can restart without losing speech; beyond, the oldest goes."""


class Buffer:
    """A rolling buffer whose clock never goes back.

    A gap before a chunk is filled with silence, so that every moment keeps its place; of a gap longer than the buffer
    only the end is held. Sound that overlaps what is held was heard already and is left out.
    """

    def __init__(self, max_s: float = HELD_MAX_S) -> None:
        """Begin empty at 0; holds at most `max_s` seconds."""
        self._max = round(max_s * SAMPLE_RATE)
        self._samples = np.zeros(min(self._max, 4 * SAMPLE_RATE), np.float32)
        self._first = 0
        """Number of the first sample held, on the session's clock."""
        self._offset = 0
        """Where it lies in the array."""
        self._length = 0

    @property
    def start_s(self) -> float:
        """Where the held sound begins."""
        return self._first / SAMPLE_RATE

    @property
    def end_s(self) -> float:
        """Where the held sound ends."""
        return (self._first + self._length) / SAMPLE_RATE

    def append(self, chunk: Chunk) -> None:
        """Add sound at its place; what is beyond the limit is dropped from the old end and counted."""
        at = round(chunk.start_s * SAMPLE_RATE)
        end = self._first + self._length
        samples = chunk.samples[max(0, end - at) :]
        if not len(samples):
            return
        gap = max(0, at - end)
        if gap >= self._max:
            self._drop(self._length)
            self._first, gap = at, 0
        if gap:
            self._add(np.zeros(gap, np.float32))
        self._add(samples)

    def window(self, start_s: float, end_s: float) -> Samples:
        """Return a copy of the sound between two moments, as far as it is held."""
        first = min(max(round(start_s * SAMPLE_RATE) - self._first, 0), self._length)
        last = min(max(round(end_s * SAMPLE_RATE) - self._first, first), self._length)
        return self._samples[self._offset + first : self._offset + last].copy()

    def cut(self, until_s: float) -> None:
        """Let go of the sound before a moment."""
        self._release(min(max(round(until_s * SAMPLE_RATE) - self._first, 0), self._length))

    def _add(self, samples: Samples) -> None:
        over = self._length + len(samples) - self._max
        if over > 0:
            kept = min(over, self._length)
            self._drop(kept)
            self._first += over - kept
            samples = samples[over - kept :]
        needed = self._length + len(samples)
        if self._offset + needed > len(self._samples):
            # moving to the front pays once per doubling or per buffer's worth of sound
            size = len(self._samples)
            while size < 2 * needed and size < 2 * self._max:
                size *= 2
            moved = np.zeros(size, np.float32)
            moved[: self._length] = self._samples[self._offset : self._offset + self._length]
            self._samples, self._offset = moved, 0
        end = self._offset + self._length
        self._samples[end : end + len(samples)] = samples
        self._length += len(samples)

    def _drop(self, n_samples: int) -> None:
        metrics.DROPPED_AUDIO.labels("buffer").inc(n_samples / SAMPLE_RATE)
        self._release(n_samples)

    def _release(self, n_samples: int) -> None:
        self._first += n_samples
        self._offset += n_samples
        self._length -= n_samples
