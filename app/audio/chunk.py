"""The unit of sound between stages, and the sample format that all stages share."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
"""Samples per second of the sound that sources yield; Whisper's own rate."""

CEILING = 0.95
"""No sound is amplified beyond this peak."""

Samples = NDArray[np.float32]
"""Mono sound, shape (n_samples,), at SAMPLE_RATE, full scale ±1."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """20-100 ms of sound from one source."""

    samples: Samples
    """Mono float32 at SAMPLE_RATE."""
    start_s: float
    """Where it begins on the source session's clock (0 = the session's first sample); never goes back."""

    @property
    def end_s(self) -> float:
        """Where it ends on the source session's clock, in seconds."""
        return self.start_s + len(self.samples) / SAMPLE_RATE


def from_pcm16(pcm: bytes) -> Samples:
    """Turn little-endian signed 16-bit mono PCM into samples; an odd last byte is ignored."""
    return np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<i2").astype(np.float32) / 32768.0


def to_pcm16(samples: Samples) -> bytes:
    """Turn samples into little-endian signed 16-bit mono PCM; values beyond full scale are clipped."""
    return (np.clip(samples, -1.0, 32767 / 32768) * 32768.0).round().astype("<i2").tobytes()


def limit_gain(samples: Samples, gain: float) -> float:
    """Return the gain, at least 1, reduced so that no sample is amplified beyond CEILING."""
    peak = max(float(samples.max()), -float(samples.min())) if len(samples) else 0.0
    return min(gain, max(1.0, CEILING / peak)) if peak > 0 else gain
