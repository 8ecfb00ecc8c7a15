"""A talk whose sound contains the numbers of its words, and a model that hears exactly these."""

import random
from dataclasses import dataclass

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Samples
from app.decode.hypothesis import DecodeResult, Hypothesis, Word
from app.decode.request import DecodeRequest, Task

STEP = 512
"""Samples of one probability of speech."""

WORD_S = 0.32


@dataclass(frozen=True)
class SaidWord:
    """One word of the talk."""

    text: str
    english: str
    start_s: float


def talk(seed: int, n_words: int = 60) -> list[SaidWord]:
    """Return a talk: long and short sentences, with pauses between and inside them."""
    rng = random.Random(seed)
    said: list[SaidWord] = []
    at_s, left = 0.64, rng.randint(3, 25)
    for number in range(n_words):
        left -= 1
        is_end = left == 0 or number == n_words - 1
        mark = "." if is_end else "," if rng.random() < 0.1 else ""
        said.append(SaidWord(f"wort{number}{mark}", f"word{number}{mark}", at_s))
        pause_s = rng.choice([0.32, 0.96, 1.6]) if is_end else rng.choice([0.064] * 12 + [0.64, 1.28, 2.56])
        at_s += WORD_S + pause_s
        left = left or rng.randint(3, 25)
    return said


def sound_of(said: list[SaidWord]) -> tuple[Samples, list[float]]:
    """Return samples that contain the number of the word spoken there, and the probability of speech of each step."""
    n_steps = round((said[-1].start_s + 8.0) * SAMPLE_RATE) // STEP
    samples = np.zeros(n_steps * STEP, np.float32)
    for number, word in enumerate(said):
        first = round(word.start_s * SAMPLE_RATE)
        samples[first : first + round(WORD_S * SAMPLE_RATE)] = number + 1
    return samples, [float(samples[i : i + STEP].any()) for i in range(0, len(samples), STEP)]


class Interpreter:
    """A model that hears exactly the words of the talk.

    `wrong` is the share of translations that it gets wrong; it stops writing at a pause of `deaf_after_s`.
    """

    def __init__(self, said: list[SaidWord], wrong: float = 0.0, deaf_after_s: float = 99.0) -> None:
        self._said, self._wrong, self._rng = said, wrong, random.Random(5)
        self._deaf_after_s = deaf_after_s
        self.durations_s: list[float] = []
        """Lengths of the windows that were decoded for a translation alone."""

    def answer(self, request: DecodeRequest) -> DecodeResult:
        """Write and translate the words that are whole in the samples."""
        samples = request.samples.astype(int)
        words: list[Word] = []
        english: list[Word] = []
        for number in sorted(set(samples.tolist()) - {0}):
            places = np.flatnonzero(samples == number)
            if len(places) < 0.9 * WORD_S * SAMPLE_RATE:
                continue
            if words and places[0] / SAMPLE_RATE - words[-1].end_s >= self._deaf_after_s:
                break
            said = self._said[number - 1]
            words.append(Word(said.text, places[0] / SAMPLE_RATE, (places[-1] + 1) / SAMPLE_RATE, 0.9))
            english.append(Word(said.english, 0.0, 0.0, 0.9))
        hypotheses: dict[Task, Hypothesis] = {
            "transcribe": Hypothesis(tuple(words), -0.1),
            "translate": Hypothesis(tuple(english), -0.1),
        }
        if self._rng.random() < self._wrong:
            hypotheses["translate"] = Hypothesis((Word("wrong", 0.0, 0.0, 0.1),) * 2, -3.0)
        if request.tasks == ("translate",):
            self.durations_s.append(request.duration_s)
        return DecodeResult("de", {task: hypotheses[task] for task in request.tasks})
