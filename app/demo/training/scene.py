"""Builds sound with a known script: sentences, pauses and noises one after another, with the time of every word.

The demo meeting, the bench clips and the evaluation are all scenes.
"""

from dataclasses import dataclass

import numpy as np

from app.demo.training import noise
from app.demo.training.grammar import Sentence
from app.demo.training.speech import SAMPLE_RATE, Samples, SpokenWord, Voice, speak

SPEECH_LEVEL = 0.35
"""Peak of every sentence: a microphone with some headroom."""


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One sentence and its times."""

    sentence: Sentence
    language: str
    voice: Voice
    start_s: float
    end_s: float
    words: tuple[SpokenWord, ...]
    """Timed from the beginning of the scene."""

    @property
    def text(self) -> str:
        """The sentence as spoken."""
        return self.sentence.spoken(self.language)


class Scene:
    """Places sounds one after another on one clock."""

    def __init__(self, seed: int) -> None:
        self.lines: list[ScriptLine] = []
        self._pieces: list[Samples] = []
        self._n_samples = 0
        self._generator = np.random.default_rng(seed)

    @property
    def duration_s(self) -> float:
        """Seconds placed so far."""
        return self._n_samples / SAMPLE_RATE

    def pause(self, seconds: float) -> None:
        """Place silence."""
        self.sound(np.zeros(round(seconds * SAMPLE_RATE), np.float32))

    def sound(self, samples: Samples) -> None:
        """Place any samples."""
        self._pieces.append(samples)
        self._n_samples += len(samples)

    def say(self, sentence: Sentence, language: str, voice: Voice) -> ScriptLine:
        """Place a spoken sentence.

        Raises:
            SpeechError: espeak-ng is missing or does not know the voice.
        """
        speech = speak(sentence.spoken(language), voice)
        start_s = self.duration_s
        self.sound(speech.samples * np.float32(SPEECH_LEVEL / max(float(np.abs(speech.samples).max()), 1e-6)))
        words = tuple(SpokenWord(w.text, w.start_s + start_s, w.end_s + start_s) for w in speech.words)
        line = ScriptLine(sentence, language, voice, start_s, self.duration_s, words)
        self.lines.append(line)
        return line

    def samples(self, background_db: float = -50.0) -> Samples:
        """Return the whole scene, mixed with pink noise at this peak level below full scale."""
        together = np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.float32)
        level = np.float32(10 ** (background_db / 20))
        mixture: Samples = together + level * noise.coloured(self._generator, len(together), 1.0)
        return np.clip(mixture, -1.0, 1.0)
