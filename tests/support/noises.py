"""Sounds that are no speech, made with a seed: what halls and desks sound like when nobody talks.

The limits of speech detection were chosen with other noises than these, so that tests show what they do with unknown
ones.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.audio.chunk import SAMPLE_RATE, Samples

Generator = np.random.Generator
Wave = NDArray[np.float64]

LEVEL_DBFS = -20.0


def make(kind: str, seconds: float, seed: int = 0) -> Samples:
    """Return a noise of KINDS at LEVEL_DBFS."""
    wave = KINDS[kind](np.random.default_rng([seed, *kind.encode()]), round(seconds * SAMPLE_RATE))
    wave = wave * 10 ** (LEVEL_DBFS / 20) / np.sqrt(np.mean(wave**2))
    noise: Samples = np.clip(wave, -1, 1).astype(np.float32)
    return noise


def mix(speech: Samples, kind: str, snr_db: float, spans: list[tuple[float, float]]) -> Samples:
    """Return speech with a noise `snr_db` below the level that it has in `spans`."""
    noise = make(kind, len(speech) / SAMPLE_RATE)[: len(speech)]
    spoken = np.concatenate([speech[round(a * SAMPLE_RATE) : round(b * SAMPLE_RATE)] for a, b in spans])
    ratio = np.sqrt(np.mean(spoken**2) / np.mean(noise**2)) * 10 ** (-snr_db / 20)
    return speech + np.float32(ratio) * noise


def _clock(n: int) -> Wave:
    return np.arange(n) / SAMPLE_RATE


def _pink(rng: Generator, n: int) -> Wave:
    spectrum = np.fft.rfft(rng.standard_normal(n))
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(1, np.arange(len(spectrum)))), n)


def _hum(rng: Generator, n: int) -> Wave:
    """A mains hum whose frequency wavers, rectified as by a cheap power supply."""
    t = _clock(n)
    phase = 2 * np.pi * 50 * t + rng.uniform(1, 8) * np.sin(2 * np.pi * rng.uniform(0.5, 7) * t)
    return np.sign(np.sin(phase)) * 0.6 + np.abs(np.sin(phase / 2)) - 0.63 + 0.01 * rng.standard_normal(n)


def _applause(rng: Generator, n: int) -> Wave:
    """Forty people, each clapping at a pace and with hands of their own, in a room with an echo."""
    m = round(0.03 * SAMPLE_RATE)
    dry = np.zeros(n + m)
    for _ in range(40):
        decay = np.exp(-np.arange(m) / rng.uniform(40, 160))
        clap = decay * np.sin(2 * np.pi * rng.uniform(600, 2500) * np.arange(m) / SAMPLE_RATE)
        pace_s = 1 / rng.uniform(2, 5)
        at_s = rng.uniform(0, pace_s)
        while at_s * SAMPLE_RATE < n:
            first = int(at_s * SAMPLE_RATE)
            dry[first : first + m] += rng.uniform(0.3, 1) * (clap + 0.5 * decay**2 * rng.standard_normal(m))
            at_s += pace_s * rng.normal(1, 0.07)
    echo = np.exp(-np.arange(8000) / 2500) * rng.standard_normal(8000) * 0.02
    echo[0] = 1
    size = 2 ** (n + 16_000).bit_length()
    return np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(echo, size), size)[:n]


def _music(rng: Generator, n: int) -> Wave:
    """Chords on strings with a bass drum, a snare and a melody."""
    wave = np.zeros(n + 8 * SAMPLE_RATE)
    beat = round(60 / rng.uniform(80, 150) * SAMPLE_RATE)
    base = rng.uniform(130, 200)
    chords = [(0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14)]
    t, hit = _clock(4 * beat), _clock(round(0.25 * SAMPLE_RATE))
    swell = np.minimum(1, t / 0.15) * np.minimum(1, (t[-1] - t) / 0.2)
    for number, first in enumerate(range(0, n, beat)):
        chord = chords[number // 4 % 4]
        if number % 4 == 0:
            for tone in chord:
                phase = 2 * np.pi * base * 2 ** (tone / 12) * t + 0.3 * np.sin(2 * np.pi * 5.5 * t)
                wave[first : first + len(t)] += 0.3 * swell * sum(np.sin(k * phase) / k for k in range(1, 15))
        drum = np.sin(2 * np.pi * 50 * hit) if number % 2 == 0 else 0.6 * rng.standard_normal(len(hit))
        wave[first : first + len(hit)] += drum * np.exp(-hit * 18)
        pitch = base * 2 ** (chord[int(rng.integers(0, 3))] / 12 + 1)
        wave[first : first + beat] += 0.5 * np.exp(-3 * t[:beat]) * np.sin(2 * np.pi * pitch * t[:beat])
    return wave[:n]


def _tones(rng: Generator, n: int) -> Wave:
    """Two tones at once for 50 to 600 ms, as of a telephone."""
    wave, first = np.zeros(n), 0
    while first < n:
        t = _clock(min(n - first, round(rng.uniform(0.05, 0.6) * SAMPLE_RATE)))
        low, high = rng.choice([697, 770, 852, 941]), rng.choice([1209, 1336, 1477])
        wave[first : first + len(t)] = np.sin(2 * np.pi * low * t) + np.sin(2 * np.pi * high * t)
        first += len(t) + round(rng.uniform(0.05, 0.3) * SAMPLE_RATE)
    return wave


def _keyboard(rng: Generator, n: int) -> Wave:
    """Keys that ring on a table, and pauses for thought."""
    m = round(0.06 * SAMPLE_RATE)
    wave, at_s = 0.004 * rng.standard_normal(n + m), 0.0
    modes = [(rng.uniform(300, 5000), rng.uniform(20, 150)) for _ in range(5)]
    t = np.arange(m)
    ring = sum(np.exp(-t / decay) * np.sin(2 * np.pi * pitch * t / SAMPLE_RATE) for pitch, decay in modes)
    while at_s * SAMPLE_RATE < n:
        first = int(at_s * SAMPLE_RATE)
        wave[first : first + m] += rng.lognormal(-1, 0.5) * (ring + rng.standard_normal(m) * np.exp(-t / 30))
        at_s += rng.gamma(3, 0.05) + (rng.uniform(0.5, 3) if rng.random() < 0.08 else 0)
    return wave[:n]


def _rhythm(rng: Generator, n: int) -> Wave:
    """Pink noise in syllables, words and pauses, as of somebody who speaks behind a wall."""
    shape, first = np.zeros(n), 0
    while first < n:
        for _ in range(int(rng.integers(2, 12))):
            m = round(float(np.clip(rng.normal(0.15, 0.05), 0.05, 0.4)) * SAMPLE_RATE)
            syllable = np.sqrt(np.hanning(m)) * rng.uniform(0.4, 1)
            shape[first : first + m] = syllable[: max(0, n - first)]
            first += m + round(rng.uniform(0.01, 0.08) * SAMPLE_RATE)
        first += round(rng.uniform(0.2, 1) * SAMPLE_RATE)
    return shape * _pink(rng, n)


KINDS: dict[str, Callable[[Generator, int], Wave]] = {
    "applause": _applause,
    "hum": _hum,
    "keyboard": _keyboard,
    "music": _music,
    "pink": _pink,
    "rhythm": _rhythm,
    "tones": _tones,
}
