"""Phrases as plain text, one a line, and back; pure."""

from collections.abc import Iterable

from app.outputs.cues import tidy


def write(texts: Iterable[str]) -> str:
    """Return texts as lines, made tidy."""
    return "".join(f"{tidy(text)}\n" for text in texts)


def read(text: str) -> list[str]:
    """Return the lines of a text, made tidy; blank ones are left out. There is nothing that it cannot read."""
    return [line for line in map(tidy, text.split("\n")) if line]
