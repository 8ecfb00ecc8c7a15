"""The scripts of the pages: their unit tests in Node, and the rules that every script keeps."""

import subprocess
from pathlib import Path

from tests.support.node import find_node

LINES_MAX = 250


def test_the_unit_tests_pass(root: Path) -> None:
    """Node's own test runner finds the tests beside this one, and all pass."""
    files = sorted((root / "tests" / "static").rglob("*.test.js"))
    assert len(files) >= 10
    done = subprocess.run([find_node(), "--test", *files], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout


def test_every_script_is_checked_and_short(root: Path) -> None:
    """Each script of the pages asks for the type checker, and none is too long."""
    for file in (root / "static").rglob("*.js"):
        lines = file.read_text(encoding="utf-8").splitlines()
        assert lines[0] == "// @ts-check", file
        assert len(lines) <= LINES_MAX, file


def test_the_lock_of_the_tools_names_no_address(root: Path) -> None:
    """The lock has exact versions and hashes, but no place to fetch them from."""
    lock = (root / "package-lock.json").read_text(encoding="utf-8")
    assert '"integrity"' in lock
    assert "://" not in lock
