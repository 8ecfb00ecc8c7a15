"""A source that plays one constant sample value for ever."""

import asyncio
from collections.abc import AsyncGenerator

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Chunk


class Tone:
    """A source of constant samples; a value of 0 is digital silence."""

    name = "desk"

    def __init__(self, value: float) -> None:
        self._value = value
        self.n_opened = 0
        """How often the source was opened."""

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Yield chunks of 100 ms, ten times as fast as real time."""
        self.n_opened += 1
        samples = np.full(SAMPLE_RATE // 10, self._value, np.float32)
        n_samples = 0
        while True:
            yield Chunk(samples, n_samples / SAMPLE_RATE)
            n_samples += len(samples)
            await asyncio.sleep(0.01)
