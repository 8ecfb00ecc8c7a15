"""Limits the child process, so that a malicious file can only harm that process."""

import ctypes
import sys
import time
from contextlib import suppress
from math import ceil

MEMORY_BYTES = (1024 + 128) * 2**20
"""Address space: Python and FFmpeg take 120 MiB, the headers of a 4K video 40 more, indexes the rest."""

FILES_MAX = 64
"""Maximum open files and connections; a stream of segments needs a few."""

CPU_S = 30.0
"""Maximum processor time for one second of sound; an hour of FLAC takes 2 s."""


def confine() -> None:
    """Limit this process permanently, as far as the system can; call it when all modules are loaded."""
    if sys.platform == "win32":  # only the reader's deadline applies
        return
    import resource

    if sys.platform == "linux":
        no_new_privileges = 38
        ctypes.CDLL(None).prctl(no_new_privileges, 1, 0, 0, 0)
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_NOFILE, FILES_MAX),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS does not limit address space
            resource.setrlimit(limit, (value, value))
    _limit_cpu_time(resource.getrlimit(resource.RLIMIT_CPU)[1])


def extend_cpu_time() -> None:
    """Allow CPU_S more from now on, if this process is limited; call it after each second of sound."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if soft != resource.RLIM_INFINITY:
        _limit_cpu_time(hard)


def _limit_cpu_time(hard: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (ceil(time.process_time() + CPU_S), hard))
