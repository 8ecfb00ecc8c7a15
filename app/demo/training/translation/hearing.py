"""What the demo's Whisper model writes for sentences of the world: real errors, to learn from or to measure.

Training learns from sentences and voices that are not held out, measuring takes only those that are.
"""

import difflib
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.decode import demo_files
from app.demo.training.grammar import LANGUAGES, Sentence, draw
from app.demo.training.listener import DemoDecoder, window
from app.demo.training.pool import random_voice, simulate_recording
from app.demo.training.scene import Scene
from app.demo.training.speech import HELD_OUT_VARIANTS, TRAINED_VARIANTS
from app.demo.training.translation.samples import is_held_out

_FRAMES = 1024
_OTHER_VARIANTS = ("klatt", "klatt2", "klatt3", "klatt4", "fast")
"""Voices that neither trained nor measure the Whisper model: it makes more mistakes with them."""
_SEEDS_FROM = 7_000_000


@dataclass(frozen=True, slots=True)
class HeardSentence:
    """A sentence that was spoken, and what the model wrote."""

    sentence: Sentence
    language: str
    written: str


def hear(count: int, *, held_out: bool, seed: int = 0) -> Iterator[HeardSentence]:
    """Speak sentences one by one and yield what the demo's Whisper model writes.

    Raises:
        SpeechError: espeak-ng is missing.
    """
    decoder = DemoDecoder(demo_files.MODEL, threads=1)
    generator = random.Random(_SEEDS_FROM + seed)
    sounds = np.random.default_rng(_SEEDS_FROM + seed)
    for number in range(count):
        sentence = draw(generator)
        while is_held_out(sentence) != held_out:
            sentence = draw(generator)
        language = LANGUAGES[number % 2]
        variants = HELD_OUT_VARIANTS if held_out else generator.choice((TRAINED_VARIANTS, _OTHER_VARIANTS))
        scene = Scene(number)
        scene.pause(generator.uniform(0.05, 0.5))
        scene.say(sentence, language, random_voice(generator, language, variants))
        scene.pause(generator.uniform(0.1, 0.6))
        samples = scene.samples(background_db=-45.0)
        encoded = decoder.encode(window(samples if held_out else simulate_recording(samples, sounds), _FRAMES))
        written = decoder.vocabulary.decode(decoder.write(encoded, language, "transcribe")).strip()
        yield HeardSentence(sentence, language, written)


def write_confusions(path: Path, heard: Iterator[HeardSentence]) -> None:
    """Count what was written for each word, and write the words with any mistake as JSON.

    A missing word is written as "". Words that nobody said are not counted.
    """
    counts: dict[str, dict[str, Counter[str]]] = {language: defaultdict(Counter) for language in LANGUAGES}
    for item in heard:
        spoken = item.sentence.spoken(item.language).split()
        for word, written in _aligned(spoken, item.written.split()):
            counts[item.language][word.strip(".,?")][written.strip(".,?")] += 1
    found = {
        language: {word: dict(heard_as.most_common()) for word, heard_as in sorted(words.items()) if len(heard_as) > 1}
        for language, words in counts.items()
    }
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _aligned(spoken: list[str], written: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each spoken word with the words that were written for it."""
    for _, first, last, begin, end in difflib.SequenceMatcher(None, spoken, written, autojunk=False).get_opcodes():
        length = last - first
        for place in range(length):
            # the last spoken word of a stretch takes what is left of the written ones
            stop = end if place == length - 1 else min(end, begin + place + 1)
            yield spoken[first + place], " ".join(written[min(end, begin + place) : stop])
