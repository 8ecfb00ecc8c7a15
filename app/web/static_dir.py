"""Finds the folder of the pages."""

from pathlib import Path

import app


def static_dir() -> Path:
    """Return the folder of the pages: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(app.__file__).parent
    beside = package.parent / "static"
    return beside if (beside / "overlay" / "overlay.html").is_file() else package / "static"
