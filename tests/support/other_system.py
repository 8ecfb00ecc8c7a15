"""Runs Python programs as if on Windows or macOS, see `tests/fakes/other_system.py`."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]


def make_environment(system: str, folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of processes that run on this system, as their children do; `folder` is for their files.

    What they print is in Windows's encoding there, as where its output goes to a file.
    """
    start = folder / system
    start.mkdir(parents=True, exist_ok=True)
    code = f"from tests.fakes.other_system import become\n\nbecome({system!r})\n"
    (start / "sitecustomize.py").write_text(code, encoding="utf-8")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("SURTITLE_", "PYTHON"))}
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join((str(start), str(ROOT))),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNDEFAULTENCODING": "1",
        "PYTHONIOENCODING": "cp1252" if system == "win32" else "utf-8",
        "SURTITLE_DATA": str(folder / "data"),
        "COLUMNS": "200",
        **more,
    }
