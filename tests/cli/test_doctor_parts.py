"""Checks of model, GPU, sound devices and OBS."""

import asyncio
from pathlib import Path

import pytest

from app import config
from app.audio import microphone
from app.audio.microphone import Device
from app.cli.doctor_parts import check_gpu, check_model, check_obs, check_sound
from app.decode import cuda, gpu_state, models
from app.decode.gpu_state import GpuState
from app.decode.model_lock import UntrustedModelError
from app.errors import DeviceError
from tests.fakes.obs_server import FakeObs, serve_obs
from tests.support.ports import free_port


def test_a_model_that_is_here_is_green(tmp_path: Path) -> None:
    """The demo model is here; a hub's model that must be downloaded is yellow, a folder without one is red."""
    assert check_model(config.read(model="demo"))[0].colour == "green"
    assert check_model(config.read(model="small", model_cache=tmp_path))[0].colour == "yellow"
    assert check_model(config.read(model="small", model_cache=tmp_path, offline=True))[0].colour == "red"
    assert check_model(config.read(model=str(tmp_path)))[0].colour == "red"
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_was_changed_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with another hash than the known one is not something that a download would repair unseen."""

    def refuse(*_: object, **__: object) -> None:
        raise UntrustedModelError("The file model.bin of small is not the one that is known.")

    monkeypatch.setattr(models, "choose", refuse)
    (finding,) = check_model(config.read(model="small"))
    assert (finding.colour, "model.bin" in finding.message) == ("red", True)


def test_a_machine_without_a_gpu_is_green_unless_it_needs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --device cuda a missing GPU is red."""
    monkeypatch.setattr(cuda, "gpus", lambda: ())
    assert check_gpu(config.read())[0].colour == "green"
    assert check_gpu(config.read(device="cuda"))[0].colour == "red"


@pytest.mark.parametrize(
    ("driver", "free_bytes", "has_cublas", "works", "colour"),
    [
        ("570.86.15", 20 << 30, True, True, "green"),
        ("570.86.15", 1 << 30, True, True, "yellow"),
        ("535.1", 20 << 30, True, True, "red"),
        ("570.86.15", 20 << 30, False, True, "red"),
        ("570.86.15", 20 << 30, True, False, "red"),
    ],
)
def test_a_gpu_needs_driver_library_and_memory(
    monkeypatch: pytest.MonkeyPatch, driver: str, free_bytes: int, has_cublas: bool, works: bool, colour: str
) -> None:
    """An old driver and a missing cuBLAS are red, a full memory is yellow."""
    monkeypatch.setattr(cuda, "gpus", lambda: (cuda.Gpu(0, "A10", (8, 6), 24 << 30),))
    monkeypatch.setattr(cuda, "is_cublas_found", lambda: has_cublas)
    monkeypatch.setattr(gpu_state, "read_gpu_states", lambda: {0: GpuState(driver, free_bytes)})
    monkeypatch.setattr("app.decode.device.has_gpu", lambda: works)
    assert check_gpu(config.read())[0].colour == colour


def test_sound_devices_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one the check is yellow, and red if the service is to listen to a microphone."""
    monkeypatch.setattr(microphone, "list_devices", lambda: [Device("USB", "ALSA", 1, 48_000)])
    assert "USB" in check_sound(config.read())[0].message
    monkeypatch.setattr(microphone, "list_devices", list)
    assert check_sound(config.read())[0].colour == "yellow"
    assert check_sound(config.read(source="microphone"))[0].colour == "red"

    def fail() -> list[Device]:
        raise DeviceError("The library is missing.")

    monkeypatch.setattr(microphone, "list_devices", fail)
    assert check_sound(config.read())[0].colour == "yellow"


def test_an_obs_that_does_not_answer_is_yellow() -> None:
    """Nobody needs OBS, so its absence is not red."""
    assert check_obs("127.0.0.1", free_port())[0].colour == "yellow"


async def test_obs_says_whether_it_has_a_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its password the check has version and camera; without it, it says what is missing."""
    obs = FakeObs()
    async with serve_obs(obs):
        (finding,) = await asyncio.to_thread(check_obs, "127.0.0.1", obs.port)
        assert (finding.colour, "password" in finding.message) == ("yellow", True)
        monkeypatch.setenv("SURTITLE_OBS_PASSWORD", obs.password)
        (finding,) = await asyncio.to_thread(check_obs, "127.0.0.1", obs.port)
        assert (finding.colour, "camera is off" in finding.message) == ("green", True)
        obs.has_camera = False
        (finding,) = await asyncio.to_thread(check_obs, "127.0.0.1", obs.port)
        assert (finding.colour, "no virtual camera" in finding.message) == ("yellow", True)
