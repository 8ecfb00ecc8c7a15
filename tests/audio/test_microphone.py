"""A real sound server, heard through PortAudio."""

import asyncio
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.microphone import Device, MicrophoneSource, choose, list_devices
from app.errors import DeviceError, SourceError
from tests.support import pulse


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pulse.Pulse]:
    """Run a PulseAudio daemon that this process's PortAudio uses."""
    with pulse.running(tmp_path / "pulse") as daemon:
        for name in ("XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH"):
            monkeypatch.setenv(name, daemon.environment[name])
        yield daemon


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Write six seconds of 600 Hz at 48 kHz."""
    path = tmp_path / "tone.wav"
    samples = 0.5 * np.sin(2 * np.pi * 600 * np.arange(6 * 48_000) / 48_000)
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(48_000)
        recording.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


async def record(microphone: MicrophoneSource, seconds: float) -> list[Chunk]:
    """Return so many seconds from the device."""
    chunks: list[Chunk] = []
    stream = microphone.chunks()
    async for chunk in stream:
        chunks.append(chunk)
        if chunk.end_s >= seconds:
            break
    await stream.aclose()
    return chunks


async def test_what_a_meeting_plays_is_heard_from_the_monitor(server: pulse.Pulse, tone: Path) -> None:
    """A monitor is found by name and its stereo arrives as the same tone; pulled out, it fails until it is back."""
    module = server.load_sink("meeting")
    names = [device.name for device in await asyncio.to_thread(list_devices)]
    assert "meeting.monitor" in names
    microphone = MicrophoneSource("Meeting.Monitor")
    player = server.play(tone, "meeting")
    chunks = await record(microphone, 3.0)
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

    pulling = asyncio.create_task(unplug())
    with pytest.raises((SourceError, DeviceError)):
        await asyncio.wait_for(record(microphone, 60.0), 12)
    await pulling
    server.load_sink("meeting")
    assert (await record(microphone, 0.5))[-1].end_s >= 0.5


async def test_portaudio_hears_at_the_devices_own_rate(
    server: pulse.Pulse, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device that PortAudio opens in stereo at 44.1 kHz arrives as the same tone at 16 kHz mono."""
    server.load_sink("meeting")
    monkeypatch.setenv("PULSE_SOURCE", "meeting.monitor")
    player = server.play(tone, "meeting")
    chunks = await record(MicrophoneSource("pulse"), 3.0)
    player.terminate()
    player.wait()
    sound = np.concatenate([chunk.samples for chunk in chunks])[-SAMPLE_RATE:]
    assert np.argmax(np.abs(np.fft.rfft(sound * np.hanning(len(sound))))) == pytest.approx(600, abs=2)


async def test_an_unknown_device_is_a_sentence_with_the_names(server: pulse.Pulse) -> None:
    """Asking for what is not there names what is."""
    server.load_sink("meeting")
    with pytest.raises(DeviceError, match=r"no sound device called banjo.*meeting\.monitor"):
        await record(MicrophoneSource("banjo"), 1.0)


DEVICES = [
    Device("USB Audio", "ALSA", 1, 48_000),
    Device("USB Audio 2", "ALSA", 2, 44_100),
    Device("pulse", "ALSA", 32, 44_100),
]


@pytest.mark.parametrize(
    ("name", "expected"), [("usb audio", "USB Audio"), ("audio 2", "USB Audio 2"), ("PULSE", "pulse")]
)
def test_a_device_is_chosen_by_name(name: str, expected: str) -> None:
    """The whole name wins, else the only device that contains it, whatever the case."""
    assert choose(name, DEVICES).name == expected


@pytest.mark.parametrize(("name", "complaint"), [("usb", "Several"), ("line in", "no sound device called line in")])
def test_a_name_that_does_not_decide_is_a_sentence(name: str, complaint: str) -> None:
    """Ambiguous and unknown names say what there is."""
    with pytest.raises(DeviceError, match=complaint):
        choose(name, DEVICES)
