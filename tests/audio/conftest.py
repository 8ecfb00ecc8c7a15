"""A sound server and a tone for tests of sound devices."""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

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
