"""Makes conversations of several people in one microphone, and the manifest that says who speaks when."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.demo.training import noise
from app.demo.training.clips import MANIFEST
from app.demo.training.grammar import LANGUAGES, draw
from app.demo.training.pool import random_voice
from app.demo.training.recording import write_recording
from app.demo.training.scene import Scene
from app.demo.training.speech import HELD_OUT_VARIANTS, SAMPLE_RATE, Samples, Voice

SEEDS_FROM = 7_000_000
"""Differs from the seeds of training and of the other clips."""

TURN_SENTENCES = (1, 4)
"""Sentences that one person says in a row."""

TURN_PAUSES_S = ((0.1, 0.3), (0.3, 0.8), (0.8, 2.0))
"""People answer at once, after a breath, or after a while, equally often."""

LOUDNESS_DB = (-8.0, 0.0)
"""People sit at different distances from the microphone."""

NOISE_DB = (-32.0, -22.0)
"""Peak of the noise in noisy conversations, below full scale; speech has peaks of -9 dB."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One recording and who speaks in it."""

    samples: Samples
    scene: Scene
    turns: tuple[tuple[str, float, float], ...]
    """The name of the voice and the seconds of each sentence, oldest first."""


def make_conversation(
    seed: int,
    n_people: int,
    *,
    minutes: float = 2.0,
    is_noisy: bool = False,
    variants: tuple[str, ...] = HELD_OUT_VARIANTS,
    languages: tuple[str, ...] = LANGUAGES,
) -> Conversation:
    """Let people with different voices of `variants` talk, each in one language, nobody over another.

    Raises:
        SpeechError: espeak-ng is missing.
    """
    generator = random.Random(SEEDS_FROM + seed)
    scene = Scene(SEEDS_FROM + seed)
    people: list[tuple[str, Voice, float]] = []
    for variant in generator.sample(variants, n_people):
        language = generator.choice(languages)
        people.append((language, random_voice(generator, language, (variant,)), generator.uniform(*LOUDNESS_DB)))
    turns: list[tuple[str, float, float]] = []
    loudness: list[tuple[float, float, float]] = []
    scene.pause(generator.uniform(0.3, 1.0))
    speaker = generator.randrange(n_people)
    while scene.duration_s < 60 * minutes:
        language, voice, level_db = people[speaker]
        for number in range(generator.randint(*TURN_SENTENCES)):
            if number:
                scene.pause(generator.uniform(0.15, 0.8))
            line = scene.say(draw(generator), language, voice)
            turns.append((voice.variant, line.start_s, line.end_s))
            loudness.append((line.start_s, line.end_s, level_db))
        scene.pause(generator.uniform(*generator.choice(TURN_PAUSES_S)))
        speaker = (speaker + generator.randrange(1, n_people)) % n_people if n_people > 1 else 0
    samples = scene.samples(-60.0)
    for start_s, end_s, level_db in loudness:
        samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)] *= np.float32(10 ** (level_db / 20))
    if is_noisy:
        level = np.float32(10 ** (generator.uniform(*NOISE_DB) / 20))
        samples += level * noise.pink(np.random.default_rng(SEEDS_FROM + seed), len(samples))
    return Conversation(np.clip(samples, -1.0, 1.0), scene, tuple(turns))


def make_conversations(
    directory: Path, *, seed: int, count: int, people: tuple[int, ...] = (2, 3, 4), minutes: float = 2.0
) -> Path:
    """Write `count` conversations of each number of people, every second one noisy, and return the manifest's path.

    Raises:
        SpeechError: espeak-ng is missing.
    """
    directory.mkdir(parents=True, exist_ok=True)
    manifest = directory / MANIFEST
    with manifest.open("a", encoding="utf-8") as lines:
        for n_people in people:
            for number in range(count):
                is_noisy = number % 2 == 1
                made = make_conversation(seed + 100 * n_people + number, n_people, minutes=minutes, is_noisy=is_noisy)
                kind = "noisy" if is_noisy else "quiet"
                recording = directory / f"people-{n_people}-{kind}-{seed + number}.wav"
                write_recording(recording, made.samples)
                entry = {
                    "audio": recording.name,
                    "language": None,
                    "task": "transcribe",
                    "reference": " ".join(line.text for line in made.scene.lines),
                    "speakers": [
                        {"speaker": name, "start_s": round(start_s, 3), "end_s": round(end_s, 3)}
                        for name, start_s, end_s in made.turns
                    ],
                }
                lines.write(json.dumps(entry, ensure_ascii=False) + "\n")
    return manifest
