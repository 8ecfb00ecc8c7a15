"""Keeps speech and keys of a process from other processes and users: its memory, core dumps, and files it makes.

The children of such a process inherit its umask and its limits, but Linux forgets "not dumpable" when a program is
started, so the processes that decode and those that read media call `protect_memory` themselves.
"""

import ctypes
import os
import sys
from contextlib import suppress

DEBUGGABLE = "SURTITLE_DEBUGGABLE"
"""The environment variable that, set to 1, leaves debuggers, profilers such as py-spy and core dumps possible."""

PRIVATE_UMASK = 0o077
"""New files and folders are for their owner alone; a service keeps keys and captions of meetings."""

_PR_SET_DUMPABLE = 4
"""From linux/prctl.h. Zero forbids other processes of the same user to read the memory, and forbids core dumps even
where the system hands them to a program, for which RLIMIT_CORE does not count (man 5 core)."""


def protect_memory() -> None:
    """Forbid core dumps and, on Linux, that other processes of this user read this one's memory; for good.

    A process of root can still read it. Where the system does not know one of the two, the other still applies.
    """
    if os.environ.get(DEBUGGABLE, "") == "1":
        return
    if sys.platform != "win32":  # Windows writes no core dumps unless its user sets them up
        import resource

        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # a C library without prctl
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def protect_files() -> None:
    """From now on, make files and folders for their owner alone, whatever the user's umask is."""
    os.umask(PRIVATE_UMASK)
