"""Whisper's log-mel spectrogram in plain numpy: samples in, 100 frames of 80 bands per second out.

Training mixes speech and noise in the spectrogram before Whisper's normalisation, window by window, which is much
cheaper than mixing samples. Constants are Whisper's: 25 ms Hann window, 10 ms hop, Slaney's mel scale
up to 8 kHz.

Source: openai/whisper whisper/audio.py log_mel_spectrogram; librosa filters.mel (htk=False, norm="slaney").
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from app.demo.training.speech import SAMPLE_RATE, Samples

Spectrogram = npt.NDArray[np.float32]

N_BANDS = 80
N_FFT = 400
HOP = 160
FRAMES_PER_S = SAMPLE_RATE // HOP
FLOOR = -10.0
"""log10 power of a band without any sound."""
_RANGE = 8.0


def log_power(samples: Samples) -> Spectrogram:
    """Return log10 mel power, shape (80, n_samples // 160), not normalised; frame i is centred on sample 160 i."""
    n_frames = len(samples) // HOP
    reflected = np.pad(samples, N_FFT // 2, mode="reflect" if len(samples) > N_FFT else "constant")
    starts = np.arange(n_frames) * HOP
    frames = reflected[starts[:, None] + np.arange(N_FFT)] * _window()
    power = np.abs(np.fft.rfft(frames, axis=1)).astype(np.float32) ** 2
    logarithm: Spectrogram = np.log10(np.maximum(_filters() @ power.T, 1e-10)).astype(np.float32)
    return logarithm


def normalised(spectrogram: Spectrogram) -> Spectrogram:
    """Return the network's input: at most 80 dB below the loudest cell, scaled around zero."""
    if spectrogram.shape[1] == 0:
        return spectrogram
    scaled: Spectrogram = (np.maximum(spectrogram, spectrogram.max() - _RANGE) + 4.0) / 4.0
    return scaled


def padded(spectrogram: Spectrogram, n_frames: int) -> Spectrogram:
    """Cut or fill with 0.0 to n_frames, as faster-whisper's pad_or_trim does after normalising."""
    window = np.zeros((N_BANDS, n_frames), np.float32)
    kept = spectrogram[:, :n_frames]
    window[:, : kept.shape[1]] = kept
    return window


@lru_cache(maxsize=1)
def _window() -> npt.NDArray[np.float32]:
    return np.hanning(N_FFT + 1)[:-1].astype(np.float32)


@lru_cache(maxsize=1)
def _filters() -> npt.NDArray[np.float32]:
    """Triangles of equal area between neighbouring mel centres, shape (80, 201)."""
    # Slaney's scale: linear up to 1 kHz (15 mel), then 27 steps for each factor of 6.4.
    mels = np.linspace(0.0, 15.0 + 27.0 * np.log(SAMPLE_RATE / 2 / 1000.0) / np.log(6.4), N_BANDS + 2)
    hertz = np.where(mels < 15.0, mels * 200.0 / 3.0, 1000.0 * np.exp((mels - 15.0) * np.log(6.4) / 27.0))
    bins = np.fft.rfftfreq(N_FFT, 1.0 / SAMPLE_RATE)
    rising = (bins - hertz[:-2, None]) / (hertz[1:-1] - hertz[:-2])[:, None]
    falling = (hertz[2:, None] - bins) / (hertz[2:] - hertz[1:-1])[:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling)) * (2.0 / (hertz[2:] - hertz[:-2]))[:, None]
    return np.asarray(triangles, np.float32)
