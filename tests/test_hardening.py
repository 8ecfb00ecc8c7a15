"""Tests for app.hardening: what another process of the same user can see of a protected one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import hardening
from tests.support.required_program import require_program

LOOK = """
import sys
try:
    open(f"/proc/{sys.argv[1]}/mem", "rb").close()
    print("readable")
except PermissionError:
    print("forbidden")
"""

PROTECTED = """
import ctypes, os, resource, subprocess, sys
from app import hardening
hardening.protect_memory()
other = subprocess.run([sys.executable, "-c", sys.argv[1], str(os.getpid())], capture_output=True, text=True)
dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
print("dumpable", dumpable, other.stdout.strip(), *resource.getrlimit(resource.RLIMIT_CORE))
"""


def look(root: Path, **environment: str) -> str:
    """Run a protected process and another that looks at it without root's right; returns what they printed."""
    command = [sys.executable, "-c", PROTECTED, LOOK]
    if os.geteuid() == 0:
        command = [require_program("setpriv"), "--inh-caps", "-sys_ptrace", "--bounding-set", "-sys_ptrace", *command]
    given = {name: text for name, text in os.environ.items() if name != hardening.DEBUGGABLE}
    done = subprocess.run(
        command, cwd=root, env=given | environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_other_processes_cannot_read_the_memory(root: Path) -> None:
    """A protected process leaves no core dump, and another process of its user cannot read its memory."""
    assert look(root) == "dumpable 0 forbidden 0 0"


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_developers_can_switch_it_off(root: Path) -> None:
    """With SURTITLE_DEBUGGABLE=1, debuggers and profilers may look at the process and core dumps are possible."""
    assert look(root, **{hardening.DEBUGGABLE: "1"}).startswith("dumpable 1 ")


def test_new_files_are_private(tmp_path: Path) -> None:
    """After `protect_files`, nobody else can read a new file or folder."""
    before = os.umask(0o022)
    try:
        hardening.protect_files()
        (tmp_path / "file").touch()
        (tmp_path / "folder").mkdir()
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o700
