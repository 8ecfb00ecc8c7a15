"""Text to the pieces that a translation model reads, and back: SentencePiece models, or `tokenizer.json`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from app.errors import ModelError

SPACE = "\u2581"
"""Stands for the space before a piece."""


class Pieces(Protocol):
    """Cuts text into pieces."""

    def encode(self, text: str) -> list[str]:
        """Return the pieces of a text, without special tokens."""

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text of pieces."""


class SentencePieces:
    """The pieces of a SentencePiece model."""

    def __init__(self, path: Path) -> None:
        """Read a model.

        Raises:
            ModelError: It cannot be read, or the library is not installed.
        """
        try:
            import sentencepiece
        except ModuleNotFoundError as exc:
            raise ModelError(
                f"The translation model in {path.parent} needs the library sentencepiece, which is not installed. "
                "Install it with: pip install 'surtitle[translate]'"
            ) from exc
        try:
            self._model: Any = sentencepiece.SentencePieceProcessor(model_file=str(path))
        except (OSError, RuntimeError) as exc:
            raise ModelError(f"Expected a SentencePiece model in {path}, but it cannot be read: {exc}.") from exc

    def encode(self, text: str) -> list[str]:
        """Return the pieces of a text, without special tokens."""
        return [str(piece) for piece in self._model.encode(text, out_type=str)]

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text of pieces."""
        return str(self._model.decode(list(pieces)))


class TokenizerPieces:
    """The pieces of a `tokenizer.json`."""

    def __init__(self, path: Path) -> None:
        """Read a tokenizer; raises ModelError if it cannot be read."""
        import tokenizers

        try:
            self._tokenizer: Any = tokenizers.Tokenizer.from_file(str(path))
        except Exception as exc:  # the library raises no narrower class
            raise ModelError(f"Expected a tokenizer in {path}, but it cannot be read: {exc}.") from exc
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def encode(self, text: str) -> list[str]:
        """Return the pieces of a text, without special tokens."""
        return [str(piece) for piece in self._tokenizer.encode(text, add_special_tokens=False).tokens]

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text of pieces."""
        decoder = self._tokenizer.decoder
        if decoder is not None:
            return str(decoder.decode(list(pieces)))
        return "".join(pieces).replace(SPACE, " ").removeprefix(" ")


SENTENCEPIECE_FILES = ("sentencepiece.bpe.model", "sentencepiece.model", "spiece.model")
"""Names that the families' SentencePiece models have."""


def read_pieces(folder: Path) -> Pieces:
    """Return what cuts the text of a model with one vocabulary.

    Raises:
        ModelError: The folder has no such file, or it cannot be read.
    """
    if (folder / "tokenizer.json").is_file():
        return TokenizerPieces(folder / "tokenizer.json")
    for name in SENTENCEPIECE_FILES:
        if (folder / name).is_file():
            return SentencePieces(folder / name)
    raise ModelError(
        f"Expected tokenizer.json or {SENTENCEPIECE_FILES[0]} in {folder}, but neither is there. Copy it from the "
        "original model, or convert again with ct2-transformers-converter --copy_files."
    )
