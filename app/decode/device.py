"""The processors to decode on: CPU cores, and GPUs as CTranslate2 sees them."""

import os

import ctranslate2

from app.decode import cuda


def count_cores() -> int:
    """Return the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def has_gpu() -> bool:
    """Return whether CTranslate2 sees a CUDA device."""
    return bool(ctranslate2.get_cuda_device_count() > 0)


def pick_device(wanted: str = "auto") -> str:
    """Return `cpu` or `cuda`; `auto` takes the GPU if there is one."""
    if wanted != "auto":
        return wanted
    return "cuda" if has_gpu() else "cpu"


def pick_compute_type(device: str, wanted: str = "auto") -> str:
    """Return the compute type; `auto` takes the fastest one of the device; of several GPUs, the first decides."""
    if wanted != "auto":
        return wanted
    gpus = cuda.gpus() if device == "cuda" else ()
    if not gpus:
        return "int8" if device == "cpu" else "float16"
    return cuda.pick_compute_type(gpus[0], ctranslate2.get_supported_compute_types("cuda", gpus[0].index))
