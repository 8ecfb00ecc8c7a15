"""What a process uses, from Linux's /proc; zero on other systems."""

import os
import signal
import sys
from pathlib import Path


def read_cpu_s(pid: int | None) -> float:
    """Return the processor time a process has used, in seconds."""
    if sys.platform != "linux":
        return 0.0
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return 0.0


def read_memory_bytes(pid: int | None) -> int:
    """Return the resident memory of a process, in bytes."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    resident = next((line for line in status.splitlines() if line.startswith("VmRSS:")), None)
    return int(resident.split()[1]) * 1024 if resident else 0


def kill_process(pid: int | None) -> bool:
    """Kill a process at once, as a machine without free memory does, and return whether there was one."""
    if pid is None:
        return False
    kind = signal.SIGTERM  # on Windows it kills at once
    if sys.platform != "win32":
        kind = signal.SIGKILL
    try:
        os.kill(pid, kind)
    except ProcessLookupError:
        return False
    return True
