"""Tests for app.audio.stdin."""

import io
import wave

import pytest

from app.audio.chunk import SAMPLE_RATE, from_pcm16
from app.audio.stdin import StdinSource
from app.errors import MediaError


class SlowPipe(io.BytesIO):
    """A pipe that returns an odd number of bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return three bytes."""
        return super().read(3)


async def test_raw_samples_are_read_to_the_end() -> None:
    """One second of samples is one second of sound."""
    stream = io.BytesIO(bytes(2 * SAMPLE_RATE))
    chunks = [chunk async for chunk in StdinSource(stream).chunks()]
    assert chunks[-1].end_s == pytest.approx(1.0)


async def test_a_sample_may_come_in_two_parts() -> None:
    """Half a sample waits for its other half."""
    pcm = bytes(range(60))
    chunks = [chunk async for chunk in StdinSource(SlowPipe(pcm)).chunks()]
    assert [value for chunk in chunks for value in chunk.samples] == list(from_pcm16(pcm))


async def test_a_sound_file_in_the_pipe_is_a_sentence() -> None:
    """A file format instead of raw samples is an error that says what to do."""
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(SAMPLE_RATE)
        recording.writeframes(bytes(3200))
    with pytest.raises(MediaError, match="sound file came"):
        [chunk async for chunk in StdinSource(io.BytesIO(file.getvalue())).chunks()]
