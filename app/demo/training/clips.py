"""Makes clips for the benches: minutes of held-out speakers with pauses and noises, and their manifest."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from app.demo.training import noise
from app.demo.training.grammar import LANGUAGES, WRITTEN, draw
from app.demo.training.pool import random_voice
from app.demo.training.recording import write_recording
from app.demo.training.scene import SPEECH_LEVEL, Scene
from app.demo.training.speech import HELD_OUT_VARIANTS, SAMPLE_RATE

MANIFEST = "manifest.jsonl"

SEEDS_FROM = 5_000_000
"""Differs from the seeds of training and evaluation."""

SPEAKER_SENTENCES = (2, 6)
"""Number of sentences that one speaker says in a row."""

NOISE_SHARE = 0.05
LONG_PAUSE_SHARE = 0.08


def make_clip(seed: int, minutes: float, language: Literal["de", "en", "mixed"], names: Sequence[str] = ()) -> Scene:
    """Make one conversation of at least `minutes`, with `names` for the people in it; empty takes the world's.

    Sentences of one speaker are 0.15-1.2 s apart, speakers 0.7-2 s; sometimes there is a pause of 3-6 s or a noise.

    Raises:
        SpeechError: espeak-ng is missing.
    """
    generator = random.Random(SEEDS_FROM + seed)
    sounds = np.random.default_rng(SEEDS_FROM + seed)
    scene = Scene(SEEDS_FROM + seed)
    scene.pause(generator.uniform(0.3, 1.0))
    while scene.duration_s < 60 * minutes:
        own = generator.choice(LANGUAGES) if language == "mixed" else language
        voice = random_voice(generator, own, HELD_OUT_VARIANTS)
        for _ in range(generator.randint(*SPEAKER_SENTENCES)):
            scene.say(draw(generator, names), own, voice)
            scene.pause(generator.uniform(0.15, 1.2))
        scene.pause(generator.uniform(0.7, 2.0))
        if generator.random() < LONG_PAUSE_SHARE:
            scene.pause(generator.uniform(3.0, 6.0))
        if generator.random() < NOISE_SHARE:
            kind = generator.choice(sorted(noise.KINDS))
            n_samples = int(generator.uniform(1.0, 4.0) * SAMPLE_RATE)
            scene.sound(noise.stretch(sounds, n_samples, kind) * np.float32(SPEECH_LEVEL))
            scene.pause(0.7)
    return scene


def make_clips(
    directory: Path,
    *,
    seed: int = 0,
    count: int = 1,
    minutes: float = 4.0,
    language: Literal["de", "en", "mixed"] = "de",
    task: Literal["transcribe", "translate"] = "transcribe",
    names: Sequence[str] = (),
) -> Path:
    """Write clips as WAV files and add a line for each to the manifest, whose path is returned.

    A line's words are what was spoken, timed by the synthesis; its reference is that text or its translation. Its
    translations are the text in every language of the demo world.

    Raises:
        SpeechError: espeak-ng is missing.
    """
    directory.mkdir(parents=True, exist_ok=True)
    manifest = directory / MANIFEST
    with manifest.open("a", encoding="utf-8") as lines:
        for number in range(seed, seed + count):
            scene = make_clip(number, minutes, language, names)
            recording = directory / f"{task}-{language}-{number}.wav"
            write_recording(recording, scene.samples())
            texts = [line.text if task == "transcribe" else line.sentence.english for line in scene.lines]
            words = [
                {"text": word.text, "start_s": round(word.start_s, 3), "end_s": round(word.end_s, 3)}
                for line in scene.lines
                for word in line.words
            ]
            entry = {
                "audio": recording.name,
                "language": None if language == "mixed" else language,
                "task": task,
                "reference": " ".join(texts),
                "words": words,
                "translations": {
                    other: " ".join(line.sentence.written(other) for line in scene.lines) for other in WRITTEN
                },
            }
            lines.write(json.dumps(entry, ensure_ascii=False) + "\n")
    return manifest


def make_noise_clip(directory: Path, *, seed: int = 0, minutes: float = 10.0) -> Path:
    """Write noises of every kind as one WAV file, add its line to the manifest, and return the manifest's path."""
    directory.mkdir(parents=True, exist_ok=True)
    recording = directory / f"noise-{seed}.wav"
    write_recording(recording, noise.make_noise(60 * minutes, SEEDS_FROM + seed))
    manifest = directory / MANIFEST
    with manifest.open("a", encoding="utf-8") as lines:
        entry: dict[str, object] = {
            "audio": recording.name,
            "language": None,
            "task": "transcribe",
            "reference": "",
            "words": [],
        }
        lines.write(json.dumps(entry) + "\n")
    return manifest
