"""What NVIDIA's management library (NVML) says of the GPUs: the driver's version, and how much memory is free.

CUDA itself reports free memory only to a process that uses the GPU, which would take memory.
"""

import ctypes
import sys
from dataclasses import dataclass
from typing import Any


class _Memory(ctypes.Structure):
    """`nvmlMemory_t` of nvml.h, in bytes."""

    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


@dataclass(frozen=True, slots=True)
class GpuState:
    """The driver and the memory of one GPU."""

    driver: str
    """Version of the driver, such as 570.86.15."""
    free_bytes: int

    @property
    def driver_major(self) -> int:
        """The first number of the version; 0 if it is none."""
        first = self.driver.partition(".")[0]
        return int(first) if first.isdigit() else 0


def read_gpu_states() -> dict[int, GpuState]:
    """Return the state of each GPU by its index; empty without the library."""
    try:
        library: Any = ctypes.CDLL("nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1")
        if library.nvmlInit_v2() != 0:
            return {}
    except (OSError, AttributeError):
        return {}
    driver, count = ctypes.create_string_buffer(96), ctypes.c_uint()
    if library.nvmlSystemGetDriverVersion(driver, len(driver)) or library.nvmlDeviceGetCount_v2(ctypes.byref(count)):
        return {}
    states = {}
    for index in range(count.value):
        handle, memory = ctypes.c_void_p(), _Memory()
        if library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(handle)) == 0 and (
            library.nvmlDeviceGetMemoryInfo(handle, ctypes.byref(memory)) == 0
        ):
            states[index] = GpuState(driver.value.decode(errors="replace"), memory.free)
    return states
