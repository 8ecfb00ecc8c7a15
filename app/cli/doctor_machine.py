"""Checks of the machine for `surtitle doctor`: open files, clock and swap."""

import ctypes
import sys
import time
from collections.abc import Callable
from pathlib import Path

from app.cli.finding import Finding, green, red, yellow
from app.web.file_limit import fit_limits, raise_file_limit
from app.web.limits import LimitSettings

FILES_MIN = 512
FILES_LOW = 4096
"""A hall of some thousand phones needs one file for each."""

TICK_S = 0.02
"""Longer than a step of any system's monotonic clock; on Windows it makes 64 a second."""

UNSYNCHRONISED = 5
"""TIME_ERROR of adjtimex(2): the kernel knows of no time server."""

TIMEX_BYTES = 1024
"""More than any system's `struct timex` has; all zeros only asks."""


def check_files() -> list[Finding]:
    """Check how many connections the limit of open files allows."""
    if sys.platform == "win32":  # it has no such limit
        return []
    most = raise_file_limit()
    if most is None:
        return [green("file limit", "The number of open files is not limited.")]
    n_connections = fit_limits(LimitSettings(), most).total
    message = f"The limit of {most} open files allows about {n_connections} connections."
    remedy = "Raise it: LimitNOFILE=65536 in the systemd unit, ulimits.nofile in compose, or `ulimit -n 65536`."
    if most < FILES_MIN:
        return [red("file limit", message, remedy)]
    return [yellow("file limit", message, remedy) if most < FILES_LOW else green("file limit", message)]


def check_clock(ask_kernel: Callable[[], int | None] | None = None) -> list[Finding]:
    """Check whether a time server sets the clock, and whether the clock that cannot be set runs."""
    began_s = time.monotonic()
    time.sleep(TICK_S)
    if time.monotonic() <= began_s:
        return [red("clock", "The monotonic clock of this machine stands still.", "Restart the machine.")]
    state = (ask_kernel or _ask_kernel)()
    if state is None:
        return [
            yellow(
                "clock",
                "It is not known whether a time server sets the clock of this machine.",
                "Look at the system's settings for date and time: keys and captions expire by this clock.",
            )
        ]
    if state == UNSYNCHRONISED:
        return [
            yellow(
                "clock",
                "No time server sets the clock of this machine, as far as the kernel knows.",
                "Run `timedatectl set-ntp true`, or ask the administrator of the virtual machine: keys and captions "
                "expire by this clock.",
            )
        ]
    return [green("clock", "A time server sets the clock.")]


def _ask_kernel() -> int | None:
    """Return the state of Linux's clock, None where it cannot be asked."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state


def check_swap(system: Path = Path("/")) -> list[Finding]:
    """Check whether captions in memory can be written to a disk that keeps them."""
    if sys.platform == "darwin":
        return [green("swap", "macOS encrypts its swap files.")]
    remedy = (
        "Turn it off with `swapoff -a`, forbid it for the service with MemorySwapMax=0 in the systemd unit, or "
        "encrypt it: captions that were erased may otherwise stay on the disk."
    )
    if not sys.platform.startswith("linux"):
        return [yellow("swap", "It is not known whether this system encrypts its swap.", remedy)]
    try:
        lines = (system / "proc/swaps").read_text().splitlines()[1:]
        limit = (system / "sys/fs/cgroup/memory.swap.max").read_text().strip()
    except OSError:
        lines, limit = lines_of(system / "proc/swaps")[1:], ""
    plain = [name for name in (line.split()[0] for line in lines if line.strip()) if not _is_safe(system, name)]
    if limit == "0":
        return [green("swap", "This process is not allowed to use swap.")]
    if not plain:
        return [green("swap", "Nothing is swapped to an unencrypted disk.")]
    return [yellow("swap", f"Memory may be written to {', '.join(plain)}, which is not known to be encrypted.", remedy)]


def lines_of(path: Path) -> list[str]:
    """Return the lines of a file of the system; none if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _is_safe(system: Path, device: str) -> bool:
    """Return whether a swap device is compressed memory, or encrypted."""
    name = Path(device).name
    identity = "".join(lines_of(system / "sys/block" / name / "dm/uuid"))
    return name.startswith("zram") or identity.startswith("CRYPT-")
