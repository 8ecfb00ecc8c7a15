"""The source for files and URLs, in real time or as fast as possible; a child process opens them."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.errors import SurtitleError
from app.media.address import is_url
from app.media.reader import MediaReader
from app.redaction import redact_url


class MediaSource:
    """A file or stream as a source."""

    def __init__(
        self,
        address: str,
        *,
        paced: bool = True,
        private: bool = False,
        name: str | None = None,
        channels: Sequence[int] = (),
    ) -> None:
        """Set the file or URL; `paced` yields its sound in real time; `channels` are for `channel_chunks`.

        A URL may be on a private network only if `private`. `name` is shown to people instead of the address.
        """
        self._address = address
        self._private = private
        self._paced = paced
        self._channels = tuple(channels)
        self.name = name or (redact_url(address) if is_url(address) else Path(address).name)
        self.began_s: float | None = None
        """When it began to play, on the monotonic clock; lag is measured from there."""

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Open it and yield its sound; each call begins at the start. Cancelling ends the child process.

        Raises:
            MediaError: It cannot be read as sound, or breaks off; the sound before was yielded.
            SourceError: A stream cannot be reached now.
        """
        async with aclosing(self._blocks(())) as blocks:
            async for start_s, block in blocks:
                yield Chunk(block, start_s)

    async def channel_chunks(self) -> AsyncGenerator[list[Chunk], None]:
        """Open it and yield the sound of its channels; see `chunks`."""
        async with aclosing(self._blocks(self._channels)) as blocks:
            async for start_s, block in blocks:
                yield [Chunk(samples, start_s) for samples in block]

    async def _blocks(self, channels: Sequence[int]) -> AsyncGenerator[tuple[float, Samples], None]:
        """Yield its sound with where each block begins, in seconds."""
        loop = asyncio.get_running_loop()
        thread = ThreadPoolExecutor(1, thread_name_prefix="media")
        reader = MediaReader(self._address, private=self._private, channels=channels)
        blocks = reader.blocks()
        try:
            n_samples = 0
            while (block := await loop.run_in_executor(thread, next, blocks, None)) is not None:
                began_s = self.began_s = time.monotonic() if n_samples == 0 or self.began_s is None else self.began_s
                if self._paced:  # a block is available when its last sample has been spoken
                    ahead_s = (n_samples + block.shape[-1]) / SAMPLE_RATE - (time.monotonic() - began_s)
                    await asyncio.sleep(max(0.0, ahead_s))
                yield n_samples / SAMPLE_RATE, block
                n_samples += block.shape[-1]
        finally:
            reader.kill()  # a thread that waits for the child process continues at once
            thread.shutdown(wait=False, cancel_futures=True)


def load(path: Path) -> Samples:
    """Read a whole file.

    Raises:
        MediaError: It cannot be read as sound.
    """
    blocks = list(read(str(path)))
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def check(address: str, channels: Sequence[int] = ()) -> None:
    """Open a file and close it; raises MediaError if it cannot be read as sound, or does not have the channels."""
    with MediaReader(address, channels=channels):
        return


def length_s(path: Path) -> float | None:
    """Return a file's length according to its header, in seconds; None without one, or if it cannot be read."""
    try:
        with MediaReader(str(path)) as reader:
            return reader.length_s
    except SurtitleError:
        return None


def read(address: str, *, private: bool = False) -> Iterator[Samples]:
    """Yield the sound in blocks of 100 ms, the last one shorter; blocks the thread while it reads.

    A URL may be on a private network only if `private`.

    Raises:
        MediaError: It cannot be read as sound, or breaks off; the sound before was yielded.
        SourceError: A stream cannot be reached now.
    """
    return MediaReader(address, private=private).blocks()
