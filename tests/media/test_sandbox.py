"""Tests for app.media.sandbox: each limit in a real process."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("while True: pass", -signal.SIGXCPU),
        ("while time.process_time() < 4: sandbox.extend_cpu_time()", 0),
        ("bytearray(2 * 2**30)", 1),
        ("[open('/dev/null') for _ in range(100)]", 1),
        ("open('file', 'w').write('x')", -signal.SIGXFSZ),
    ],
)
def test_each_limit_holds(tmp_path: Path, root: Path, code: str, exit_code: int) -> None:
    """Processor time, memory, open files and file size are limited, and sound extends the processor time."""
    program = f"""
import signal, sys, time
sys.path.insert(0, {str(root)!r})
from app.media import sandbox
sandbox.CPU_S = 1.0
sandbox.confine()
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
{code}
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, stderr=subprocess.DEVNULL)
    assert done.returncode == exit_code
