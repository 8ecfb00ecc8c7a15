"""The source for raw samples on standard input, from any program that writes to a pipe."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from app.audio.chunk import SAMPLE_RATE, Chunk, from_pcm16
from app.errors import MediaError

CHUNK_BYTES = round(0.1 * SAMPLE_RATE) * 2
"""Maximum bytes in one chunk: 100 ms of 16-bit samples."""


class StdinSource:
    """16-bit little-endian mono PCM at SAMPLE_RATE from a stream of bytes."""

    def __init__(self, stream: BinaryIO | None = None) -> None:
        """Read from `stream`, or from standard input."""
        self._stream = stream
        self.name = "standard input"

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Yield the sound as it arrives, until the stream ends.

        Raises:
            MediaError: The stream is a sound file and not raw samples.
        """
        loop = asyncio.get_running_loop()
        thread = ThreadPoolExecutor(1, thread_name_prefix="stdin")
        stream = self._stream or open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)  # noqa: SIM115, ASYNC230 - already open
        n_samples, odd = 0, b""
        try:
            while pcm := await loop.run_in_executor(thread, stream.read, CHUNK_BYTES):
                if n_samples == 0 and pcm[:4] in (b"RIFF", b"fLaC", b"OggS", b"ID3\x03", b"ID3\x04"):
                    raise MediaError(
                        "Expected raw 16-bit mono samples at 16 kHz on standard input, but a sound file came. "
                        "Give the file's name as --source instead of piping it."
                    )
                pcm, odd = odd + pcm, b""
                if len(pcm) % 2:
                    pcm, odd = pcm[:-1], pcm[-1:]
                samples = from_pcm16(pcm)
                yield Chunk(samples, n_samples / SAMPLE_RATE)
                n_samples += len(samples)
        finally:
            thread.shutdown(wait=False, cancel_futures=True)
