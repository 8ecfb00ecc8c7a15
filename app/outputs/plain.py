"""Writes phrases as plain text, one per line; pure."""

from collections.abc import Iterable

from app.outputs.cues import tidy


def write(texts: Iterable[str]) -> str:
    """Return texts as lines, made tidy."""
    return "".join(f"{tidy(text)}\n" for text in texts)
