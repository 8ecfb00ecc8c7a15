"""From any device's rate to SAMPLE_RATE, piece by piece; pure."""

import av
import numpy as np
from av.audio.resampler import AudioResampler

from app.audio.chunk import SAMPLE_RATE, Samples


class Resampler:
    """FFmpeg's resampler on one running mono stream; keeps its filter's state between pieces."""

    def __init__(self, rate_hz: int) -> None:
        """Take in sound at `rate_hz`."""
        self._rate_hz = rate_hz
        self._resampler = AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)

    def feed(self, samples: Samples) -> Samples:
        """Return the sound so far at SAMPLE_RATE; the filter holds back a few milliseconds."""
        if self._rate_hz == SAMPLE_RATE:
            return samples.astype(np.float32, copy=False)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32)[None], format="flt", layout="mono")
        frame.sample_rate = self._rate_hz
        parts = [part.to_ndarray()[0] for part in self._resampler.resample(frame)]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)
