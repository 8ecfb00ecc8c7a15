"""Kinds of failed batches, from the error of the model: what failed decides what to do next; pure."""

from enum import StrEnum

MEMORY_SIGNS = ("out of memory", "bad_alloc", "alloc_failed")
"""Parts of errors for lack of memory: cudaErrorMemoryAllocation, C++ std::bad_alloc, CUBLAS_STATUS_ALLOC_FAILED."""

LOST_SIGNS = (
    "illegal memory access",
    "illegal address",
    "illegal instruction",
    "misaligned address",
    "unspecified launch failure",
    "launch timed out",
    "device-side assert",
    "hardware stack error",
    "uncorrectable ecc",
)
"""Errors after which every later call of the process fails too ("the process must be terminated and relaunched").
Source: CUDA runtime API, `cudaError_t`; texts of `cudaGetErrorString`, in small letters."""

DEVICE_SIGNS = ("cuda", "cublas", "cudnn", "nvrtc")
"""Parts of other errors of the device; the next batch may work."""


class FaultKind(StrEnum):
    """What failed when a batch failed."""

    ROW = "row"
    """At least one of its windows; the others can be decoded without it."""
    MEMORY = "memory"
    """Memory; a smaller batch needs less."""
    DEVICE = "device"
    """The device, perhaps only this time."""
    LOST = "lost"
    """The device, for this process: only a new worker can decode again."""


def classify(error: BaseException) -> FaultKind:
    """Return what failed, by the text of the model's error; an error of no known kind is that of a window."""
    text = str(error).casefold()
    if isinstance(error, MemoryError) or any(sign in text for sign in MEMORY_SIGNS):
        return FaultKind.MEMORY
    if any(sign in text for sign in LOST_SIGNS):
        return FaultKind.LOST
    if any(sign in text for sign in DEVICE_SIGNS):
        return FaultKind.DEVICE
    return FaultKind.ROW
