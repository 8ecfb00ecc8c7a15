"""No sample is lost or doubled on the way from the page: a rising tone shows any jump."""

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import expect

from app.audio.chunk import SAMPLE_RATE
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.browser import open_page
from tests.support.raw_peer import KEY

LOW_HZ, RISE_HZ_PER_S = 500.0, 100.0
SPEAKING = "Speak now: the room is listening."
STEP = 800
"""Samples between two measurements of the pitch, 50 ms."""


@pytest.fixture
def chirp(tmp_path: Path) -> Path:
    """Write thirty seconds of a rising tone; after 0.1 s lost or doubled it is 10 Hz too high or too low."""
    path = tmp_path / "chirp.wav"
    at = np.arange(30 * 48_000) / 48_000
    samples = 0.3 * np.sin(2 * np.pi * (LOW_HZ * at + RISE_HZ_PER_S * at**2 / 2))
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(48_000)
        recording.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def pitches(sound: np.ndarray[tuple[int], np.dtype[np.float32]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the loudest frequency in Hz of 0.1 s at every `STEP`."""
    found = []
    for first in range(0, len(sound) - 2 * STEP, STEP):
        spectrum = np.abs(np.fft.rfft(sound[first : first + 2 * STEP] * np.hanning(2 * STEP), 1 << 14))
        found.append(float(np.argmax(spectrum)) * SAMPLE_RATE / (1 << 14))
    return np.asarray(found)


def largest_jump_hz(sound: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
    """Return the largest deviation from a steady rise; windows three steps apart are on both sides of any jump."""
    found = pitches(sound)
    return float(np.max(np.abs(found[3:] - found[:-3] - 3 * RISE_HZ_PER_S * STEP / SAMPLE_RATE)))


def test_a_lost_or_doubled_message_is_noticed() -> None:
    """One message of 0.1 s, removed or repeated anywhere, exceeds the tolerance."""
    at = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    whole = np.asarray(0.3 * np.sin(2 * np.pi * (LOW_HZ * at + RISE_HZ_PER_S * at**2 / 2)), np.float32)
    assert largest_jump_hz(whole) < 2
    for cut in range(SAMPLE_RATE, 2 * SAMPLE_RATE, 700):
        assert largest_jump_hz(np.concatenate([whole[:cut], whole[cut + 1600 :]])) > 6
        assert largest_jump_hz(np.concatenate([whole[:cut], whole[cut - 1600 :]])) > 6


async def test_a_rising_sound_rises_without_a_jump_over_a_break(chirp: Path) -> None:
    """No sound is missing or doubled when the service stops and starts again."""
    rooms = HostedRooms()
    listen = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    async with open_page(*listen, f"--use-file-for-fake-audio-capture={chirp}%noloop") as page:
        async with serve_rooms(rooms) as port:
            await page.goto(f"http://127.0.0.1:{port}/microphone/main#{KEY}")
            await page.click("#talk")
            await expect(page.locator("#status")).to_have_text(SPEAKING, timeout=10_000)
            await asyncio.sleep(2)
        [source] = rooms.sources.values()
        before = source.next_sample
        await asyncio.sleep(1)
        async with serve_rooms(rooms, port):
            await expect(page.locator("#status")).to_have_text(SPEAKING, timeout=15_000)
            await asyncio.sleep(1)
            await page.click("#talk")
            await asyncio.sleep(1)
    source.close()
    sound = np.concatenate([chunk.samples async for chunk in source.chunks()])
    assert len(sound) == source.next_sample > before + SAMPLE_RATE
    around = sound[before - SAMPLE_RATE : before + SAMPLE_RATE]
    assert largest_jump_hz(around) < 4
