"""Sound from any file or address that FFmpeg's libraries open, at the pace of life or as fast as it is read."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.errors import MediaError, SourceError

CHUNK = round(0.1 * SAMPLE_RATE)
"""Samples in one chunk."""

OPEN_S = 10.0
"""How long an address may take to answer, and a stream to go on."""


class Media:
    """A file or stream as a source."""

    def __init__(self, address: str, *, paced: bool = True) -> None:
        """Name a file or URL; `paced` plays it at the pace of life, as a meeting goes."""
        self._address = address
        self._paced = paced
        self.name = address if is_url(address) else Path(address).name
        self.began_s: float | None = None
        """When it began to play, on the monotonic clock; its lag is measured from there."""

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Open it and yield its sound; each call begins at the start.

        Raises:
            MediaError: It cannot be read as sound, or ends broken; all that could be read was yielded before.
            SourceError: A stream cannot be reached now.
        """
        loop = asyncio.get_running_loop()
        thread = ThreadPoolExecutor(1, thread_name_prefix="media")
        pieces = read(self._address)
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
            thread.shutdown(wait=False, cancel_futures=True)


def is_url(address: str) -> bool:
    """Return whether this names a stream and not a file."""
    scheme, found, _ = address.partition("://")
    return bool(found) and scheme.isalnum()


def load(path: Path) -> Samples:
    """Read a whole file.

    Raises:
        MediaError: It cannot be read as sound.
    """
    pieces = list(read(str(path)))
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def length_s(path: Path) -> float | None:
    """Return how long a file says it is, in seconds; None if it does not say, or is no file to read."""
    try:
        with av.open(str(path)) as container:
            return float(container.duration) / av.time_base if container.duration else None
    except (av.error.FFmpegError, OSError, ValueError):
        return None


def read(address: str) -> Iterator[Samples]:
    """Yield the sound in pieces of 100 ms, the last one shorter; blocks while it reads.

    Raises:
        MediaError: It cannot be read as sound, or ends broken; all that could be read was yielded before.
        SourceError: A stream cannot be reached now.
    """
    if not is_url(address) and not Path(address).is_file():
        raise MediaError(f"Expected a sound or video file, but there is no file {address}. Check the path.")
    try:
        container = av.open(address, timeout=OPEN_S)
    except (av.error.FFmpegError, OSError, ValueError) as exc:
        if is_url(address):
            raise SourceError(f"The stream {address} cannot be opened now; check the address and the network.") from exc
        raise MediaError(
            f"Expected a sound or video file, but {address} is neither, or it is damaged. "
            "Give a file that a media player can play."
        ) from exc
    with container:
        if not container.streams.audio:
            raise MediaError(f"Expected sound, but {address} holds none. Give a file with an audio track.")
        resampler = AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE)
        rest = np.zeros(0, np.float32)
        n_read = 0
        failure: Exception | None = None
        frames = container.decode(audio=0)
        while True:
            try:
                frame = next(frames, None)
                parts = [part.to_ndarray()[0] for part in resampler.resample(frame)]
            except (av.error.FFmpegError, OSError, ValueError) as exc:
                failure, frame, parts = exc, None, []
            rest = np.concatenate(list(chain([rest], parts))).astype(np.float32, copy=False)
            while len(rest) >= CHUNK:
                yield rest[:CHUNK]
                n_read += CHUNK
                rest = rest[CHUNK:]
            if frame is None:
                break
        if len(rest):
            yield rest
            n_read += len(rest)
        if failure is not None or n_read == 0 or _is_cut_short(container, n_read):
            raise MediaError(
                f"The sound of {address} breaks off after {n_read / SAMPLE_RATE:.1f} s: "
                "the file is incomplete or damaged."
            ) from failure


def _is_cut_short(container: av.container.InputContainer, n_read: int) -> bool:
    """Return whether much less came than the file's own header promises."""
    promised_s = float(container.duration or 0) / av.time_base if container.format.name != "mp3" else 0.0
    return promised_s - n_read / SAMPLE_RATE > max(1.0, 0.05 * promised_s)
