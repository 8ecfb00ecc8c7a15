"""Embeddings of made-up voices: those of one person are alike, others are not."""

import numpy as np
from numpy.typing import NDArray

SIZE = 64

SPREAD = 0.8
"""Length of what differs between two windows of one person, whose own part has length 1."""


def make_voice(person: int, window: int = 0, *, other: int | None = None) -> NDArray[np.float32]:
    """Return the embedding of a window of a person, or of a window that another person shares, of length 1."""
    mixed = _direction(person) if other is None else _direction(person) + _direction(other)
    voice = mixed / np.linalg.norm(mixed) + SPREAD * _direction(1000 * person + window + 100)
    return (voice / np.linalg.norm(voice)).astype(np.float32)


def _direction(seed: int) -> NDArray[np.float64]:
    drawn = np.random.default_rng(seed).standard_normal(SIZE)
    return drawn / np.linalg.norm(drawn)
