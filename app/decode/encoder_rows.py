"""Rows of an encoder output: slices for detection and alignment, copies for rows with two tasks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import ctranslate2
import numpy as np


class _GpuRows:
    """Rows i..j of an encoder output on a GPU, without copying; CTranslate2 reads it as an array."""

    def __init__(self, encoded: Any, first: int, last: int) -> None:
        whole = encoded.__cuda_array_interface__
        n_bytes = int(np.dtype(whole["typestr"]).itemsize * np.prod(whole["shape"][1:]))
        self._encoded = encoded  # keeps the memory alive
        self.__cuda_array_interface__ = {
            "shape": (last - first, *whole["shape"][1:]),
            "typestr": whole["typestr"],
            "data": (whole["data"][0] + first * n_bytes, False),
            "version": 3,
        }


def slice_rows(encoded: Any, first: int, last: int, n_rows: int) -> Any:
    """Return rows `first` up to `last` of an encoder output with `n_rows`; for all rows, the output itself."""
    if (first, last) == (0, n_rows):
        return encoded
    if encoded.device == "cuda":
        return ctranslate2.StorageView.from_array(_GpuRows(encoded, first, last))
    return ctranslate2.StorageView.from_array(np.asarray(encoded)[first:last])


def take_rows(encoded: Any, indices: Sequence[int], n_rows: int) -> Any:
    """Return rows of an encoder output with `n_rows` in any order, some several times.

    Neighbours are a slice. Other rows are copied through the CPU's memory, because CTranslate2 joins no arrays on a
    GPU: about 4 MB a row of a large model at the full window, against a second call of the decoder's every step.
    """
    if list(indices) == list(range(indices[0], indices[0] + len(indices))):
        return slice_rows(encoded, indices[0], indices[0] + len(indices), n_rows)
    near = encoded.to_device(ctranslate2.Device.cpu) if encoded.device == "cuda" else encoded
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(np.asarray(near)[list(indices)]))


def find_runs(indices: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, one past the last) of each unbroken run of rising indices."""
    first = last = None
    for i in indices:
        if last is not None and i != last:
            yield first or 0, last
            first = None
        first, last = (i if first is None else first), i + 1
    if last is not None:
        yield first or 0, last
