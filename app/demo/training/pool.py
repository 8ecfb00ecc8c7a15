"""The training material: synthesized utterances with their spectrograms and word times, on disk in shards.

Every utterance is synthesized once and then mixed into many different windows.
"""

import pickle
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.demo.training import noise
from app.demo.training.grammar import LANGUAGES, draw, draw_words
from app.demo.training.spectrogram import FRAMES_PER_S, log_power
from app.demo.training.speech import ACCENTS, SAMPLE_RATE, TRAINED_VARIANTS, Samples, Voice, speak

_SHARD = 500
_PLAIN_WORDS = 0.27
"""Share of random word strings. Without them the decoder guesses sentences from context (measured on the first
version)."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence or word string of one speaker."""

    language: str
    voice: str
    text: str
    english: str | None
    """The translation; None for random words, which mean nothing."""
    spectrogram: npt.NDArray[np.float16]
    """log10 mel power before normalisation, shape (80, n_frames)."""
    starts: tuple[int, ...]
    """First frame of each whitespace-separated word."""
    ends: tuple[int, ...]
    """Frame after the last of each word."""


def random_voice(generator: random.Random, language: str, variants: tuple[str, ...]) -> Voice:
    """Draw a speaker of a language among the given variants."""
    return Voice(
        generator.choice(ACCENTS[language]),
        generator.choice(variants),
        generator.randint(130, 195),
        generator.randint(30, 70),
    )


def make_utterance(seed: int) -> Utterance:
    """Speak one training utterance: a sentence of the world or random words, as through a random microphone."""
    generator = random.Random(seed)
    language = generator.choice(LANGUAGES)
    sentence = draw(generator) if generator.random() >= _PLAIN_WORDS else None
    text = sentence.spoken(language) if sentence else draw_words(generator, language)
    voice = random_voice(generator, language, TRAINED_VARIANTS)
    speech = speak(text, voice)
    samples = simulate_recording(speech.samples, np.random.default_rng(seed))
    return Utterance(
        language,
        voice.name,
        text,
        sentence.english if sentence else None,
        log_power(samples).astype(np.float16),
        tuple(round(word.start_s * FRAMES_PER_S) for word in speech.words),
        tuple(round(word.end_s * FRAMES_PER_S) for word in speech.words),
    )


def simulate_recording(samples: Samples, generator: np.random.Generator) -> Samples:
    """Return the speech as a random microphone and room record it: level, colour, echo, telephone band."""
    # Long enough for the echo, so that it does not wrap around; a power of two makes the Fourier transform fast.
    n_fft = 1 << (len(samples) + SAMPLE_RATE // 3).bit_length()
    frequencies = np.fft.rfftfreq(n_fft, 1 / SAMPLE_RATE)
    spectrum = np.fft.rfft(samples, n_fft)
    if generator.random() < 0.5:
        spectrum *= (np.maximum(frequencies, 50.0) / 1000.0) ** generator.uniform(-0.35, 0.35)
    if generator.random() < 0.25:
        n_tail = int(SAMPLE_RATE * generator.uniform(0.05, 0.3))
        tail = generator.standard_normal(n_tail) * np.exp(-6.9 * np.arange(n_tail) / n_tail)
        tail *= generator.uniform(0.1, 0.5) / np.sqrt(np.sum(tail**2))
        tail[0] = 1.0
        spectrum *= np.fft.rfft(tail, n_fft)
    if generator.random() < 0.1:
        spectrum *= (frequencies > 250) & (frequencies < 3500)
    taken = np.fft.irfft(spectrum, n_fft)[: len(samples)]
    return (taken * 10 ** generator.uniform(-0.8, 0.15)).astype(np.float32)


def make_noises(seed: int) -> list[npt.NDArray[np.float16]]:
    """Make 30 s of each kind of noise, as spectrograms of shape (80, 3000)."""
    generator = np.random.default_rng(seed)
    n_samples = 30 * SAMPLE_RATE
    return [log_power(noise.stretch(generator, n_samples, kind)).astype(np.float16) for kind in noise.KINDS]


def write_pool(directory: Path, n_utterances: int, n_noises: int, seed: int = 0, processes: int = 2) -> None:
    """Speak n_utterances and make n_noises of each kind into shards under directory.

    Raises:
        SpeechError: espeak-ng is not installed.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(processes) as executor:
        shards = [(directory, seed + start) for start in range(0, n_utterances, _SHARD)]
        list(executor.map(_write_shard, shards))
        noises = [kind for made in executor.map(make_noises, range(seed, seed + n_noises)) for kind in made]
    (directory / "noise.pickle").write_bytes(pickle.dumps(noises))


def read_pool(directory: Path) -> tuple[list[Utterance], list[npt.NDArray[np.float16]]]:
    """Read what write_pool wrote: the utterances, and the noises."""
    shards = sorted(directory.glob("speech-*.pickle"))
    utterances = [item for shard in shards for item in pickle.loads(shard.read_bytes())]
    return utterances, pickle.loads((directory / "noise.pickle").read_bytes())


def _write_shard(place: tuple[Path, int]) -> None:
    directory, first = place
    utterances = [make_utterance(seed) for seed in range(first, first + _SHARD)]
    (directory / f"speech-{first:07d}.pickle").write_bytes(pickle.dumps(utterances))
