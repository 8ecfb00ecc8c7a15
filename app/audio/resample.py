"""Resamples a stream of mono sound from any rate to SAMPLE_RATE, block by block."""

import av
import numpy as np
from av.audio.resampler import AudioResampler

from app.audio.chunk import SAMPLE_RATE, Samples


class Resampler:
    """FFmpeg's resampler for one mono stream; it keeps its filter's state between blocks."""

    def __init__(self, rate_hz: int) -> None:
        """Expect sound at `rate_hz`."""
        self._rate_hz = rate_hz
        self._resampler = AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)

    def feed(self, samples: Samples) -> Samples:
        """Return the sound at SAMPLE_RATE; the filter keeps the last few milliseconds for the next call."""
        if self._rate_hz == SAMPLE_RATE:
            return samples.astype(np.float32, copy=False)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32)[None], format="flt", layout="mono")
        frame.sample_rate = self._rate_hz
        parts = [part.to_ndarray()[0] for part in self._resampler.resample(frame)]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)
