"""Draws a model bench: decode time for one room, and rooms served, by batch and window."""

from pathlib import Path

from app.bench.model_report import ModelReport
from app.bench.plot_style import new_figure, style_axes


def draw(report: ModelReport, path: Path) -> None:
    """Draw one curve for each window; the file's suffix chooses its format.

    Raises:
        OSError: The file cannot be written.
    """
    figure = new_figure(10, 4)
    cost, rooms = figure.subplots(1, 2)
    for size in dict.fromkeys(cell.size for cell in report.cells):
        cells = [cell for cell in report.cells if cell.size == size and cell.is_timed]
        batches = [cell.n_rows for cell in cells]
        cost.plot(batches, [1000 * cell.batch_s / cell.n_rows for cell in cells], "o-", label=f"window {size}")
        rooms.plot(batches, [cell.rooms for cell in cells], "o-", label=f"window {size}")
    cost.set(xlabel="batch", ylabel="decode, ms a room")
    rooms.set(xlabel="batch", ylabel="rooms")
    style_axes((cost, rooms))
    for axes in (cost, rooms):
        axes.set_ylim(bottom=0)
        axes.legend(fontsize=8, frameon=False)
    figure.suptitle(f"{report.like} on {report.machine}, {report.compute_type}", fontsize=10)
    figure.savefig(path, dpi=110)
