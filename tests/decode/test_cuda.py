"""GPUs and libraries, with a fake driver."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.decode import cuda
from app.decode.cuda import Gpu
from tests.fakes.cuda_driver import CudaDriver

A10 = Gpu(0, "NVIDIA A10", (8, 6), 24 * 2**30)


def test_without_a_driver_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a GPU has none, and its environment stays as it is."""
    monkeypatch.setattr(cuda, "_driver", lambda: None)
    monkeypatch.delenv("CUDA_CACHE_PATH", raising=False)
    assert cuda.prepare() == []
    assert cuda.gpus() == ()
    assert not cuda.keep_memory(0)
    assert "CUDA_CACHE_PATH" not in os.environ


def test_gpus_are_those_of_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, capability and memory come from the driver; one that cannot start has no devices."""
    monkeypatch.setattr(cuda, "_driver", lambda: CudaDriver(A10))
    assert cuda.gpus() == (A10,)
    monkeypatch.setattr(cuda, "_driver", lambda: CudaDriver(None))
    assert cuda.gpus() == ()


def test_memory_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pool of a present device keeps all memory; another device has no pool."""
    driver = CudaDriver(A10)
    monkeypatch.setattr(cuda, "_driver", lambda: driver)
    assert cuda.keep_memory(0)
    assert driver.kept_bytes == 2**64 - 1
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
    """Devices with tensor cores take float16, older ones what they support."""
    assert cuda.pick_compute_type(Gpu(0, "some", capability, 2**34), supported) == chosen


@pytest.mark.skipif(sys.platform == "win32", reason="Windows finds libraries by folder, not by loading them first")
def test_cublas_of_the_package_is_loaded_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both libraries are loaded from the pip package in the order of their needs, and translated code is kept."""
    folder = tmp_path / "nvidia" / "cublas" / "lib"
    folder.mkdir(parents=True)
    some_library = next(Path(sys.modules["_ctypes"].__file__ or "").parent.glob("_ctypes*.so"))
    for name in cuda.CUBLAS:
        shutil.copy(some_library, folder / name)
    spec = SimpleNamespace(submodule_search_locations=[str(folder.parent)])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec if name == "nvidia.cublas" else None)
    monkeypatch.setattr(cuda, "_driver", lambda: CudaDriver(A10))
    monkeypatch.setenv("CUDA_CACHE_MAXSIZE", "5")
    monkeypatch.delenv("CUDA_CACHE_PATH", raising=False)
    assert cuda.prepare(tmp_path) == [str(folder / name) for name in cuda.CUBLAS]
    environment = os.environ
    assert environment["CUDA_CACHE_PATH"] == str(tmp_path / "cuda")
    assert environment["CUDA_CACHE_MAXSIZE"] == "5"


def test_a_broken_library_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A library that cannot be loaded is skipped; CTranslate2 reports what it lacks."""
    folder = tmp_path / "lib"
    folder.mkdir()
    (folder / cuda.CUBLAS[0]).write_bytes(b"no library")
    monkeypatch.setattr(cuda, "_cublas_folder", lambda: folder)
    monkeypatch.setattr(cuda, "_driver", lambda: CudaDriver(A10))
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
    """Errors of CTranslate2 get advice; unknown ones get none."""
    assert advice in cuda.advise(text)
    assert bool(cuda.advise(text)) == bool(advice)
