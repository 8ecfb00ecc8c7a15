"""Translates texts with a converted model, several at once, by CTranslate2 alone."""

from collections.abc import Sequence
from pathlib import Path

import ctranslate2
from tokenizers import Tokenizer

from app.demo.training.translation.tokens import END, language_token, load_tokenizer, token_id

_BATCH = 32


class DemoTranslator:
    """A model directory, loaded for the CPU."""

    def __init__(self, directory: Path, compute_type: str = "int8") -> None:
        """Load the model and its tokenizer.

        Raises:
            RuntimeError: The directory contains no model.
        """
        self.tokenizer: Tokenizer = load_tokenizer(directory / "tokenizer.json")
        self._model = ctranslate2.Translator(
            str(directory), device="cpu", compute_type=compute_type, inter_threads=1, intra_threads=1
        )

    def translate(
        self,
        texts: Sequence[str],
        language: str,
        target: str,
        previous: Sequence[tuple[str, str]] | None = None,
    ) -> list[str]:
        """Translate texts, greedily; `previous` holds the sentence before each text and its translation."""
        given = previous or [("", "")] * len(texts)
        sources = [
            [language_token(language), *self._pieces(f"{before[0]} {text}".strip()), END]
            for text, before in zip(texts, given, strict=True)
        ]
        prefixes = [[language_token(target), *self._pieces(before[1])] for before in given]
        results = self._model.translate_batch(
            sources,
            target_prefix=prefixes,
            beam_size=1,
            max_batch_size=_BATCH,
            max_decoding_length=max(len(source) for source in sources) * 2 + 16,
        )
        return [
            self._text(result.hypotheses[0][len(prefix) :]) for result, prefix in zip(results, prefixes, strict=True)
        ]

    def _pieces(self, text: str) -> list[str]:
        return list(self.tokenizer.encode(text, add_special_tokens=False).tokens) if text else []

    def _text(self, pieces: Sequence[str]) -> str:
        return str(self.tokenizer.decode([token_id(self.tokenizer, piece) for piece in pieces]))
