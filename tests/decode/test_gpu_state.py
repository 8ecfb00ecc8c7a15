"""What NVIDIA's management library says of the GPUs."""

import ctypes
from typing import Any

import pytest

from app.decode.gpu_state import GpuState, read_gpu_states


class FakeNvml:
    """A library with one GPU; `fails` names the function that answers with an error."""

    def __init__(self, fails: str = "") -> None:
        self.fails = fails

    def __getattr__(self, name: str) -> Any:
        """Return the function of this name."""
        return lambda *given: self._answer(name, given)

    def _answer(self, name: str, given: tuple[Any, ...]) -> int:
        if name == self.fails:
            return 999
        if name == "nvmlSystemGetDriverVersion":
            given[0].value = b"570.86.15"
        elif name == "nvmlDeviceGetCount_v2":
            given[0]._obj.value = 1
        elif name == "nvmlDeviceGetMemoryInfo":
            given[1]._obj.free = 5 << 30
        return 0


@pytest.mark.parametrize(
    ("fails", "expected"),
    [
        ("", {0: GpuState("570.86.15", 5 << 30)}),
        ("nvmlInit_v2", {}),
        ("nvmlSystemGetDriverVersion", {}),
        ("nvmlDeviceGetMemoryInfo", {}),
    ],
)
def test_an_error_of_the_library_leaves_the_gpu_out(
    monkeypatch: pytest.MonkeyPatch, fails: str, expected: dict[int, GpuState]
) -> None:
    """Driver and free memory are read; what the library refuses is unknown."""
    monkeypatch.setattr(ctypes, "CDLL", lambda _: FakeNvml(fails))
    assert read_gpu_states() == expected
    assert [state.driver_major for state in read_gpu_states().values()] == [570 for _ in expected]
    assert GpuState("unknown", 0).driver_major == 0
