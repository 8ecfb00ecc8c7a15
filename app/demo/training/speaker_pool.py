"""What the speaker model is trained on: utterances of many voices as filterbanks, and windows of them."""

import multiprocessing
import os
import pickle
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.audio.filterbank import N_BANDS, Filterbank, centred, filterbank
from app.demo.training import noise
from app.demo.training.grammar import LANGUAGES, draw, draw_words
from app.demo.training.pool import simulate_recording
from app.demo.training.random_voices import DATA_VARIABLE, VOICES_MAX, write_voices
from app.demo.training.speech import ACCENTS, SAMPLE_RATE, TRAINED_VARIANTS, Voice, speak

TUNED_VARIANTS = ("Alicia", "Andrea", "Denis", "Mike", "david", "linda", "norbert", "quincy", "shelby")
"""Voices that the speaker model is not trained with: the thresholds of the clustering are chosen with them. None is one
of a family such as iven and iven2. Figures come from a third set, HELD_OUT_VARIANTS."""

PITCHES = (34, 50, 66)
"""Each of espeak-ng's variants speaks at these pitches, as three people."""

UTTERANCES = 10
"""Utterances of each person."""

PLAIN_WORDS = 0.5
"""Share of random words, which cover more sounds than the world's sentences."""

_NATS_PER_DB = float(np.log(10) / 10)
_QUIET = -8.0


@dataclass(frozen=True, slots=True)
class Person:
    """One class of the training: somebody with a voice and a height of it, at any speed and in any language."""

    variant: str
    pitch: int


def list_people(random_variants: tuple[str, ...], seed: int = 0) -> list[Person]:
    """Return everybody of the training; each random variant has one pitch."""
    generator = random.Random(seed)
    known = [variant for variant in TRAINED_VARIANTS if variant not in TUNED_VARIANTS]
    return [Person(variant, pitch) for variant in known for pitch in PITCHES] + [
        Person(variant, generator.randint(30, 70)) for variant in random_variants
    ]


def speak_person(person: Person, seed: int) -> list[npt.NDArray[np.float16]]:
    """Return utterances of one person through random microphones, each of shape (n_frames, 80).

    Raises:
        SpeechError: espeak-ng is not installed.
    """
    generator = random.Random(seed)
    sounds = np.random.default_rng(seed)
    utterances = []
    for _ in range(UTTERANCES):
        language = generator.choice(LANGUAGES)
        text = draw_words(generator, language) if generator.random() < PLAIN_WORDS else draw(generator).spoken(language)
        pitch = person.pitch + generator.randint(-2, 2)
        voice = Voice(generator.choice(ACCENTS[language]), person.variant, generator.randint(130, 195), pitch)
        samples = speak(text, voice).samples
        samples = samples / max(float(np.abs(samples).max()), 1e-3) * np.float32(0.5)
        utterances.append(filterbank(simulate_recording(samples, sounds)).astype(np.float16))
    return utterances


def _speak_share(share: tuple[Path, list[Person], int]) -> list[list[npt.NDArray[np.float16]]]:
    data, people, seed = share
    os.environ[DATA_VARIABLE] = str(data)
    return [speak_person(person, seed + number) for number, person in enumerate(people)]


def write_speaker_pool(folder: Path, n_random: int, seed: int = 0, processes: int = 2) -> None:
    """Speak the utterances of everybody and make noises, into `speakers.pickle` under `folder`.

    Raises:
        SpeechError: espeak-ng is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parents = tuple(variant for variant in TRAINED_VARIANTS if variant and variant not in TUNED_VARIANTS)
    shares = []
    for first in range(0, n_random, VOICES_MAX):
        data = folder / f"espeak-{first}"
        variants = write_voices(data, min(VOICES_MAX, n_random - first), parents, seed + first)
        known = list_people((), seed) if first == 0 else []
        shares.append((data, known + list_people(variants, seed + first)[len(list_people(())) :], seed + 1000 * first))
    # espeak-ng reads its data once a process, so each share has a process of its own
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, max_tasks_per_child=1) as executor:
        spoken = [person for share in executor.map(_speak_share, shares) for person in share]
    generator = np.random.default_rng(seed)
    noises = [
        filterbank(noise.stretch(generator, 20 * SAMPLE_RATE, kind)).astype(np.float16)
        for kind in noise.KINDS
        for _ in range(8)
    ]
    (folder / "speakers.pickle").write_bytes(pickle.dumps((spoken, noises)))


class VoicePool:
    """Draws windows of people: a second or more of their speech with pauses and noise."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Read what `write_speaker_pool` wrote."""
        self._people, self._noises = pickle.loads((folder / "speakers.pickle").read_bytes())
        self._random = np.random.default_rng(seed)

    @property
    def n_people(self) -> int:
        """How many people there are to distinguish."""
        return len(self._people)

    def draw(self, person: int, n_frames: int) -> Filterbank:
        """Return a window of shape (n_frames, 80) without the mean of each band."""
        pieces: list[npt.NDArray[np.float32]] = []
        n_made = 0
        while n_made < n_frames:
            utterances = self._people[person]
            piece = utterances[self._random.integers(len(utterances))].astype(np.float32)
            if not pieces:
                piece = piece[self._random.integers(max(1, len(piece) - 60)) :]
            pause = np.full((int(self._random.integers(3, 45)), N_BANDS), _QUIET, np.float32)
            pieces += [piece, pause]
            n_made += len(piece) + len(pause)
        window = np.concatenate(pieces)[:n_frames]
        if self._random.random() < 0.85:
            kind = self._noises[self._random.integers(len(self._noises))]
            first = self._random.integers(len(kind) - n_frames)
            noise_bands = kind[first : first + n_frames].astype(np.float32)
            distance_db = self._random.uniform(4, 45)
            level = np.percentile(window, 95) - np.percentile(noise_bands, 95) - distance_db * _NATS_PER_DB
            window = np.logaddexp(window, noise_bands + level)
        return centred(window.astype(np.float32))
