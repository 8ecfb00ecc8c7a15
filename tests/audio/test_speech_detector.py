"""Tests for app.audio.speech_detector."""

import asyncio
import threading

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.speech_detector import SpeechDetector
from app.audio.speech_stream import SpeechChunk, SpeechStream
from app.decode import demo_files
from app.media import media_source
from tests.support.hearing import analyse


async def test_rooms_get_what_they_would_get_alone() -> None:
    """Several rooms at once have the probabilities that each has by itself."""
    clip = media_source.load(demo_files.CLIP)
    sounds = [clip, 0.5 * clip, np.concatenate([np.zeros(SAMPLE_RATE, np.float32), clip])]
    detector = SpeechDetector()

    async def play(number: int) -> list[SpeechChunk]:
        stream = detector.open_stream()
        return [
            await detector.analyse(stream, Chunk(sounds[number][first : first + 640], first / SAMPLE_RATE))
            for first in range(0, len(sounds[number]), 640)
        ]

    together = await asyncio.gather(*(play(number) for number in range(len(sounds))))
    for sound, heard in zip(sounds, together, strict=True):
        assert [speech.probabilities for speech in heard] == [speech.probabilities for speech in analyse(sound)]


async def test_silence_needs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A room in which nobody speaks costs no call of the model."""
    monkeypatch.setattr(SpeechStream, "finish", lambda stream: pytest.fail("the model was called"))
    detector = SpeechDetector()
    silence = Chunk(np.zeros(SAMPLE_RATE, np.float32), 0.0)
    assert set((await detector.analyse(detector.open_stream(), silence)).probabilities) == {0.0}


async def test_rooms_that_wait_share_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the thread is busy, all other rooms' chunks wait and are then done together, without the event loop."""
    clip = media_source.load(demo_files.CLIP)[SAMPLE_RATE : 2 * SAMPLE_RATE]
    threads: set[int] = set()
    finish = SpeechStream.finish

    def noted(stream: SpeechStream) -> SpeechChunk:
        threads.add(threading.get_ident())
        return finish(stream)

    monkeypatch.setattr(SpeechStream, "finish", noted)
    detector = SpeechDetector()
    await asyncio.gather(*(detector.analyse(detector.open_stream(), Chunk(clip, 0.0)) for _ in range(20)))
    assert len(threads) == 1
    assert threading.get_ident() not in threads


async def test_a_stopped_room_does_not_stop_the_others() -> None:
    """A room that is cancelled while it waits leaves the batch to the others."""
    clip = media_source.load(demo_files.CLIP)[SAMPLE_RATE : 2 * SAMPLE_RATE]
    detector = SpeechDetector()
    first, second = (asyncio.create_task(detector.analyse(detector.open_stream(), Chunk(clip, 0.0))) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert len((await second).probabilities) == 31
