"""A CTranslate2 model that counts the rows of its calls."""

from typing import Any


class CountedModel:
    """Passes every call on to a real model."""

    def __init__(self, model: Any) -> None:
        """Wrap a `ctranslate2.models.Whisper`."""
        self._model = model
        self.generated: list[int] = []
        """Rows of each call of `generate`."""
        self.detected: list[int] = []
        """Rows of each call of `detect_language`."""
        self.aligned: list[int] = []
        """Rows of each call of `align`."""

    def __getattr__(self, name: str) -> Any:
        """Return what the real model has."""
        return getattr(self._model, name)

    def generate(self, encoded: Any, prompts: list[list[int]], **options: Any) -> Any:
        """Write a text for each row."""
        self.generated.append(len(prompts))
        return self._model.generate(encoded, prompts, **options)

    def detect_language(self, encoded: Any) -> Any:
        """Detect the language of each row."""
        self.detected.append(encoded.shape[0])
        return self._model.detect_language(encoded)

    def align(self, encoded: Any, start: list[int], texts: list[list[int]], n_frames: list[int]) -> Any:
        """Align the text of each row."""
        self.aligned.append(len(texts))
        return self._model.align(encoded, start, texts, n_frames)
