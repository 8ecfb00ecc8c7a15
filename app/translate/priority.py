"""The priority of the translation process: a live decode goes first where both want the same core."""

import os
import sys
from contextlib import suppress

NICENESS = 5
"""Steps below the other processes: a translation may wait a little, but words that are not decoded delay everything.
More would let a busy machine starve it."""

_BELOW_NORMAL = 0x4000
"""BELOW_NORMAL_PRIORITY_CLASS of Windows' SetPriorityClass."""


def lower_priority() -> None:
    """Lower the priority of this process for good; where the system refuses, it stays."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
    else:
        with suppress(OSError):
            os.nice(NICENESS)
