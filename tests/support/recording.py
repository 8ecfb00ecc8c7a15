"""Records from a source for a given time."""

from app.audio.chunk import Chunk
from app.audio.source import Source


async def record_for(source: Source, seconds: float) -> list[Chunk]:
    """Return the chunks of the first seconds."""
    chunks: list[Chunk] = []
    stream = source.chunks()
    async for chunk in stream:
        chunks.append(chunk)
        if chunk.end_s >= seconds:
            break
    await stream.aclose()
    return chunks
