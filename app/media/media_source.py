"""Sound from files and addresses, at the pace of life or as fast as it is read; another process opens them."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.errors import MediaError, SourceError, SurtitleError
from app.media.address import is_url, shown
from app.media.reader import MediaReader


class MediaSource:
    """A file or stream as a source."""

    def __init__(self, address: str, *, paced: bool = True, private: bool = False, name: str | None = None) -> None:
        """Name a file or URL; `paced` plays it at the pace of life, as a meeting goes.

        A URL may lie on a private network only if `private`. `name` is what people are told of it.
        """
        self._address = address
        self._private = private
        self._paced = paced
        self.name = name or (shown(address) if is_url(address) else Path(address).name)
        self.began_s: float | None = None
        """When it began to play, on the monotonic clock; its lag is measured from there."""

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Open it and yield its sound; each call begins at the start. Cancelling ends the process that reads.

        Raises:
            MediaError: It cannot be read as sound, or ends broken; all that could be read was yielded before.
            SourceError: A stream cannot be reached now.
        """
        loop = asyncio.get_running_loop()
        thread = ThreadPoolExecutor(1, thread_name_prefix="media")
        reading = MediaReader(self._address, private=self._private)
        pieces = _sound(self._address, reading)
        try:
            n_samples = 0
            while (piece := await loop.run_in_executor(thread, next, pieces, None)) is not None:
                began_s = self.began_s = time.monotonic() if n_samples == 0 or self.began_s is None else self.began_s
                if self._paced:  # sound is there once it has been spoken, not before
                    ahead_s = (n_samples + len(piece)) / SAMPLE_RATE - (time.monotonic() - began_s)
                    await asyncio.sleep(max(0.0, ahead_s))
                yield Chunk(piece, n_samples / SAMPLE_RATE)
                n_samples += len(piece)
        finally:
            reading.kill()  # a thread that waits for it goes on at once
            thread.shutdown(wait=False, cancel_futures=True)


def load(path: Path) -> Samples:
    """Read a whole file.

    Raises:
        MediaError: It cannot be read as sound.
    """
    pieces = list(read(str(path)))
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def length_s(path: Path) -> float | None:
    """Return how long a file says it is, in seconds; None if it does not say, or is no sound to read."""
    if not path.is_file():
        return None
    try:
        with MediaReader(str(path)) as reading:
            return reading.length_s
    except SurtitleError:
        return None


def read(address: str, *, private: bool = False) -> Iterator[Samples]:
    """Yield the sound in pieces of 100 ms, the last one shorter; blocks while it reads.

    A URL may lie on a private network only if `private`.

    Raises:
        MediaError: It cannot be read as sound, or ends broken; all that could be read was yielded before.
        SourceError: A stream cannot be reached now.
    """
    yield from _sound(address, MediaReader(address, private=private))


def _sound(address: str, reading: MediaReader) -> Iterator[Samples]:
    if not is_url(address) and not Path(address).is_file():
        raise MediaError(f"Expected a sound or video file, but there is no file {address}. Check the path.")
    try:
        with reading:
            yield from reading.pieces()
    except (MediaError, SourceError) as exc:
        raise type(exc)(str(exc).replace(address, shown(address))) from exc
