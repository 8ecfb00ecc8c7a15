"""Finds speech for all rooms of a process: their streams share one thread beside the event loop."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from app.audio.chunk import Chunk
from app.audio.silero import shared_model
from app.audio.speech_stream import SpeechChunk, SpeechStream
from app.audio.speech_thresholds import THRESHOLDS, SpeechThresholds


@dataclass(slots=True, eq=False)
class _SpeechBatch:
    """Streams whose newest chunks wait for the model together."""

    streams: list[SpeechStream] = field(default_factory=list)
    task: asyncio.Task[list[SpeechChunk]] | None = None


class SpeechDetector:
    """Analyses the chunks of many streams; those that come while the thread is busy share its next call."""

    def __init__(self, thresholds: SpeechThresholds = THRESHOLDS) -> None:
        """Load the model and prepare the thread, which starts with the first sound that may be speech.

        Raises:
            ModelError: There is no speech model.
        """
        self._model = shared_model()
        self._thresholds = thresholds
        self._executor = ThreadPoolExecutor(1, "speech")
        self._is_free = asyncio.Lock()
        self._next: _SpeechBatch | None = None

    def open_stream(self) -> SpeechStream:
        """Return a stream for a new source."""
        return SpeechStream(self._thresholds, self._model)

    async def analyse(self, stream: SpeechStream, chunk: Chunk) -> SpeechChunk:
        """Return a chunk with its speech; chunks of one stream come one after the other.

        A chunk that is no speech for sure is answered at once, without the thread.
        """
        heard = stream.take(chunk)
        if heard is not None:
            return heard
        batch = self._next
        if batch is None:
            batch = self._next = _SpeechBatch()
            batch.task = asyncio.create_task(self._finish(batch))
        assert batch.task is not None
        number = len(batch.streams)
        batch.streams.append(stream)
        return (await asyncio.shield(batch.task))[number]  # shield: others wait for the batch when one is cancelled

    async def _finish(self, batch: _SpeechBatch) -> list[SpeechChunk]:
        async with self._is_free:
            self._next = None
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, _finish_all, batch.streams)


def _finish_all(streams: Sequence[SpeechStream]) -> list[SpeechChunk]:
    return [stream.finish() for stream in streams]
