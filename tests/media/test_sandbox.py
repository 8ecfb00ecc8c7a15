"""The limits of the process that reads, tried out."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("deed", "end"),
    [
        ("while True: pass", -signal.SIGXCPU),
        ("while time.process_time() < 4: sandbox.extend()", 0),
        ("bytearray(2 * 2**30)", 1),
        ("[open('/dev/null') for _ in range(100)]", 1),
        ("open('harm', 'w').write('x')", -signal.SIGXFSZ),
    ],
)
def test_each_limit_holds(tmp_path: Path, root: Path, deed: str, end: int) -> None:
    """Processor time, memory, files and what is written end at the limit, and time that sound has paid for does not."""
    program = f"""
import signal, sys, time
sys.path.insert(0, {str(root)!r})
from app.media import sandbox
sandbox.CPU_S = 1.0
sandbox.confine()
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
{deed}
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, stderr=subprocess.DEVNULL)
    assert done.returncode == end
