"""The rolling buffer of undecoded sound, indexed by seconds on the session's clock; no I/O."""

import numpy as np

from app import metrics
from app.audio.chunk import SAMPLE_RATE, Chunk, Samples, limit_gain

KEPT_MAX_S = 120.0
"""Maximum undecoded sound, enough for a worker to restart without losing speech; beyond it the oldest is dropped."""


class Buffer:
    """A rolling buffer whose clock never goes back.

    A gap before a chunk is filled with silence, so that all sound keeps its time. If a gap is longer than the buffer,
    only its end is kept. Sound that overlaps the buffer is a repetition and is ignored.
    """

    def __init__(self, max_s: float = KEPT_MAX_S) -> None:
        """Create an empty buffer that starts at 0 s and keeps at most `max_s` seconds."""
        self._max = round(max_s * SAMPLE_RATE)
        self._samples = np.zeros(min(self._max, 4 * SAMPLE_RATE), np.float32)
        self._first = 0
        """Number of the first kept sample, on the session's clock."""
        self._offset = 0
        """Index of this sample in the array."""
        self._length = 0

    @property
    def start_s(self) -> float:
        """Where the kept sound begins."""
        return self._first / SAMPLE_RATE

    @property
    def end_s(self) -> float:
        """Where the kept sound ends."""
        return (self._first + self._length) / SAMPLE_RATE

    def append(self, chunk: Chunk) -> None:
        """Add sound at its time; drop and count the oldest sound beyond the limit."""
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
        """Return a copy of the sound between two times, as far as it is kept."""
        first = min(max(round(start_s * SAMPLE_RATE) - self._first, 0), self._length)
        last = min(max(round(end_s * SAMPLE_RATE) - self._first, first), self._length)
        return self._samples[self._offset + first : self._offset + last].copy()

    def amplify(self, start_s: float, end_s: float, gain: float) -> None:
        """Amplify the kept sound between two times, as far as nothing in it becomes too loud."""
        first = self._offset + min(max(round(start_s * SAMPLE_RATE) - self._first, 0), self._length)
        last = self._offset + min(max(round(end_s * SAMPLE_RATE) - self._first, 0), self._length)
        samples = self._samples[first:last]
        samples *= np.float32(limit_gain(samples, gain))

    def cut(self, until_s: float) -> None:
        """Remove the sound before a time."""
        self._release(min(max(round(until_s * SAMPLE_RATE) - self._first, 0), self._length))

    def _add(self, samples: Samples) -> None:
        over = self._length + len(samples) - self._max
        if over > 0:
            n_old = min(over, self._length)
            self._drop(n_old)
            self._first += over - n_old
            samples = samples[over - n_old :]
        needed = self._length + len(samples)
        if self._offset + needed > len(self._samples):
            # the copy to the front happens once per doubling, or once per buffer length of sound
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
