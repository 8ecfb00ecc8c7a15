"""Tests for app.audio.microphone, with a real sound server behind PortAudio."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from app.audio import pulse as pulse_sources
from app.audio.chunk import SAMPLE_RATE
from app.audio.microphone import Device, MicrophoneSource, choose_device, list_devices
from app.errors import DeviceError
from tests.support import pulse
from tests.support.recording import record_for


async def test_portaudio_records_at_the_devices_own_rate(
    server: pulse.Pulse, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device that PortAudio opens in stereo at 44.1 kHz arrives as the same tone at 16 kHz mono."""
    server.load_sink("meeting")
    monkeypatch.setenv("PULSE_SOURCE", "meeting.monitor")
    player = server.play(tone, "meeting")
    chunks = await record_for(MicrophoneSource("pulse"), 3.0)
    player.terminate()
    player.wait()
    sound = np.concatenate([chunk.samples for chunk in chunks])[-SAMPLE_RATE:]
    assert np.argmax(np.abs(np.fft.rfft(sound * np.hanning(len(sound))))) == pytest.approx(600, abs=2)


async def test_an_unknown_device_is_a_sentence_with_the_names(server: pulse.Pulse) -> None:
    """The error lists the devices that exist."""
    server.load_sink("meeting")
    with pytest.raises(DeviceError, match=r"no sound device called banjo.*meeting\.monitor"):
        await record_for(MicrophoneSource("banjo"), 1.0)


DEVICES = [
    Device("USB Audio", "ALSA", 1, 48_000),
    Device("USB Audio 2", "ALSA", 2, 44_100),
    Device("pulse", "ALSA", 32, 44_100),
]


@pytest.mark.parametrize(
    ("name", "expected"), [("usb audio", "USB Audio"), ("audio 2", "USB Audio 2"), ("PULSE", "pulse")]
)
def test_a_device_is_chosen_by_name(name: str, expected: str) -> None:
    """The whole name wins, else the only name that contains it; upper and lower case are equal."""
    assert choose_device(name, DEVICES).name == expected


def test_windows_lists_each_device_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of Windows's sound systems only WASAPI's devices count, so that a part of a name is enough."""
    hosts = ["MME", "Windows DirectSound", "Windows WASAPI", "Windows WDM-KS"]
    names = ["CABLE Output (VB-Audio Virtual ", *["CABLE Output (VB-Audio Virtual Cable)"] * 3]
    found = [
        {"name": name, "hostapi": number, "max_input_channels": 2, "default_samplerate": 48_000.0}
        for number, name in enumerate(names)
    ]
    library = SimpleNamespace(query_hostapis=lambda: [{"name": host} for host in hosts], query_devices=lambda: found)
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    monkeypatch.setattr(pulse_sources, "list_sources", list)
    assert choose_device("cable", list_devices()) == Device(names[1], "Windows WASAPI", 2, 48_000)


@pytest.mark.parametrize(("name", "complaint"), [("usb", "Several"), ("line in", "no sound device called line in")])
def test_a_name_that_fits_no_single_device_is_a_sentence(name: str, complaint: str) -> None:
    """Ambiguous and unknown names are errors that list the devices."""
    with pytest.raises(DeviceError, match=complaint):
        choose_device(name, DEVICES)
