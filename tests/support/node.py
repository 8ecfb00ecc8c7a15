"""The Node.js program that playwright brings along, so that tests need no other."""

import sys
from pathlib import Path

import playwright


def find_node() -> Path:
    """Return the path of playwright's Node.js."""
    name = "node.exe" if sys.platform == "win32" else "node"
    return Path(playwright.__file__).parent / "driver" / name
