"""The files that a bench writes: checked before the long measurement starts, written after it."""

import importlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.errors import SettingsError

PICTURES = (".png", ".svg", ".pdf")


class ReportFiles:
    """The JSON file and the plot of one run; either may be missing."""

    def __init__(self, bench: str, json_path: Path | None, plot_path: Path | None = None) -> None:
        """Check the paths; `bench` names the module that draws the plot, `app.bench.<bench>_plot`.

        Raises:
            SettingsError: A path cannot be written to, the plot is not a picture, or matplotlib is missing.
        """
        for path in (json_path, plot_path):
            if path is not None:
                check_target(path)
        self._json_path, self._plot_path = json_path, plot_path
        self._draw = _import_draw(bench, plot_path) if plot_path is not None else None

    def write(self, figures: Mapping[str, object], drawn: object = None) -> None:
        """Write the figures as JSON, and the plot of `drawn`, the report or reports that the bench draws."""
        if self._json_path is not None:
            text = json.dumps(figures, indent=1, ensure_ascii=False) + "\n"
            self._json_path.write_text(text, encoding="utf-8")
        if self._draw is not None and self._plot_path is not None:
            self._draw(drawn, self._plot_path)


def check_target(path: Path) -> None:
    """Check that a file can be written to a path.

    Raises:
        SettingsError: The path is a folder, or its folder is missing.
    """
    if path.is_dir():
        raise SettingsError(f"Expected a file name to write to, but {path} is a folder.")
    if not path.resolve().parent.is_dir():
        raise SettingsError(f"Expected a folder to write {path.name} to, but {path.parent} does not exist.")


def _import_draw(bench: str, plot_path: Path) -> Callable[[Any, Path], None]:
    if plot_path.suffix.lower() not in PICTURES:
        raise SettingsError(f"Expected a picture that ends in .png, .svg or .pdf, but got {plot_path.name}.")
    try:
        module = importlib.import_module(f"app.bench.{bench}_plot")
    except ImportError as exc:
        raise SettingsError("A plot needs matplotlib: install surtitle[bench], or leave --plot out.") from exc
    draw: Callable[[Any, Path], None] = module.draw
    return draw
