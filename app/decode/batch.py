"""A batch on its way through the worker, and what came back."""

import asyncio
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from app.decode.fault_policy import FaultCounts
from app.decode.hypothesis import DecodeResult


@dataclass(frozen=True, slots=True)
class DecodedWindow:
    """The result of one window and its price."""

    result: DecodeResult
    cost_s: float = 0.0
    """Lane time that it would have taken at the shortest encoder length that is allowed for it."""


Answer = asyncio.Future[DecodedWindow | None]
"""Waits for one client's result; None means that the client no longer needed anything."""


class AwaitedRow(FaultCounts, Protocol):
    """One row of a batch, for which somebody waits."""

    @property
    def handle(self) -> asyncio.Future[Any]:
        """Gets its result."""


Row = TypeVar("Row", bound=AwaitedRow)
RowCo = TypeVar("RowCo", bound=AwaitedRow, covariant=True)
Result = TypeVar("Result")


class RowBatch(Protocol[RowCo]):
    """Rows that the worker computes together."""

    @property
    def pending(self) -> tuple[RowCo, ...]:
        """They, in order."""

    @property
    def size(self) -> int:
        """What its time depends on, beside the number of rows."""

    @property
    def is_recorded(self) -> bool:
        """Whether nobody waits for it live."""


Batch = TypeVar("Batch", bound=RowBatch[Any])
BatchContra = TypeVar("BatchContra", bound=RowBatch[Any], contravariant=True)


class RowQueue(Protocol[Row, BatchContra]):
    """What waits for its turn in a batch."""

    def add(self, pending: Row, /) -> None:
        """Queue a row; one that was in a batch before keeps its age."""

    def clear(self) -> list[Row]:
        """Remove all rows and return them."""

    def lower(self, batch: BatchContra, n_rows: int, /) -> None:
        """From now on, make batches like this one with at most `n_rows`."""


@dataclass(slots=True)
class BatchInFlight(Generic[Batch]):
    """A batch that the worker computes; times are on the monotonic clock."""

    batch: Batch
    began_s: float
    """When it was sent."""
    hangs_at_s: float
    """When it counts as hung."""


@dataclass(frozen=True, slots=True)
class AnsweredBatch(Generic[Batch, Result]):
    """A batch that worked."""

    batch: Batch
    results: list[Result]
    ended_s: float
    """When its results arrived, on the monotonic clock."""
    took_s: float


@dataclass(frozen=True, slots=True)
class BatchStats:
    """One decoded batch, for measurements."""

    n_rows: int
    encoder_length: int
    """In frames of 20 ms."""
    took_s: float
    waits_s: tuple[float, ...]
    """Delay from decode due to result, for each live row."""
