"""The newest sound of one source, made small: its shape to compare voices, and its loudness; no I/O."""

import numpy as np
from numpy.typing import NDArray

from app.audio.chunk import SAMPLE_RATE, Chunk

FRAME = 320
"""Samples of one measurement of loudness: 20 ms."""

FRAME_S = FRAME / SAMPLE_RATE

SMALL_RATE = 4_000
"""Samples per second of the shape: a voice is recognised by what is below 2 kHz, and comparing costs less."""

SHAPE_S = 4.5
"""How much of the shape is kept: the longest comparison, and sources whose sound arrives two seconds apart."""

LOUDNESS_S = 60.0
"""How much of the loudness is kept: longer than any phrase."""

LOUD_MIN_S = 0.3
"""Less voice than this in a pattern is not enough to compare."""

SILENT_DB = -120.0

_STEP = SAMPLE_RATE // SMALL_RATE
_FRAMES_MAX = round(LOUDNESS_S / FRAME_S)
_SHAPE_MAX = round(SHAPE_S * SMALL_RATE)

Values = NDArray[np.float32]


class SoundTrack:
    """The newest sound of one source, on the room's clock; frames are counted from the room's beginning."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.end = 0
        """Number of the frame after the newest one."""
        self._rest = np.zeros(0, np.float32)
        """Samples of the frame that is not complete."""
        self._shape = np.zeros(_SHAPE_MAX, np.float32)
        self._loudness = np.full(_FRAMES_MAX, SILENT_DB, np.float32)
        self._last = 0.0

    @property
    def end_s(self) -> float:
        """Where the complete frames end, on the room's clock."""
        return self.end * FRAME_S

    def add(self, chunk: Chunk, origin_s: float) -> None:
        """Add the next sound; the clock of its source began at `origin_s` on the room's."""
        first = round((origin_s + chunk.start_s) * SAMPLE_RATE)
        missing = first - (self.end * FRAME + len(self._rest))
        if missing > LOUDNESS_S * SAMPLE_RATE or (missing < 0 and not self.end):
            self.__init__()  # type: ignore[misc]  # starts again after a gap that is longer than the memory
            self.end = first // FRAME
            missing = first - self.end * FRAME
        samples = chunk.samples[max(0, -missing) :]
        sound = np.concatenate([self._rest, np.zeros(max(0, missing), np.float32), samples])
        n_frames = len(sound) // FRAME
        self._rest = sound[n_frames * FRAME :]
        if n_frames:
            self._add_frames(sound[: n_frames * FRAME])

    def loudness(self, first: int, last: int) -> Values:
        """Return the loudness of frames from `first` to before `last`, in dB; silent where nothing is known."""
        values = np.full(max(0, last - first), SILENT_DB, np.float32)
        begin = max(first, self.end - _FRAMES_MAX)
        end = min(last, self.end)
        if begin < end:
            offset = _FRAMES_MAX - self.end
            values[begin - first : end - first] = self._loudness[begin + offset : end + offset]
        return values

    def shape(self, end: int, length_s: float) -> Values:
        """Return the shape of the last `length_s` before the frame `end`, which must not be long ago."""
        skipped = (self.end - end) * FRAME // _STEP
        until = _SHAPE_MAX - max(0, skipped)
        return self._shape[max(0, until - round(length_s * SMALL_RATE)) : until]

    def _add_frames(self, sound: Values) -> None:
        frames = sound.reshape(-1, FRAME)
        energies = np.einsum("ij,ij->i", frames, frames) / FRAME
        loudness = 10 * np.log10(np.maximum(energies, 1e-12)).astype(np.float32)
        self._loudness = np.concatenate([self._loudness, loudness])[-_FRAMES_MAX:]
        small = sound.reshape(-1, _STEP).mean(axis=1)
        # the difference of neighbours, so that the lowest tones do not hide the rest
        shape = np.diff(small, prepend=np.float32(self._last))
        self._last = float(small[-1])
        self._shape = np.concatenate([self._shape, shape])[-_SHAPE_MAX:]
        self.end += len(frames)


def _loud_s(shape: Values) -> float:
    """Return for how long a shape is loud; two clicks are alike, no matter who makes them."""
    n = SMALL_RATE // 50
    energies = (shape[: len(shape) // n * n].reshape(-1, n) ** 2).sum(axis=1)
    return float((energies > energies.mean() / 10).sum()) * n / SMALL_RATE


def find_copy(pattern: Values, sound: Values) -> tuple[float, int, float]:
    """Return where `pattern` is best found in the longer `sound`: likeness 0 to 1, first sample, level ratio in dB.

    The ratio is that of the pattern to the part of the sound.
    """
    n = len(pattern)
    size = 1 << (len(sound) + n - 1).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(pattern, size))
    products = np.fft.irfft(spectrum, size)[: len(sound) - n + 1]
    squares = np.concatenate([[0.0], np.cumsum(sound.astype(np.float64) ** 2)])
    energies = np.maximum(squares[n:] - squares[:-n], 1e-9)
    own = max(float(np.dot(pattern, pattern)), 1e-9)
    likeness = np.abs(products) / np.sqrt(energies * own)
    first = int(np.argmax(likeness))
    if min(_loud_s(pattern), _loud_s(sound[first : first + n])) < LOUD_MIN_S:
        return 0.0, first, 0.0
    return float(likeness[first]), first, float(10 * np.log10(own / energies[first]))
