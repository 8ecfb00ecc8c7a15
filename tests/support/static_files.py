"""Finds files of the pages by name, whichever folder they are in."""

from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"


def find_static_file(name: str) -> Path:
    """Return the only file of this name under static/."""
    (path,) = STATIC.rglob(name)
    return path
