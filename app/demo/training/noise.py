"""Sounds without speech, for training and for evaluation: the model must write nothing for them.

Noise of three colours, hums, tones, claps, applause, breath and silence, at levels from barely audible to full scale.
"""

from collections.abc import Callable

import numpy as np

from app.demo.training.speech import SAMPLE_RATE, Samples

Generator = np.random.Generator


def coloured(generator: Generator, n_samples: int, slope: float) -> Samples:
    """Return noise whose power falls with frequency to the given exponent: 0 white, 1 pink, 2 brown; peak 1."""
    spectrum = np.fft.rfft(generator.standard_normal(n_samples))
    frequencies = np.maximum(np.fft.rfftfreq(n_samples, 1 / SAMPLE_RATE), 20.0)
    return _peak_one(np.fft.irfft(spectrum * frequencies ** (-slope / 2), n_samples))


def silence(generator: Generator, n_samples: int) -> Samples:
    """Return digital silence, or the last bit's dither half of the time."""
    return (generator.standard_normal(n_samples) * (generator.random() < 0.5) / 32768).astype(np.float32)


def white(generator: Generator, n_samples: int) -> Samples:
    """Return white noise."""
    return coloured(generator, n_samples, 0.0)


def pink(generator: Generator, n_samples: int) -> Samples:
    """Return noise of a random slope around pink, as in rooms and ventilation."""
    return coloured(generator, n_samples, float(generator.uniform(0.6, 2.2)))


def tone(generator: Generator, n_samples: int) -> Samples:
    """Return one to three steady sines, sometimes switched on and off, as on a telephone."""
    seconds = np.arange(n_samples) / SAMPLE_RATE
    mixture = np.zeros(n_samples)
    for _ in range(generator.integers(1, 4)):
        mixture += np.sin(2 * np.pi * np.exp(generator.uniform(np.log(80), np.log(4000))) * seconds)
    if generator.random() < 0.4:
        mixture *= np.sin(2 * np.pi * generator.uniform(0.3, 4) * seconds) > generator.uniform(-0.7, 0.7)
    return _peak_one(mixture)


def hum(generator: Generator, n_samples: int) -> Samples:
    """Return mains hum with its harmonics, or a motor's, slowly wavering."""
    seconds = np.arange(n_samples) / SAMPLE_RATE
    base_hz = generator.choice([50.0, 60.0, float(generator.uniform(40, 200))])
    phase = 2 * np.pi * base_hz * seconds + generator.uniform(0, 3) * np.sin(
        2 * np.pi * generator.uniform(0.1, 2) * seconds
    )
    harmonics = [np.sin(k * phase + generator.uniform(0, 6)) / k ** generator.uniform(0.5, 2) for k in range(1, 12)]
    return _peak_one(np.sum(harmonics, axis=0) + 0.02 * generator.standard_normal(n_samples))


def claps(generator: Generator, n_samples: int) -> Samples:
    """Return separate claps, knocks or key strokes: a few short decaying bursts in every second."""
    return _bursts(generator, n_samples, float(generator.uniform(0.5, 8)))


def applause(generator: Generator, n_samples: int) -> Samples:
    """Return applause: hundreds of bursts a second, swelling and fading."""
    seconds = np.arange(n_samples) / SAMPLE_RATE
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * generator.uniform(0.05, 0.4) * seconds + generator.uniform(0, 6))
    return _peak_one(_bursts(generator, n_samples, float(generator.uniform(30, 300))) * swell)


def breath(generator: Generator, n_samples: int) -> Samples:
    """Return breathing or rustling: shaped noise that comes and goes, as slowly as breath or as fast as syllables."""
    seconds = np.arange(n_samples) / SAMPLE_RATE
    rhythm = np.abs(np.sin(np.pi * generator.uniform(0.2, 4) * seconds + generator.uniform(0, 6)))
    return _peak_one(
        coloured(generator, n_samples, float(generator.uniform(0, 1.5))) * rhythm ** generator.uniform(1, 8)
    )


KINDS: dict[str, Callable[[Generator, int], Samples]] = {
    "silence": silence,
    "white": white,
    "pink": pink,
    "tone": tone,
    "hum": hum,
    "claps": claps,
    "applause": applause,
    "breath": breath,
}


def make_noise(seconds: float, seed: int, kinds: tuple[str, ...] = tuple(KINDS)) -> Samples:
    """Return noise of changing kind and level without speech, float32 mono at SAMPLE_RATE.

    Stretches of 2 to 8 s follow each other, at peaks from -60 dB to full scale; the same seed gives the same sound.
    """
    generator = np.random.default_rng(seed)
    wanted = round(seconds * SAMPLE_RATE)
    stretches: list[Samples] = []
    made = 0
    while made < wanted:
        n_samples = min(wanted - made, int(generator.uniform(2, 8) * SAMPLE_RATE))
        stretches.append(stretch(generator, n_samples, str(generator.choice(kinds))))
        made += n_samples
    return np.concatenate(stretches) if stretches else np.zeros(0, np.float32)


def stretch(generator: Generator, n_samples: int, kind: str) -> Samples:
    """Return one kind at one random level, peak between -60 dB and full scale."""
    level = np.float32(10 ** generator.uniform(-3, 0))
    return KINDS[kind](generator, n_samples) * (level if kind != "silence" else np.float32(1))


def _bursts(generator: Generator, n_samples: int, per_second: float) -> Samples:
    length = int(SAMPLE_RATE * generator.uniform(0.01, 0.12))
    decay = np.exp(-np.arange(length) / (length / generator.uniform(3, 8)))
    sound = np.zeros(n_samples + length)
    for start in generator.integers(0, max(1, n_samples), max(1, int(per_second * n_samples / SAMPLE_RATE))):
        sound[start : start + length] += generator.standard_normal(length) * decay * generator.uniform(0.2, 1)
    return _peak_one(sound[:n_samples])


def _peak_one(samples: "np.typing.NDArray[np.floating]") -> Samples:
    return (samples / max(float(np.abs(samples).max(initial=0.0)), 1e-9)).astype(np.float32)
