"""Pieces of text that are its words."""

from collections.abc import Sequence


class WordsAsPieces:
    """Cuts text at spaces."""

    def encode(self, text: str) -> list[str]:
        """Return the words."""
        return text.split()

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the words with spaces between them."""
        return " ".join(pieces)
