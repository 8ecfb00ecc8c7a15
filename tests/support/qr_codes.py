"""Reads QR codes with a real decoder, as a phone does."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.support.required_program import require_program

SCALE = 6
"""Pixels of a module."""


def read_rows(rows: Sequence[str]) -> str:
    """Return what a code says that is drawn with half blocks, dark on white."""
    lines = []
    for row in rows:
        for dark in ("▀█", "▄█"):
            line = b"".join((b"\x00" if block in dark else b"\xff") * SCALE for block in row)
            lines.append(line * SCALE)
    return read_picture(b"P5 %d %d 255\n" % (len(rows[0]) * SCALE, len(lines) * SCALE) + b"".join(lines), "pgm")


def read_picture(picture: bytes, kind: str) -> str:
    """Return what the code in a picture says; `kind` is how its file name ends."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"code.{kind}")
        file.write_bytes(picture)
        command = [require_program("zbarimg"), "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(file)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.rstrip("\n")
