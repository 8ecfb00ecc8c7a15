"""A picture of a model bench: time a room takes, and rooms carried, by batch and window."""

from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from app.bench.model_report import ModelReport


def draw(report: ModelReport, path: Path) -> None:
    """Draw one curve for each window, and write the picture as the suffix says.

    Raises:
        OSError: The file cannot be written.
    """
    matplotlib.use("Agg")  # needs no screen
    figure = Figure(figsize=(10, 4), layout="constrained")
    cost, rooms = figure.subplots(1, 2)
    for size in dict.fromkeys(cell.size for cell in report.cells):
        cells = [cell for cell in report.cells if cell.size == size and cell.is_timed]
        batches = [cell.n_rows for cell in cells]
        cost.plot(batches, [1000 * cell.batch_s / cell.n_rows for cell in cells], "o-", label=f"window {size}")
        rooms.plot(batches, [cell.rooms for cell in cells], "o-", label=f"window {size}")
    cost.set(xlabel="batch", ylabel="decode, ms a room")
    rooms.set(xlabel="batch", ylabel="rooms")
    for axes in (cost, rooms):
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(fontsize=8, frameon=False)
    figure.suptitle(f"{report.like} on {report.machine}, {report.compute_type}", fontsize=10)
    figure.savefig(path, dpi=110)
