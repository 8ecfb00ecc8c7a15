"""Decides what happens after a failed batch: which windows are decoded again, which are given up; pure.

A batch that fails is decoded again in halves, so that one bad window fails alone and the others get their results.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.decode.faults import FaultKind
from app.decode.scheduler import BatchLimits, DecodeBatch, PendingDecode
from app.errors import DecodeError, RowError

Handle = TypeVar("Handle")

FAILURES_MAX = 2
"""Failures of the device in a row after which the worker is restarted: one may be chance."""

ROW_FAILURES_MAX = 8
"""Failed batches in a row, of any kind, after which the worker is restarted although only windows seem bad: a batch of
16 with one bad window fails five times on the way to that window, and its other parts work."""

ALONE_MAX = 3
"""Failures of a window alone, on a device that may be at fault, after which it is given up."""


@dataclass(frozen=True, slots=True)
class FaultResponse(Generic[Handle]):
    """What to do after a failure."""

    again: tuple[PendingDecode[Handle], ...] = ()
    """To be queued again."""
    given_up: tuple[tuple[PendingDecode[Handle], DecodeError], ...] = ()
    """To be answered with an error."""
    needs_restart: bool = False
    """Whether the worker must be restarted."""


class FaultPolicy(Generic[Handle]):
    """Counts the failures of one engine's batches."""

    def __init__(self) -> None:
        """Start without failures."""
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

    def on_failed(
        self, batch: DecodeBatch[Handle], kind: FaultKind, text: str, limits: BatchLimits
    ) -> tuple[FaultResponse[Handle], BatchLimits]:
        """Return what to do after a batch failed with a sentence, and the limits of batches from now on."""
        n_rows = len(batch.pending)
        self._n_any += 1
        if kind is FaultKind.MEMORY and n_rows > 1:
            limits = limits.lowered(batch.encoder_length, max(1, n_rows // 2), is_recorded=batch.is_recorded)
        elif kind is not FaultKind.ROW:
            self._n_device += FAILURES_MAX if kind is FaultKind.LOST else 1
        needs_restart = self._n_device >= FAILURES_MAX or self._n_any >= ROW_FAILURES_MAX
        if needs_restart:
            self._n_device = self._n_any = 0
        again, given_up = self._split(batch.pending, n_rows // 2, text, alone_max=1 if kind is FaultKind.ROW else None)
        return FaultResponse(again, given_up, needs_restart), limits

    def on_died(self, pending: Sequence[PendingDecode[Handle]], text: str) -> FaultResponse[Handle]:
        """Return what to do after the worker died or hung while it decoded a batch; each such failure costs a restart.

        So the batch is not halved but quartered.
        """
        again, given_up = self._split(pending, len(pending) // 4, text)
        return FaultResponse(again, given_up)

    def _split(
        self, pending: Sequence[PendingDecode[Handle]], rows_max: int, text: str, *, alone_max: int | None = None
    ) -> tuple[tuple[PendingDecode[Handle], ...], tuple[tuple[PendingDecode[Handle], DecodeError], ...]]:
        """Return the windows to decode again, in batches of at most `rows_max`, and those to give up."""
        again: list[PendingDecode[Handle]] = []
        given_up: list[tuple[PendingDecode[Handle], DecodeError]] = []
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
            given_up.append((one, RowError(text) if is_own_fault else DecodeError(text)))
        return tuple(again), tuple(given_up)
