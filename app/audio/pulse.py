"""Records sources of PulseAudio and PipeWire, among them monitors, which record what a meeting program plays.

PortAudio does not list these sources. Through ALSA's plug-in its thread loops forever when one is unplugged, so `parec`
records them; it comes with `pactl`.
"""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncGenerator

from app.audio.chunk import SAMPLE_RATE, Chunk, from_pcm16
from app.errors import SourceError

CHUNK_BYTES = round(0.04 * SAMPLE_RATE) * 2
"""Size of one chunk: 40 ms of 16-bit samples."""

DEAD_S = 3.0
"""A source that yields nothing for this long is gone; a monitor yields silence while nothing is played."""


def list_sources() -> list[str]:
    """Return the names of all sources; none without such a sound server. Blocks for some milliseconds."""
    program = shutil.which("pactl")
    if program is None or shutil.which("parec") is None:
        return []
    try:
        listed = subprocess.run([program, "list", "short", "sources"], capture_output=True, text=True, timeout=5)  # noqa: S603 - fixed arguments
    except subprocess.TimeoutExpired:
        return []
    rows = [line.split("\t") for line in listed.stdout.splitlines()]
    return [fields[1] for fields in rows if len(fields) > 1]


async def record(source: str) -> AsyncGenerator[Chunk, None]:
    """Yield the sound of a source; the server resamples and mixes it to mono at SAMPLE_RATE.

    Raises:
        SourceError: The source is gone.
    """
    process = await asyncio.create_subprocess_exec(
        shutil.which("parec") or "parec",
        f"--device={source}",
        "--format=s16le",
        f"--rate={SAMPLE_RATE}",
        "--channels=1",
        "--latency-msec=40",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    n_samples = 0
    try:
        while process.stdout is not None:
            async with asyncio.timeout(DEAD_S):
                samples = from_pcm16(await process.stdout.readexactly(CHUNK_BYTES))
            yield Chunk(samples, n_samples / SAMPLE_RATE)
            n_samples += len(samples)
    except (TimeoutError, asyncio.IncompleteReadError):
        raise SourceError(
            f"The sound source {source} has stopped; check whether it still exists. Surtitle opens it again by itself."
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
