"""A picture of a rooms bench: how long decodes took to come back, and whether rooms fell behind."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from app.bench.rooms_report import RoomsReport
from app.decode.admission import BOUND_S


def draw(reports: Sequence[RoomsReport], path: Path) -> None:
    """Draw one curve for each run, and write the picture as the suffix says.

    Raises:
        OSError: The file cannot be written.
    """
    matplotlib.use("Agg")  # needs no screen
    figure = Figure(figsize=(10, 4), layout="constrained")
    waits, behind = figure.subplots(1, 2)
    for report in sorted(reports, key=lambda report: report.rooms):
        sorted_s = np.sort([wait_s for room in report.carried for wait_s in room.waits_s])
        if len(sorted_s):
            waits.plot(sorted_s, np.linspace(0, 100, len(sorted_s)), label=f"{report.rooms} rooms")
        behind.plot(*np.array(report.behind_s).T, label=f"{report.rooms} rooms") if report.behind_s else None
    waits.axvline(BOUND_S, color="#777", linestyle="--", linewidth=1)
    waits.axhline(95, color="#777", linestyle=":", linewidth=1)
    waits.set(xlabel="ready to result, s", ylabel="share of decodes, %", xlim=(0, None))
    behind.set(xlabel="time, s", ylabel="sound not yet decoded, s a room", ylim=(0, None))
    for axes in (waits, behind):
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(fontsize=8, frameon=False)
    figure.savefig(path, dpi=110)
