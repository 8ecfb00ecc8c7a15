"""Lets other threads run while a long file is written, see `pacing`."""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

SLICE_S = 0.002
"""How long a file is written before the thread pauses."""

PAUSE_S = 0.002
"""The pause. Python runs one thread at a time, and a thread that computes without pauses makes each system call of the
event loop wait up to 5 ms for it; captions for a hall of 1,000 readers are thousands of such calls."""


class Pacer:
    """Yields items, and lets other threads run after each SLICE_S."""

    def __init__(self) -> None:
        """Begin a slice."""
        self._until_s = time.perf_counter() + SLICE_S

    def __call__(self, items: Iterable[T], /) -> Iterator[T]:
        """Yield the items, with pauses."""
        for item in items:
            if time.perf_counter() > self._until_s:
                time.sleep(PAUSE_S)
                self._until_s = time.perf_counter() + SLICE_S
            yield item
