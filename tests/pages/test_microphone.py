"""The microphone page, in a real browser with a file as its microphone."""

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


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Write thirty seconds of 700 Hz at 48 kHz."""
    path = tmp_path / "tone.wav"
    samples = 0.3 * np.sin(2 * np.pi * 700 * np.arange(30 * 48_000) / 48_000)
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(48_000)
        recording.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


async def test_no_sound_is_lost_while_the_service_is_away(tone: Path) -> None:
    """A tone keeps its pitch, and sound of the outage is sent later: no sample is missing."""
    rooms = HostedRooms()
    listen = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    async with open_page(*listen, f"--use-file-for-fake-audio-capture={tone}%noloop") as page:
        async with serve_rooms(rooms) as port:
            await page.goto(f"http://127.0.0.1:{port}/microphone/main#{KEY}")
            await page.click("#talk")
            await expect(page.locator("#status")).to_have_text("Speak now: the room is listening.", timeout=10_000)
            await asyncio.sleep(2)
        [source] = rooms.sources.values()
        before = source.next_sample
        assert before > SAMPLE_RATE
        await asyncio.sleep(2)
        assert source.next_sample == before
        async with serve_rooms(rooms, port):
            await expect(page.locator("#status")).to_have_text("Speak now: the room is listening.", timeout=15_000)
            await asyncio.sleep(1)
            await page.click("#talk")
            await asyncio.sleep(1)
    assert len(rooms.sources) == 1
    chunks = [chunk async for chunk in source.chunks()]
    assert source.next_sample > before + 2.5 * SAMPLE_RATE
    ends = [round(chunk.end_s * SAMPLE_RATE) for chunk in chunks]
    starts = [round(chunk.start_s * SAMPLE_RATE) for chunk in chunks]
    assert starts == [0, *ends[:-1]]
    sound = np.concatenate([chunk.samples for chunk in chunks])
    middle = sound[before - SAMPLE_RATE // 2 : before + SAMPLE_RATE // 2]  # across the break
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert int(np.argmax(spectrum)) == pytest.approx(700, abs=3)


async def test_a_restarted_service_counts_samples_from_zero(tone: Path) -> None:
    """A restarted service has no earlier sound, so the page renumbers and goes on without a reload."""
    rooms = HostedRooms()
    listen = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    async with open_page(*listen, f"--use-file-for-fake-audio-capture={tone}%noloop") as page:
        async with serve_rooms(rooms) as port:
            await page.goto(f"http://127.0.0.1:{port}/microphone/main#{KEY}")
            await page.click("#talk")
            await expect(page.locator("#status")).to_have_text("Speak now: the room is listening.", timeout=10_000)
            await asyncio.sleep(2)
        rooms.sources.clear()
        async with serve_rooms(rooms, port):
            await expect(page.locator("#status")).to_have_text("Speak now: the room is listening.", timeout=15_000)
            await asyncio.sleep(1)
            await page.click("#talk")
            await asyncio.sleep(1)
    [source] = rooms.sources.values()
    chunks = [chunk async for chunk in source.chunks()]
    assert chunks[0].start_s == 0
    assert sum(len(chunk.samples) for chunk in chunks) == source.next_sample


async def test_without_a_microphone_the_page_says_so() -> None:
    """Without a microphone the page shows a sentence and can be started again."""
    async with serve_rooms(HostedRooms()) as port, open_page("--use-fake-ui-for-media-stream") as page:
        await page.goto(f"http://127.0.0.1:{port}/microphone/main#{KEY}")
        await page.click("#talk")
        await expect(page.locator("#warning")).not_to_be_empty(timeout=10_000)
        await expect(page.locator("#talk")).to_be_enabled()
