"""What the process that reads may use, so that a file made to do harm harms that process alone."""

import ctypes
import sys
import time
from contextlib import suppress
from math import ceil

MEMORY_BYTES = (1024 + 128) * 2**20
"""Address space in all: Python and FFmpeg take 120 MiB, a 4K video's headers 40 more, indexes have the rest."""

FILES = 64
"""Files and connections open at once; a stream of segments needs a handful."""

CPU_S = 30.0
"""Processor time without a second of sound; an hour of FLAC takes 2 s."""


def confine() -> None:
    """Limit this process for good, as far as the system can; call when all modules are loaded."""
    try:
        import resource
    except ImportError:  # Windows: the service's own deadline remains
        return
    if sys.platform == "linux":
        no_new_privileges = 38
        ctypes.CDLL(None).prctl(no_new_privileges, 1, 0, 0, 0)
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS knows no limit of address space
            resource.setrlimit(limit, (most, most))
    _allow(resource.getrlimit(resource.RLIMIT_CPU)[1])


def extend() -> None:
    """Allow CPU_S more from now on, if this process is confined; call whenever sound has come."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if soft != resource.RLIM_INFINITY:
        _allow(hard)


def _allow(hard: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (ceil(time.process_time() + CPU_S), hard))
