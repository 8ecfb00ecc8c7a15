"""Warms a model up in its worker: memory and compiled code cost no live time, and the cost of a window is known."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from app.decode.faults import FaultKind, classify
from app.decode.request import DecodeRequest
from app.errors import DecodeError

Decode = Callable[[list[DecodeRequest], int], object]
"""Decodes requests at an encoder length of at least a number of frames, as `BatchDecoder.decode`."""


@dataclass(frozen=True, slots=True)
class WarmUp:
    """What the first batches showed, by encoder length; empty where nothing was tried."""

    row_s: Mapping[int, float] = field(default_factory=dict)
    """Lane time of one window in a full batch, in seconds."""
    rows: Mapping[int, int] = field(default_factory=dict)
    """Windows in the largest batch for which there was memory."""


def warm_up(decode: Decode, request: DecodeRequest, rows: Mapping[int, int], lanes: int) -> WarmUp:
    """Decode a request at every encoder length in its largest batch, in all lanes at once, and time it.

    `rows` has windows by encoder length; a batch for which there is too little memory is halved. The second of two runs
    counts, because the first compiles and allocates. All lanes run, because on a GPU they slow each other down.

    Raises:
        DecodeError: The model failed for another reason, or has too little memory for one window.
    """
    row_s: dict[int, float] = {}
    fitting: dict[int, int] = {}
    with ThreadPoolExecutor(lanes) as pool:
        for length, wanted in rows.items():
            n_rows = wanted
            while length not in row_s:
                try:
                    _decode_in_all(pool, decode, [request] * n_rows, length, lanes)
                    started = time.perf_counter()
                    _decode_in_all(pool, decode, [request] * n_rows, length, lanes)
                except DecodeError as exc:
                    if n_rows == 1 or classify(exc) is not FaultKind.MEMORY:
                        raise
                    n_rows //= 2
                    continue
                row_s[length] = (time.perf_counter() - started) / n_rows
                fitting[length] = n_rows
    return WarmUp(row_s, fitting)


def _decode_in_all(
    pool: ThreadPoolExecutor, decode: Decode, requests: list[DecodeRequest], length: int, lanes: int
) -> None:
    running = [pool.submit(decode, requests, length) for _ in range(lanes)]
    for one in running:
        one.result()
