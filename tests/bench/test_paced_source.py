"""A recording at normal speed."""

import time

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.bench.paced_source import PacedSource, split_chunks

SILENCE = np.zeros(SAMPLE_RATE // 4, np.float32)


async def test_chunks_come_when_their_last_sample_is_due() -> None:
    """A quarter of a second of sound takes that long, and every chunk is reported before it is yielded."""
    seen: list[Chunk] = []
    source = PacedSource(SILENCE, 0.1, seen.append)
    began_s = time.monotonic()
    moments = [(chunk.end_s, source.elapsed_s) async for chunk in source.chunks()]
    assert 0.25 <= time.monotonic() - began_s < 2.0
    assert [end_s for end_s, _ in moments] == pytest.approx([0.1, 0.2, 0.25])
    assert all(elapsed_s >= end_s for end_s, elapsed_s in moments)
    assert len(seen) == 3


def test_chunks_cover_the_recording() -> None:
    """Chunks follow each other without a gap; the last may be shorter."""
    chunks = list(split_chunks(SILENCE, 0.1))
    assert [chunk.start_s for chunk in chunks] == pytest.approx([0.0, 0.1, 0.2])
    assert sum(len(chunk.samples) for chunk in chunks) == len(SILENCE)
