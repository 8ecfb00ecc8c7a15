"""The times of a model of a known shape, and the rooms that it could serve; pure."""

from dataclasses import dataclass, field

from app.decode.admission import BOUND_S

UTILISATION = 0.75
"""Share of time that may be spent on decodes; near 1, queues grow without bound."""

DECODES_PER_S = 1.0
"""Decodes a second of a room in which somebody always speaks."""


def count_steps(size: int) -> int:
    """Return the tokens in a full window of `size` encoder frames: 40 at 512, 50 at 768, 70 at 1500."""
    return 40 if size <= 512 else 50 if size <= 768 else 70


@dataclass(frozen=True, slots=True)
class Cell:
    """One batch size at one window; without times if it was skipped."""

    n_rows: int
    size: int
    """Encoder length in frames of 20 ms."""
    encode_s: float | None = None
    generate_s: float | None = None
    align_s: float | None = None
    steps: int = 0
    """Tokens written in each row."""

    @property
    def is_timed(self) -> bool:
        """Whether the cell was measured."""
        return self.encode_s is not None

    @property
    def batch_s(self) -> float:
        """Time of encode, generate and align together; 0 for a cell that was skipped."""
        return (self.encode_s or 0.0) + (self.generate_s or 0.0) + (self.align_s or 0.0)

    @property
    def rooms(self) -> int:
        """Rooms that batches of this kind can serve, one batch after the other."""
        return int(UTILISATION * self.n_rows / self.batch_s / DECODES_PER_S + 1e-9) if self.batch_s else 0

    def as_json(self) -> dict[str, object]:
        """Return the times in milliseconds; null where the cell was skipped."""
        if not self.is_timed:
            return {"batch": self.n_rows, "window": self.size, "skipped": True}
        return {
            "batch": self.n_rows,
            "window": self.size,
            "encode_ms": _to_ms(self.encode_s),
            "generate_ms": _to_ms(self.generate_s),
            "step_ms": _to_ms((self.generate_s or 0.0) / self.steps),
            "align_ms": _to_ms(self.align_s),
            "batch_ms": _to_ms(self.batch_s),
            "room_ms": _to_ms(self.batch_s / self.n_rows),
            "rooms": self.rooms,
            "within_bound": self.batch_s <= BOUND_S,
        }


@dataclass(frozen=True, slots=True)
class ModelReport:
    """What was measured on one machine."""

    like: str
    machine: str
    device: str
    compute_type: str
    load_s: float
    first_s: float
    """Time of the first calls, which allocate memory and may compile code for the GPU."""
    cells: tuple[Cell, ...]
    extras: dict[str, float | str] = field(default_factory=dict)

    @property
    def best(self) -> dict[int, Cell]:
        """For each window the cell that serves most rooms, among those within the bound if there are any."""
        found: dict[int, Cell] = {}
        for size in dict.fromkeys(cell.size for cell in self.cells):
            timed = [cell for cell in self.cells if cell.size == size and cell.is_timed]
            short = [cell for cell in timed if cell.batch_s <= BOUND_S]
            if timed:
                found[size] = max(short or timed, key=lambda cell: cell.rooms)
        return found

    def as_json(self) -> dict[str, object]:
        """Return all figures."""
        return {
            "like": self.like,
            "machine": self.machine,
            "device": self.device,
            "compute_type": self.compute_type,
            "load_s": round(self.load_s, 2),
            "first_call_s": round(self.first_s, 2),
            "cells": [cell.as_json() for cell in self.cells],
            "rooms": {str(size): cell.rooms for size, cell in self.best.items()},
            "extras": self.extras,
        }

    def table(self) -> str:
        """Return the figures as text for a terminal."""
        rows = [
            f"{self.like} with random weights on {self.machine}, {self.compute_type}: loaded in {self.load_s:.1f} s, "
            f"first calls {self.first_s:.1f} s; times in ms",
            f"{'window':>7}{'batch':>7}{'encode':>10}{'step':>9}{'align':>9}{'batch':>10}{'a room':>10}{'rooms':>7}",
        ]
        for cell in self.cells:
            if not cell.is_timed:
                rows.append(f"{cell.size:>7}{cell.n_rows:>7}   skipped: it would take over 30 s")
                continue
            times = [cell.encode_s or 0.0, (cell.generate_s or 0.0) / cell.steps, cell.align_s or 0.0]
            encode, step, align = (1000 * time_s for time_s in times)
            mark = "" if cell.batch_s <= BOUND_S else "  over the bound"
            rows.append(
                f"{cell.size:>7}{cell.n_rows:>7}{encode:>10.1f}{step:>9.2f}{align:>9.1f}"
                f"{1000 * cell.batch_s:>10.1f}{1000 * cell.batch_s / cell.n_rows:>10.2f}{cell.rooms:>7}{mark}"
            )
        for size, cell in self.best.items():
            rows.append(
                f"At window {size}, batches of {cell.n_rows}: {cell.rooms} rooms that speak all the time, "
                f"{UTILISATION:.0%} busy, one decode a second each."
            )
        rows += [f"{name}: {value}" for name, value in self.extras.items()]
        return "\n".join(rows)


def _to_ms(time_s: float | None) -> float | None:
    return None if time_s is None else round(1000 * time_s, 2)
