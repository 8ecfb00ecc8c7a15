"""What the plots of all benches share."""

from collections.abc import Iterable

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of this size in inches, for a machine without a display."""
    matplotlib.use("Agg")
    return Figure(figsize=(width, height), layout="constrained")


def style_axes(axes: Iterable[Axes]) -> None:
    """Draw a faint grid and no frame above and at the right."""
    for one in axes:
        one.grid(alpha=0.3)
        one.spines[["top", "right"]].set_visible(False)
