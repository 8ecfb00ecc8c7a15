"""Tests for app.cli.devices."""

import pytest

from app.audio import microphone
from app.audio.microphone import Device
from app.cli import devices


def test_devices_are_listed_with_how_to_use_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each device has a line, and the last one says what to type; without a device it says so."""
    monkeypatch.setattr(microphone, "list_devices", lambda: [Device("USB Mic", "ALSA", 1, 48_000)])
    devices.list_devices()
    assert capsys.readouterr().out.splitlines() == [
        "USB Mic  (input, ALSA, 1 ch, 48000 Hz)",
        "Give a part of the name: surtitle serve --source microphone:NAME",
    ]
    monkeypatch.setattr(microphone, "list_devices", list)
    devices.list_devices()
    assert "no sound device" in capsys.readouterr().out
