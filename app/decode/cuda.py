"""Prepares NVIDIA's driver and libraries for CTranslate2; does nothing without them.

The worker process calls it before it loads a model. Each rule names its source, because not all could be measured.
"""

import ctypes
import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from app import log

logger = log.get(__name__)

CUBLAS = ("libcublasLt.so.12", "libcublas.so.12")
"""The only CUDA libraries that CTranslate2's wheel looks for by itself; the second needs the first.
Source: CTranslate2 4.8.5, `dlopen` of libcublas.so.12; CUDA's runtime is linked in and cuDNN is not used."""

JIT_CACHE_BYTES = 2 * 2**30
"""The wheel contains machine code up to compute capability 8.6; for newer GPUs the driver translates it at first start,
which takes minutes, so the result is kept. NVIDIA's default of 1 GiB is shared with other programs."""

DRIVER_MIN = 570
"""The oldest driver that can translate the code of CUDA 12.8, with which the wheel is built."""

RELEASE_THRESHOLD = 4
"""`CU_MEMPOOL_ATTR_RELEASE_THRESHOLD`: memory that a pool keeps. CTranslate2 leaves it at 0, so freed memory may
return to the system after every step of the decoder."""

CAPABILITY_MAJOR, CAPABILITY_MINOR = 75, 76
"""`CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR` and `_MINOR` of cuda.h."""

HALF_SINCE = (7, 0)
"""Tensor cores for float16 came with Volta."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """One device of the driver."""

    index: int
    name: str
    capability: tuple[int, int]
    """Compute capability: (8, 6) for an A10, (9, 0) for an H100."""
    memory_bytes: int


def prepare(cache: Path | None = None) -> list[str]:
    """Load cuBLAS from its pip package and keep the driver's translated code; return the loaded libraries.

    A cuBLAS of the system takes precedence. `cache` is the folder of translated code, by default the user's.
    Environment variables that are already set stay as they are.
    """
    if _driver() is None:
        return []
    compiled = cache or platformdirs.user_cache_path("surtitle", appauthor=False)
    os.environ.setdefault("CUDA_CACHE_PATH", str(compiled / "cuda"))
    os.environ.setdefault("CUDA_CACHE_MAXSIZE", str(JIT_CACHE_BYTES))
    if _loads(CUBLAS[-1]):
        return []
    folder = _cublas_folder()
    if folder is None:
        return []
    if sys.platform == "win32":
        os.add_dll_directory(str(folder))
        return [str(folder)]
    loaded = []
    for name in CUBLAS:
        try:
            # global, so that a later dlopen by name finds it without LD_LIBRARY_PATH
            ctypes.CDLL(str(folder / name), ctypes.RTLD_GLOBAL)
        except OSError as exc:
            logger.warning("cublas_not_loaded", name=name, reason=str(exc))
            break
        loaded.append(str(folder / name))
    return loaded


def is_cublas_found() -> bool:
    """Return whether cuBLAS can be loaded, from the system or from its pip package."""
    prepare()
    return _loads(CUBLAS[-1])


def gpus() -> tuple[Gpu, ...]:
    """Return the devices; none without a driver."""
    driver = _driver()
    if driver is None or driver.cuInit(0) != 0:
        return ()
    count = ctypes.c_int()
    if driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return ()
    return tuple(gpu for index in range(count.value) if (gpu := _gpu(driver, index)) is not None)


def pick_compute_type(gpu: Gpu, supported: set[str]) -> str:
    """Return the compute type to load a model with, from those CTranslate2 supports on the device.

    float16 if there are tensor cores for it: on an H100 8-bit weights are not faster (vLLM, llm-compressor issue
    1551), and on an A10 they are unmeasured here. Older devices take 8-bit weights, which are multiplied faster.
    """
    wanted = ["float16", "int8_float16", "int8_float32", "float32"]
    if gpu.capability < HALF_SINCE:
        wanted = ["int8_float32", "float32"]
    return next((name for name in wanted if name in supported), "float32")


def keep_memory(device_index: int) -> bool:
    """Make a device's memory pool keep freed memory, so that steps do not wait for the system; False if it cannot."""
    driver = _driver()
    device, pool = ctypes.c_int(), ctypes.c_void_p()
    if driver is None or driver.cuInit(0) != 0 or driver.cuDeviceGet(ctypes.byref(device), device_index) != 0:
        return False
    if driver.cuDeviceGetDefaultMemPool(ctypes.byref(pool), device) != 0:
        return False
    everything = ctypes.c_uint64(2**64 - 1)
    return bool(driver.cuMemPoolSetAttribute(pool, RELEASE_THRESHOLD, ctypes.byref(everything)) == 0)


def advise(text: str) -> str:
    """Return what to do about an error of CTranslate2 on a GPU; empty for an unknown error."""
    if "libcublas" in text or "cublas" in text.lower():
        return "cuBLAS 12 is missing: install it with pip install 'surtitle[cuda]'."
    if "PTX" in text or "driver version is insufficient" in text:
        return f"The GPU's driver is too old: install driver {DRIVER_MIN} or newer."
    if "out of memory" in text:
        return "The GPU's memory is full: end other programs on it, or take a smaller model."
    return ""


def _driver() -> Any:
    """Return NVIDIA's driver library, or None."""
    try:
        return ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return None


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _cublas_folder() -> Path | None:
    """Return the folder of the libraries in the package nvidia-cublas-cu12, None without it."""
    try:
        found = importlib.util.find_spec("nvidia.cublas")
    except ModuleNotFoundError:
        return None
    places = list(found.submodule_search_locations or []) if found else []
    folder = "bin" if sys.platform == "win32" else "lib"
    return next((Path(place) / folder for place in places if (Path(place) / folder).is_dir()), None)


def _gpu(driver: Any, index: int) -> Gpu | None:
    device, major, minor, memory = ctypes.c_int(), ctypes.c_int(), ctypes.c_int(), ctypes.c_size_t()
    name = ctypes.create_string_buffer(128)
    answers = [
        driver.cuDeviceGet(ctypes.byref(device), index),
        driver.cuDeviceGetName(name, len(name), device),
        driver.cuDeviceGetAttribute(ctypes.byref(major), CAPABILITY_MAJOR, device),
        driver.cuDeviceGetAttribute(ctypes.byref(minor), CAPABILITY_MINOR, device),
        driver.cuDeviceTotalMem_v2(ctypes.byref(memory), device),
    ]
    if any(answers):
        return None
    return Gpu(index, name.value.decode(errors="replace"), (major.value, minor.value), memory.value)
