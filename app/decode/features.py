"""Log-mel features, computed only for new sound.

A window of a live stream repeats most of the previous window. The cache keeps log-mel frames from before Whisper's
normalization, which depends on the loudest frame of a window and is repeated for each.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from app.audio.chunk import Samples
from app.decode.model_layers import ModelLayers

N_FFT = 400
HOP = 160
"""Samples from one frame to the next: 10 ms."""

REACH = N_FFT // 2
"""Samples that a frame covers on each side of its middle."""

PAD = 160
"""Silence after a window. Source: faster-whisper 1.2.1 `FeatureExtractor.__call__`."""

SILENCE = (-10.0 + 4.0) / 4.0
"""The normalized feature of digital silence, whose mel power is 1e-10."""

RANGE = 8.0 / 4.0
"""How far the quietest feature of a window may lie below its loudest, because Whisper cuts off what is quieter."""

STREAMS_MAX = 512
"""Streams whose frames are kept; 30 s of one take about 1 MB at 80 mel bands."""

TURBO = ModelLayers(32, 4)
"""The layers of large-v3-turbo."""

Frames = NDArray[np.float32]
"""Log10 of mel power, shape (n_frames, n_mels)."""


@dataclass(frozen=True, slots=True)
class _CachedFeatures:
    """Cached frames of one stream that depend only on the sound of its last window."""

    first: int
    """Number of the first frame: its middle on the stream's clock, divided by HOP."""
    frames: Frames


def padding_of(features: NDArray[np.float32], layers: ModelLayers | None) -> float:
    """Return the feature that fills a window after its sound, as the model heard it in training; None: unknown layers.

    OpenAI's models get 0.0, a moderate noise: openai/whisper `transcribe` cuts a window's features at the end of the
    sound and fills them with zeros (`pad_or_trim` of mel_segment), and so does faster-whisper since pull request 1101.
    Distilled models get silence: huggingface/distil-whisper `run_distillation.py` fills the sound before its features
    are computed. With the wrong one of the two the word error of distil-large-v3 was 26 % instead of 14 %
    (faster-whisper pull request 1084). Turbo has as few layers as a distilled model, but comes from OpenAI.
    """
    if layers is None or not layers.is_distilled or layers == TURBO:
        return 0.0
    return max(SILENCE, float(features.max()) - RANGE) if features.size else SILENCE


class FeatureCache:
    """Computes the input of Whisper's encoder; several threads may call at once."""

    def __init__(self, mel_filters: NDArray[np.float32], streams_max: int = STREAMS_MAX) -> None:
        """Use the model's own filters, shape (n_mels, N_FFT // 2 + 1)."""
        self._filters = np.ascontiguousarray(mel_filters.T, np.float32)
        self._hann = np.hanning(N_FFT + 1)[:-1].astype(np.float32)
        self._streams_max = streams_max
        self._kept: OrderedDict[str, _CachedFeatures] = OrderedDict()
        self._lock = Lock()

    def window(self, samples: Samples, stream: str = "", first_sample: int = 0) -> NDArray[np.float32]:
        """Return normalized log-mel features of a window, shape (n_mels, n_samples // HOP).

        Equal to those of faster-whisper's extractor, up to rounding, with or without cached frames. `stream` names the
        clock on which the window begins at `first_sample`; each number of a clock always means the same sound. Without
        a name, or if the window begins off the grid of HOP samples, nothing is cached.
        """
        n_frames = len(samples) // HOP
        if not n_frames:
            return np.zeros((self._filters.shape[1], 0), np.float32)
        padded = np.pad(np.pad(samples, (0, PAD)), REACH, "reflect")
        # frames from `lead` up to `tail` cover only the window's own sound
        lead, tail = min(-(-REACH // HOP), n_frames), max(0, (len(samples) - REACH) // HOP + 1)
        if not stream or first_sample % HOP or tail <= lead:
            return self._normalize(self._compute(padded, 0, n_frames))
        first = first_sample // HOP
        inner = self._inner(padded, stream, first + lead, first + tail, first)
        parts = [self._compute(padded, 0, lead), inner, self._compute(padded, tail, n_frames)]
        return self._normalize(np.concatenate(parts))

    def _inner(self, padded: Samples, stream: str, begin: int, end: int, first: int) -> Frames:
        """Return the stream's frames from `begin` up to `end`, and keep them for the next window."""
        with self._lock:
            kept = self._kept.get(stream)
        known = np.zeros((0, self._filters.shape[1]), np.float32)
        if kept is not None and kept.first <= begin < kept.first + len(kept.frames):
            known = kept.frames[begin - kept.first : end - kept.first]
        fresh = self._compute(padded, begin + len(known) - first, end - first)
        frames = np.concatenate([known, fresh]) if len(known) else fresh
        with self._lock:
            self._kept[stream] = _CachedFeatures(begin, frames)
            self._kept.move_to_end(stream)
            while len(self._kept) > self._streams_max:
                self._kept.popitem(last=False)
        return frames

    def _compute(self, padded: Samples, begin: int, end: int) -> Frames:
        """Return the frames from `begin` up to `end` of a padded window, before normalization."""
        if end <= begin:
            return np.zeros((0, self._filters.shape[1]), np.float32)
        sound = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[begin * HOP : (end - 1) * HOP + 1 : HOP]
        spectrum = np.fft.rfft(sound * self._hann).astype(np.complex64)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        mel: Frames = np.log10(np.maximum(power @ self._filters, 1e-10))
        return mel

    def _normalize(self, frames: Frames) -> NDArray[np.float32]:
        loud: Frames = np.maximum(frames, frames.max() - 8.0)
        return np.ascontiguousarray(((loud + 4.0) / 4.0).T)
