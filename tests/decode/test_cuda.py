"""GPUs as the driver tells of them; the driver itself is a stand-in, since no test machine has one."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.decode import cuda
from app.decode.cuda import Gpu

A10 = Gpu(0, "NVIDIA A10", (8, 6), 24 * 2**30)


class Driver:
    """Answers as libcuda does, for one device."""

    def __init__(self, gpu: Gpu | None) -> None:
        self.gpu = gpu
        self.kept = 0

    def cuInit(self, flags: int) -> int:
        """Fail without a device, as the real one does."""
        return 0 if self.gpu else 100

    def cuDeviceGetCount(self, count: Any) -> int:
        """One device."""
        count._obj.value = 1
        return 0

    def cuDeviceGet(self, device: Any, index: int) -> int:
        """Only number 0 is there."""
        device._obj.value = index
        return 0 if index == 0 else 101

    def cuDeviceGetName(self, name: Any, length: int, device: Any) -> int:
        """Write the name."""
        assert self.gpu is not None
        name.value = self.gpu.name.encode()
        return 0

    def cuDeviceGetAttribute(self, value: Any, attribute: int, device: Any) -> int:
        """Tell the compute capability."""
        assert self.gpu is not None
        value._obj.value = self.gpu.capability[attribute - cuda.CAPABILITY_MAJOR]
        return 0

    def cuDeviceTotalMem_v2(self, memory: Any, device: Any) -> int:
        """Tell the memory."""
        assert self.gpu is not None
        memory._obj.value = self.gpu.memory_bytes
        return 0

    def cuDeviceGetDefaultMemPool(self, pool: Any, device: Any) -> int:
        """Give a pool."""
        pool._obj.value = 7
        return 0

    def cuMemPoolSetAttribute(self, pool: Any, attribute: int, value: Any) -> int:
        """Keep the threshold."""
        assert (pool.value, attribute) == (7, cuda.RELEASE_THRESHOLD)
        self.kept = value._obj.value
        return 0


def test_without_a_driver_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a GPU has none, and its environment stays as it is."""
    monkeypatch.setattr(cuda, "_driver", lambda: None)
    monkeypatch.delenv("CUDA_CACHE_PATH", raising=False)
    assert cuda.prepare() == []
    assert cuda.gpus() == ()
    assert not cuda.keep_memory(0)
    assert "CUDA_CACHE_PATH" not in os.environ


def test_gpus_are_what_the_driver_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, capability and memory come from the driver; one that cannot start has no devices."""
    monkeypatch.setattr(cuda, "_driver", lambda: Driver(A10))
    assert cuda.gpus() == (A10,)
    monkeypatch.setattr(cuda, "_driver", lambda: Driver(None))
    assert cuda.gpus() == ()


def test_memory_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pool of a device that is there keeps everything; of another one nothing is said."""
    driver = Driver(A10)
    monkeypatch.setattr(cuda, "_driver", lambda: driver)
    assert cuda.keep_memory(0)
    assert driver.kept == 2**64 - 1
    assert not cuda.keep_memory(1)


@pytest.mark.parametrize(
    ("capability", "supported", "chosen"),
    [
        ((9, 0), {"float16", "int8_float16", "float32"}, "float16"),
        ((8, 6), {"float16", "int8_float16", "float32"}, "float16"),
        ((6, 1), {"int8_float32", "float32"}, "int8_float32"),
        ((5, 3), {"float32"}, "float32"),
    ],
)
def test_compute_types_go_by_capability(capability: tuple[int, int], supported: set[str], chosen: str) -> None:
    """Tensor cores take float16; older devices what they can."""
    assert cuda.compute_type(Gpu(0, "some", capability, 2**34), supported) == chosen


@pytest.mark.skipif(sys.platform == "win32", reason="Windows finds libraries by folder, not by loading them first")
def test_cublas_of_the_package_is_loaded_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both libraries are loaded from the pip package, the one the other needs first, and translations are kept."""
    folder = tmp_path / "nvidia" / "cublas" / "lib"
    folder.mkdir(parents=True)
    some_library = next(Path(sys.modules["_ctypes"].__file__ or "").parent.glob("_ctypes*.so"))
    for name in cuda.CUBLAS:
        shutil.copy(some_library, folder / name)
    spec = SimpleNamespace(submodule_search_locations=[str(folder.parent)])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec if name == "nvidia.cublas" else None)
    monkeypatch.setattr(cuda, "_driver", lambda: Driver(A10))
    monkeypatch.setenv("CUDA_CACHE_MAXSIZE", "5")
    monkeypatch.delenv("CUDA_CACHE_PATH", raising=False)
    assert cuda.prepare(tmp_path) == [str(folder / name) for name in cuda.CUBLAS]
    environment = os.environ
    assert environment["CUDA_CACHE_PATH"] == str(tmp_path / "cuda")
    assert environment["CUDA_CACHE_MAXSIZE"] == "5"


def test_a_broken_library_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What cannot be loaded stops nothing; CTranslate2 will say what it lacks."""
    folder = tmp_path / "lib"
    folder.mkdir()
    (folder / cuda.CUBLAS[0]).write_bytes(b"no library")
    monkeypatch.setattr(cuda, "_cublas_folder", lambda: folder)
    monkeypatch.setattr(cuda, "_driver", lambda: Driver(A10))
    assert cuda.prepare(tmp_path) == [] or sys.platform == "win32"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("Library libcublas.so.12 is not found or cannot be loaded", "surtitle[cuda]"),
        ("the provided PTX was compiled with an unsupported toolchain.", "driver 570"),
        ("CUDA failed with error CUDA driver version is insufficient for CUDA runtime version", "driver 570"),
        ("CUDA failed with error out of memory", "smaller model"),
        ("something else", ""),
    ],
)
def test_errors_say_what_to_do(text: str, advice: str) -> None:
    """CTranslate2's words become a sentence that helps."""
    assert advice in cuda.explain(text)
    assert bool(cuda.explain(text)) == bool(advice)
