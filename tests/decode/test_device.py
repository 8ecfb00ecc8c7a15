"""Devices and compute types."""

import ctranslate2
import pytest

from app.decode import cuda, device
from app.decode.cuda import Gpu
from tests.fakes.cuda_driver import CudaDriver


def test_auto_takes_the_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device by name is taken as it is."""
    monkeypatch.setattr(device, "has_gpu", lambda: True)
    assert device.pick_device() == "cuda"
    assert device.pick_device("cpu") == "cpu"
    monkeypatch.setattr(device, "has_gpu", lambda: False)
    assert device.pick_device() == "cpu"


def test_the_compute_type_suits_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPUs take int8, GPUs what their capability allows; a compute type by name is taken as it is."""
    monkeypatch.setattr(cuda, "_driver", lambda: CudaDriver(Gpu(0, "old", (6, 1), 2**34)))
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda *_: {"int8_float32", "float32"})
    assert device.pick_compute_type("cpu") == "int8"
    assert device.pick_compute_type("cuda") == "int8_float32"
    assert device.pick_compute_type("cuda", "float32") == "float32"
    monkeypatch.setattr(cuda, "_driver", lambda: None)
    assert device.pick_compute_type("cuda") == "float16"
