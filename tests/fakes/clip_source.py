"""A source that speaks the demo clip, and a model that answers without listening."""

import asyncio
from collections.abc import AsyncGenerator

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.decode import demo_files
from app.decode.hypothesis import DecodeResult, Hypothesis, Word
from app.decode.request import DecodeRequest
from app.errors import DecodeError, SourceError
from app.media import media_source


class ClipSource:
    """Speaks the clip, and then ends, breaks off or sends nothing more."""

    name = "speaker"

    def __init__(self, then: str = "end") -> None:
        """`then` is `end`, `break` or `hang`."""
        self._then = then

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Yield the clip as fast as it is read."""
        clip = media_source.load(demo_files.CLIP)
        for first in range(0, len(clip), 640):
            yield Chunk(clip[first : first + 640], first / SAMPLE_RATE)
            await asyncio.sleep(0)
        if self._then == "break":
            raise SourceError("The device was unplugged.")
        if self._then == "hang":
            await asyncio.Event().wait()


class SteadyWords:
    """Answers each request with one word for every half second of sound."""

    def __init__(self, failures: int = 0) -> None:
        """Fail the first `failures` requests."""
        self.failures = failures

    def __call__(self, request: DecodeRequest) -> DecodeResult:
        """Answer at once."""
        if self.failures:
            self.failures -= 1
            raise DecodeError("The batch failed.")
        count = int(request.duration_s * 2)
        words = tuple(Word(f"w{i}", i / 2, i / 2 + 0.4, 0.9) for i in range(count))
        return DecodeResult(request.language or "en", {"transcribe": Hypothesis(words, -0.1)})
