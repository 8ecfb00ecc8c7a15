"""Figures as text for a terminal."""

from collections.abc import Mapping


def format_figures(figures: Mapping[str, object]) -> str:
    """Return one line for each figure: its name and its value."""
    return "\n".join(f"{name:26}{format_figure(figure)}" for name, figure in figures.items())


def format_figure(figure: object, float_format: str = "g") -> str:
    """Return a figure as short text: `-` for None, and the parts of a spread as `0.84 / 1.36`."""
    if isinstance(figure, dict):
        return " / ".join(format_figure(part, float_format) for part in figure.values())
    if figure is None:
        return "-"
    if isinstance(figure, float):
        return f"{figure:{float_format}}"
    return f"{figure:g}" if isinstance(figure, int) else str(figure)
