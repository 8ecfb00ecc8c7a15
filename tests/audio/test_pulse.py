"""Tests for app.audio.pulse, with a real sound server."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE
from app.audio.microphone import MicrophoneSource, list_devices
from app.errors import DeviceError, SourceError
from tests.support import pulse
from tests.support.recording import record_for


async def test_a_monitor_records_what_a_meeting_program_plays(server: pulse.Pulse, tone: Path) -> None:
    """A monitor is found by name and yields the tone that is played; unplugged, it fails until it is back."""
    module = server.load_sink("meeting")
    names = [device.name for device in await asyncio.to_thread(list_devices)]
    assert "meeting.monitor" in names
    microphone = MicrophoneSource("Meeting.Monitor")
    player = server.play(tone, "meeting")
    chunks = await record_for(microphone, 3.0)
    player.terminate()
    player.wait()
    assert [round(chunk.start_s * SAMPLE_RATE) for chunk in chunks[1:]] == [
        round(chunk.end_s * SAMPLE_RATE) for chunk in chunks[:-1]
    ]
    sound = np.concatenate([chunk.samples for chunk in chunks])[-SAMPLE_RATE:]
    assert float(np.sqrt(np.mean(sound**2))) == pytest.approx(0.35, abs=0.05)
    pitch_hz = np.argmax(np.abs(np.fft.rfft(sound * np.hanning(len(sound)))))
    assert pitch_hz == pytest.approx(600, abs=2)

    async def unplug() -> None:
        await asyncio.sleep(1)
        server.unload(module)

    unplugging = asyncio.create_task(unplug())
    with pytest.raises((SourceError, DeviceError)):
        await asyncio.wait_for(record_for(microphone, 60.0), 12)
    await unplugging
    server.load_sink("meeting")
    assert (await record_for(microphone, 0.5))[-1].end_s >= 0.5
