"""Decides what happens after a failed batch: which windows are decoded again, which are given up; pure.

A batch that fails is decoded again in halves, so that one bad window fails alone and the others get their results.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from app.decode.faults import FaultKind
from app.errors import DecodeError, RowError, SurtitleError

FAILURES_MAX = 2
"""Failures of the device in a row after which the worker is restarted: one may be chance."""

ROW_FAILURES_MAX = 8
"""Failed batches in a row, of any kind, after which the worker is restarted although only windows seem bad: a batch of
16 with one bad window fails five times on the way to that window, and its other parts work."""

ALONE_MAX = 3
"""Failures of a window alone, on a device that may be at fault, after which it is given up."""


class FaultCounts(Protocol):
    """What is remembered of a row of a batch, such as a window, from one failure to the next."""

    n_failures: int
    """Batches with this row that failed."""
    n_alone: int
    """Those of them that had no other row."""
    n_decoded_before: int
    """Batches of the engine that had worked when the first one failed."""
    rows_max: int | None
    """Largest batch that it may be in after a failure; None if no batch with it failed."""


Row = TypeVar("Row", bound=FaultCounts)


@dataclass(frozen=True, slots=True)
class FaultResponse(Generic[Row]):
    """What to do after a failure."""

    again: tuple[Row, ...] = ()
    """To be queued again."""
    given_up: tuple[tuple[Row, SurtitleError], ...] = ()
    """To be answered with an error."""
    needs_restart: bool = False
    """Whether the worker must be restarted."""
    fitting: int | None = None
    """Rows of such a batch for which there is memory; None if that is not in doubt."""


class FaultPolicy(Generic[Row]):
    """Counts the failures of one engine's batches."""

    def __init__(self, device_error: type[SurtitleError] = DecodeError, row_error: type[SurtitleError] = RowError):
        """Start without failures; rows are given up with one of the two errors."""
        self._device_error = device_error
        self._row_error = row_error
        self._n_device = 0
        """Failures of the device since the last batch that worked."""
        self._n_any = 0
        """Failed batches since the last one that worked."""
        self._n_decoded = 0
        """Batches that worked."""

    def on_decoded(self) -> None:
        """Count a batch that worked."""
        self._n_device = self._n_any = 0
        self._n_decoded += 1

    def on_failed(self, pending: Sequence[Row], kind: FaultKind, text: str) -> FaultResponse[Row]:
        """Return what to do after a batch failed with a sentence."""
        n_rows = len(pending)
        fitting = None
        self._n_any += 1
        if kind is FaultKind.MEMORY and n_rows > 1:
            fitting = n_rows // 2
        elif kind is not FaultKind.ROW:
            self._n_device += FAILURES_MAX if kind is FaultKind.LOST else 1
        needs_restart = self._n_device >= FAILURES_MAX or self._n_any >= ROW_FAILURES_MAX
        if needs_restart:
            self._n_device = self._n_any = 0
        again, given_up = self._split(pending, n_rows // 2, text, alone_max=1 if kind is FaultKind.ROW else None)
        return FaultResponse(again, given_up, needs_restart, fitting)

    def on_died(self, pending: Sequence[Row], text: str) -> FaultResponse[Row]:
        """Return what to do after the worker died or hung while it decoded a batch; each such failure costs a restart.

        So the batch is not halved but quartered.
        """
        again, given_up = self._split(pending, len(pending) // 4, text)
        return FaultResponse(again, given_up)

    def _split(
        self, pending: Sequence[Row], rows_max: int, text: str, *, alone_max: int | None = None
    ) -> tuple[tuple[Row, ...], tuple[tuple[Row, SurtitleError], ...]]:
        """Return the rows to compute again, in batches of at most `rows_max`, and those to give up."""
        again: list[Row] = []
        given_up: list[tuple[Row, SurtitleError]] = []
        for one in pending:
            if one.n_failures == 0:
                one.n_decoded_before = self._n_decoded
            one.n_failures += 1
            one.n_alone += len(pending) == 1
            if one.n_alone < (alone_max or ALONE_MAX):
                one.rows_max = max(1, rows_max)
                again.append(one)
                continue
            # if nothing else worked since, the device may be at fault, and the window may work later
            is_own_fault = alone_max == 1 or self._n_decoded > one.n_decoded_before
            given_up.append((one, (self._row_error if is_own_fault else self._device_error)(text)))
        return tuple(again), tuple(given_up)
