"""NVIDIA's driver library with one device, or with none."""

from typing import Any

from app.decode import cuda
from app.decode.cuda import Gpu


class CudaDriver:
    """Answers as libcuda does."""

    def __init__(self, gpu: Gpu | None) -> None:
        self.gpu = gpu
        self.kept_bytes = 0

    def cuInit(self, flags: int) -> int:
        """Fail without a device, as the real one does."""
        return 0 if self.gpu else 100

    def cuDeviceGetCount(self, count: Any) -> int:
        """Count one device."""
        count._obj.value = 1
        return 0

    def cuDeviceGet(self, device: Any, index: int) -> int:
        """Know only device 0."""
        device._obj.value = index
        return 0 if index == 0 else 101

    def cuDeviceGetName(self, name: Any, length: int, device: Any) -> int:
        """Write the name."""
        assert self.gpu is not None
        name.value = self.gpu.name.encode()
        return 0

    def cuDeviceGetAttribute(self, value: Any, attribute: int, device: Any) -> int:
        """Write a part of the compute capability."""
        assert self.gpu is not None
        value._obj.value = self.gpu.capability[attribute - cuda.CAPABILITY_MAJOR]
        return 0

    def cuDeviceTotalMem_v2(self, memory: Any, device: Any) -> int:
        """Write the memory."""
        assert self.gpu is not None
        memory._obj.value = self.gpu.memory_bytes
        return 0

    def cuDeviceGetDefaultMemPool(self, pool: Any, device: Any) -> int:
        """Write a pool."""
        pool._obj.value = 7
        return 0

    def cuMemPoolSetAttribute(self, pool: Any, attribute: int, value: Any) -> int:
        """Keep the release threshold."""
        assert (pool.value, attribute) == (7, cuda.RELEASE_THRESHOLD)
        self.kept_bytes = value._obj.value
        return 0
