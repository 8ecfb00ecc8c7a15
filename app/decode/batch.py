"""A batch on its way through the worker, and what came back."""

import asyncio
from dataclasses import dataclass

from app.decode.hypothesis import DecodeResult
from app.decode.scheduler import DecodeBatch


@dataclass(frozen=True, slots=True)
class DecodedWindow:
    """The result of one window and its price."""

    result: DecodeResult
    cost_s: float = 0.0
    """Lane time that it would have taken at the shortest encoder length that is allowed for it."""


Answer = asyncio.Future[DecodedWindow | None]
"""Waits for one client's result; None means that the client no longer needed anything."""


@dataclass(slots=True)
class BatchInFlight:
    """A batch that the worker decodes; times are on the monotonic clock."""

    batch: DecodeBatch[Answer]
    began_s: float
    """When it was sent."""
    hangs_at_s: float
    """When it counts as hung."""


@dataclass(frozen=True, slots=True)
class DecodedBatch:
    """A batch that worked."""

    batch: DecodeBatch[Answer]
    results: list[DecodeResult]
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
