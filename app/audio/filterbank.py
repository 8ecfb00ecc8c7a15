"""Kaldi's log mel filterbank in plain numpy, as speaker models read it: samples in, 100 frames of 80 bands a second.

Frames of 25 ms every 10 ms, without an offset, with a pre-emphasis of 0.97, under a Hamming window; triangles on
Kaldi's mel scale from 20 Hz to 8 kHz; natural logarithm; no dither.

Source: Kaldi src/feat/feature-window.cc, mel-computations.cc; the parameters are WeSpeaker's and 3D-Speaker's.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.audio.chunk import SAMPLE_RATE, Samples

N_BANDS = 80
"""Bands of a frame, as speaker models expect them."""

FRAME = 400
"""Samples of a frame: 25 ms."""

HOP = 160
"""Samples from frame to frame: 10 ms."""

FRAMES_PER_S = SAMPLE_RATE // HOP

FLOOR = float(np.log(np.finfo(np.float32).eps))
"""Logarithm of a band without any sound."""

_N_FFT = 512
_PREEMPHASIS = 0.97
_LOW_HZ = 20.0
_SCALE = 1 << 15
"""Kaldi's samples are 16-bit numbers."""

Filterbank = NDArray[np.float32]
"""Log power of each band, shape (n_frames, N_BANDS)."""


def filterbank(samples: Samples) -> Filterbank:
    """Return the log power of the bands, shape (n_frames, 80); sound shorter than a frame gives none."""
    n_frames = 1 + (len(samples) - FRAME) // HOP
    if n_frames < 1:
        return np.zeros((0, N_BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP][:n_frames] * np.float32(_SCALE)
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.fft.rfft((frames - np.float32(_PREEMPHASIS) * before) * _window(), _N_FFT, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    bands: Filterbank = np.log(np.maximum(power @ _triangles(), np.finfo(np.float32).eps)).astype(np.float32)
    return bands


def centred(bands: Filterbank) -> Filterbank:
    """Return frames without the mean of each band, which takes out level and microphone."""
    return bands - bands.mean(axis=0, keepdims=True) if len(bands) else bands


@lru_cache(maxsize=1)
def _window() -> NDArray[np.float32]:
    return np.hamming(FRAME).astype(np.float32)


@lru_cache(maxsize=1)
def _triangles() -> NDArray[np.float32]:
    """Triangles between neighbouring centres, equal in height, shape (257, 80)."""
    bins = _mel(np.arange(_N_FFT // 2 + 1) * SAMPLE_RATE / _N_FFT)[:, None]
    edges = np.linspace(_mel(np.array(_LOW_HZ)), _mel(np.array(SAMPLE_RATE / 2)), N_BANDS + 2)
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    triangles[-1] = 0.0  # Kaldi leaves out the highest frequency
    return triangles.astype(np.float32)


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(hertz / 700.0))
