"""Decodes one window at a time with a converted model: spectrogram in; tokens, language and token times out.

It uses CTranslate2 directly, with the live path's settings (greedy, no timestamps, empty text allowed), so that the
evaluation measures the weights and not the service.
"""

from pathlib import Path

import ctranslate2
import numpy as np

from app.demo.training.spectrogram import Spectrogram, log_power, normalised, padded
from app.demo.training.speech import Samples
from app.demo.training.tokenizer import TIMESTAMP_STEP_S, Vocabulary

_MAX_LENGTH = 448


def window(samples: Samples, n_frames: int) -> Spectrogram:
    """Return the samples as the network takes them: normalised, then filled with 0.0 to n_frames."""
    return padded(normalised(log_power(samples)), n_frames)


class DemoDecoder:
    """A model directory, loaded for the CPU."""

    def __init__(self, directory: Path, threads: int = 2) -> None:
        """Load the model and its tokenizer.

        Raises:
            RuntimeError: The directory contains no model.
        """
        self.vocabulary = Vocabulary.load(directory / "tokenizer.json")
        self._model = ctranslate2.models.Whisper(
            str(directory), device="cpu", compute_type="int8", intra_threads=threads
        )

    def encode(self, spectrogram: Spectrogram) -> ctranslate2.StorageView:
        """Encode one window, shape (80, n_frames); the other methods take the result any number of times."""
        return self._model.encode(ctranslate2.StorageView.from_array(np.ascontiguousarray(spectrogram[None])))

    def language(self, encoded: ctranslate2.StorageView) -> str:
        """Return the most likely language."""
        return str(self._model.detect_language(encoded)[0][0][0]).strip("<|>")

    def write(
        self, encoded: ctranslate2.StorageView, language: str, task: str, previous: tuple[int, ...] = ()
    ) -> list[int]:
        """Return the decoded tokens; `previous` is the text before the window."""
        prompt = [*self.vocabulary.task_tokens(language, task), self.vocabulary.no_timestamps]
        if previous:
            prompt = [self.vocabulary.previous, *previous, *prompt]
        result = self._model.generate(encoded, [prompt], beam_size=1, max_length=_MAX_LENGTH, suppress_blank=False)
        return [int(token) for token in result[0].sequences_ids[0] if token < self.vocabulary.end]

    def token_times(
        self, encoded: ctranslate2.StorageView, language: str, tokens: list[int], n_frames: int
    ) -> list[float]:
        """Return when each token begins and, last, when the text ends, in seconds; n_frames is the sound's length."""
        start = self.vocabulary.task_tokens(language, "transcribe")
        path = self._model.align(encoded, start, [tokens], n_frames)[0].alignments
        times = [0.0] * (len(tokens) + 1)
        for token, position in reversed(path):
            times[token] = position * TIMESTAMP_STEP_S
        return times
