"""Places a bench writes to, tried before the long work begins and not after."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.errors import SettingsError

PICTURES = (".png", ".svg", ".pdf")


def check(target: Path) -> None:
    """Refuse a place that cannot be written to.

    Raises:
        SettingsError: It is a folder, or its folder is not there.
    """
    if target.is_dir():
        raise SettingsError(f"Expected a file name to write to, but {target} is a folder.")
    if not target.resolve().parent.is_dir():
        raise SettingsError(f"Expected a folder to write {target.name} to, but {target.parent} is not there.")


def find_draw(plot: Path, bench: str) -> Callable[[Any, Path], None]:
    """Return the function that draws a bench's report: `draw` of the module `bench_<bench>_plot`.

    Raises:
        SettingsError: The file is no picture, or matplotlib is missing.
    """
    if plot.suffix.lower() not in PICTURES:
        raise SettingsError(f"Expected a picture that ends in .png, .svg or .pdf, but got {plot.name}.")
    try:
        module = importlib.import_module(f"app.bench.{bench}_plot")
    except ImportError as exc:
        raise SettingsError("A plot needs matplotlib: install surtitle[bench], or leave --plot out.") from exc
    draw: Callable[[Any, Path], None] = module.draw
    return draw
