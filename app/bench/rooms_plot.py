"""Draws a rooms bench: how long decodes took, and whether rooms fell behind."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.bench.plot_style import new_figure, style_axes
from app.bench.rooms_report import RoomsReport
from app.decode.admission import BOUND_S


def draw(reports: Sequence[RoomsReport], path: Path) -> None:
    """Draw one curve for each run; the file's suffix chooses its format.

    Raises:
        OSError: The file cannot be written.
    """
    figure = new_figure(10, 4)
    waits, behind = figure.subplots(1, 2)
    for report in sorted(reports, key=lambda report: report.rooms):
        sorted_s = np.sort([wait_s for room in report.accepted for wait_s in room.waits_s])
        if len(sorted_s):
            waits.plot(sorted_s, np.linspace(0, 100, len(sorted_s)), label=f"{report.rooms} rooms")
        behind.plot(*np.array(report.behind_s).T, label=f"{report.rooms} rooms") if report.behind_s else None
    waits.axvline(BOUND_S, color="#777", linestyle="--", linewidth=1)
    waits.axhline(95, color="#777", linestyle=":", linewidth=1)
    waits.set(xlabel="decode due to result, s", ylabel="share of decodes, %", xlim=(0, None))
    behind.set(xlabel="time, s", ylabel="sound not yet decoded, s a room", ylim=(0, None))
    style_axes((waits, behind))
    for axes in (waits, behind):
        axes.legend(fontsize=8, frameon=False)
    figure.savefig(path, dpi=110)
