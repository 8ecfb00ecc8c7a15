"""A recording that plays at normal speed, as a microphone delivers sound."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples


class PacedSource:
    """A source that yields each chunk when its last sample is due."""

    name = "bench"

    def __init__(self, samples: Samples, chunk_s: float, on_chunk: Callable[[Chunk], object] | None = None) -> None:
        """Play `samples` in chunks of `chunk_s` seconds; `on_chunk` is called before each is yielded."""
        self._samples = samples
        self._chunk_s = chunk_s
        self._on_chunk = on_chunk
        self.started_s = time.monotonic()
        """Moment at which the first sample was due, on the monotonic clock."""

    @property
    def elapsed_s(self) -> float:
        """Seconds since the first sample was due."""
        return time.monotonic() - self.started_s

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Yield the chunks, each when its last sample is due."""
        self.started_s = time.monotonic()
        for chunk in split_chunks(self._samples, self._chunk_s):
            await asyncio.sleep(max(0.0, chunk.end_s - self.elapsed_s))
            if self._on_chunk is not None:
                self._on_chunk(chunk)
            yield chunk


def split_chunks(samples: Samples, chunk_s: float) -> Iterator[Chunk]:
    """Yield a recording in chunks of `chunk_s` seconds; the last may be shorter."""
    n_chunk = round(chunk_s * SAMPLE_RATE)
    for first in range(0, len(samples), n_chunk):
        yield Chunk(samples[first : first + n_chunk], first / SAMPLE_RATE)
