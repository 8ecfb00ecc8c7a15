"""Records sources of PulseAudio and PipeWire, among them monitors, which record what a meeting program plays.

PortAudio does not list these sources. Through ALSA's plug-in its thread loops forever when one is unplugged, so `parec`
records them; it comes with `pactl`.
"""

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncGenerator

from app.audio.chunk import SAMPLE_RATE, Samples, from_pcm16
from app.errors import SourceError

CHUNK_BYTES = round(0.04 * SAMPLE_RATE) * 2
"""Size of one block of a channel: 40 ms of 16-bit samples."""

DEAD_S = 3.0
"""A source that yields nothing for this long is gone; a monitor yields silence while nothing is played."""


def list_sources() -> list[tuple[str, int]]:
    """Return the names of all sources and how many channels each has; none without such a sound server.

    Blocks for some milliseconds.
    """
    program = shutil.which("pactl")
    if program is None or shutil.which("parec") is None:
        return []
    try:
        listed = subprocess.run([program, "list", "short", "sources"], capture_output=True, text=True, timeout=5)  # noqa: S603 - fixed arguments
    except subprocess.TimeoutExpired:
        return []
    rows = [line.split("\t") for line in listed.stdout.splitlines()]
    return [(fields[1], _count_channels(fields)) for fields in rows if len(fields) > 1]


def _count_channels(fields: list[str]) -> int:
    """Return how many channels a row of `pactl` names, such as `s16le 2ch 48000Hz`; one if it names none."""
    found = re.search(r"\b(\d+)ch\b", fields[3]) if len(fields) > 3 else None
    return int(found[1]) if found else 1


async def record(source: str, n_channels: int = 1) -> AsyncGenerator[tuple[float, Samples], None]:
    """Yield the sound of a source, shape (n_samples, n_channels), and where each block begins, in seconds.

    The server resamples it to SAMPLE_RATE and mixes it to mono if one channel is asked for.

    Raises:
        SourceError: The source is gone.
    """
    process = await asyncio.create_subprocess_exec(
        shutil.which("parec") or "parec",
        f"--device={source}",
        "--format=s16le",
        f"--rate={SAMPLE_RATE}",
        f"--channels={n_channels}",
        # channels keep their numbers, whatever speakers they are meant for
        *(("--no-remap", "--no-remix") if n_channels > 1 else ()),
        "--latency-msec=40",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    n_samples = 0
    try:
        while process.stdout is not None:
            async with asyncio.timeout(DEAD_S):
                samples = from_pcm16(await process.stdout.readexactly(CHUNK_BYTES * n_channels))
            yield n_samples / SAMPLE_RATE, samples.reshape(-1, n_channels)
            n_samples += len(samples) // n_channels
    except (TimeoutError, asyncio.IncompleteReadError):
        raise SourceError(
            f"The sound source {source} has stopped; check whether it still exists. Surtitle opens it again by itself."
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
