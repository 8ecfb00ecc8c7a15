"""Checks of the disk for `surtitle doctor`: who may read the data folder, and how fast and how full its disk is."""

import os
import shutil
import stat
import statistics
import sys
import tempfile
import time
from pathlib import Path
from shlex import quote

from app.cli.finding import Finding, green, red, yellow

SYNCS = 15
"""Writes that are timed; enough for a median, and short even on a hard disk."""

SYNC_SLOW_S = 0.05
"""A final phrase waits for one write; twenty a second are enough for every room at once."""

SYNC_TOO_SLOW_S = 0.25
"""From here on, captions come visibly later: the limit for what may delay a final phrase."""

FREE_LOW_BYTES = 1 << 30
FREE_MIN_BYTES = 200 << 20
"""A day of ten rooms is about 100 MB."""

NAMES_SHOWN = 3

AHEAD_S = 60.0
"""Captions are stamped by the clock of the service, which is never behind; a minute is no fault."""


def check_folder(folder: Path) -> list[Finding]:
    """Check who may read and write the data folder and everything in it."""
    subject = "data folder"
    try:
        mode = folder.stat().st_mode
    except FileNotFoundError:
        return [green(subject, f"{folder} does not exist yet; the service creates it, readable by its owner only.")]
    except OSError as exc:
        return [red(subject, f"{folder} cannot be read: {exc.strerror}.", "Run this as the user of the service.")]
    if not stat.S_ISDIR(mode):
        return [red(subject, f"{folder} is not a folder.", "Name another one with --data.")]
    if sys.platform == "win32":
        return [_check_place(subject, folder)]
    try:
        paths = [folder, *folder.rglob("*")]
        modes = {path: path.lstat().st_mode for path in paths}
    except OSError as exc:
        return [red(subject, f"{exc.filename} cannot be read: {exc.strerror}.", "Run this as the user of the service.")]
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return [red(subject, f"{folder} cannot be written by this user.", "Run this as the user of the service.")]
    exposed = [path for path, mode in modes.items() if mode & 0o077 and not stat.S_ISLNK(mode)]
    if exposed:
        names = ", ".join(str(path) for path in exposed[:NAMES_SHOWN])
        more = f" and {len(exposed) - NAMES_SHOWN} more" if len(exposed) > NAMES_SHOWN else ""
        return [
            red(
                subject,
                f"Other users of this machine may read {names}{more}.",
                f"Run: chmod -R go-rwx {quote(str(folder))}",
            )
        ]
    return [green(subject, f"Only its owner can read {folder} and the {len(paths) - 1} files in it.")]


def _check_place(subject: str, folder: Path) -> Finding:
    """Check the place of a data folder on Windows, where a folder has the access rights of the one that it is in."""
    if folder.resolve().is_relative_to(Path.home().resolve()):
        return green(subject, f"{folder} is in your user folder, so only you and administrators can read it.")
    return yellow(
        subject,
        f"{folder} is outside your user folder, so other users of this machine may read it.",
        "Leave out --data, name a folder in your user folder, or restrict the folder's access rights.",
    )


def check_database(folder: Path) -> list[Finding]:
    """Check whether the database is whole, and whether the clock was set back since its newest caption."""
    from app.errors import FolderInUseError, SettingsError
    from app.service.storage import DATABASE
    from app.store.inspection import inspect

    path = folder / DATABASE
    if not path.exists():
        return []
    try:
        state = inspect(path)
    except FolderInUseError:
        return [green("database", "The running service uses it; it is checked at each start.")]
    except SettingsError as exc:
        return [
            red(
                "database",
                str(exc),
                "Restore a backup with `surtitle restore FILE --force`, or repair the file with sqlite3 FILE .recover.",
            )
        ]
    if state.is_later:
        return [red("database", f"{path} is from a later version of Surtitle.", "Use that version.")]
    ahead_s = state.newest_ms / 1000 - time.time()
    if ahead_s > AHEAD_S:
        return [
            yellow(
                "database",
                f"Its newest caption is {ahead_s / 3600:.1f} hours in the future: the clock was set back.",
                "Set the clock; until it catches up, captions are kept for that much longer.",
            )
        ]
    return [green("database", f"{path} is undamaged.")]


def check_umask() -> list[Finding]:
    """Check whether files that other programs write here would be readable by other users."""
    if sys.platform == "win32":
        return []
    mask = os.umask(0o077)
    os.umask(mask)
    if mask & 0o077 == 0o077:
        return [green("umask", f"New files are readable by their owner only (umask {mask:03o}).")]
    return [
        yellow(
            "umask",
            f"Other users can read files that you write with this umask ({mask:03o}), such as copies of a transcript.",
            "Put `umask 077` into your shell's profile; the service's own files are readable by their owner only.",
        )
    ]


def check_speed(folder: Path) -> list[Finding]:
    """Measure how long a small write takes until it is on the disk."""
    place = existing_parent(folder)
    times_s = []
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            for _ in range(SYNCS):
                began_s = time.perf_counter()
                file.write(b"\0" * 4096)
                file.flush()
                os.fsync(file.fileno())
                times_s.append(time.perf_counter() - began_s)
    except OSError as exc:
        return [
            red(
                "disk speed",
                f"{place} cannot be written: {exc.strerror or exc}.",
                "Make the folder writable for this user, or name another one with --data.",
            )
        ]
    median_s, most_s = statistics.median(times_s), max(times_s)
    message = f"A write reaches the disk after {median_s * 1000:.1f} ms, at most {most_s * 1000:.1f} ms."
    if median_s > SYNC_TOO_SLOW_S:
        return [red("disk speed", message, "Move the data folder to a local SSD with --data.")]
    if median_s > SYNC_SLOW_S:
        return [yellow("disk speed", message, "For several rooms, move the data folder to a local SSD with --data.")]
    return [green("disk speed", message)]


def check_space(folder: Path) -> list[Finding]:
    """Check how much space is left."""
    place = existing_parent(folder)
    free = shutil.disk_usage(place).free
    message = f"{free / 1e9:.1f} GB are free in {place}."
    remedy = "Free some space there, or move the data folder with --data."
    if free < FREE_MIN_BYTES:
        return [red("disk space", message, remedy)]
    return [yellow("disk space", message, remedy) if free < FREE_LOW_BYTES else green("disk space", message)]


def existing_parent(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    return next((place for place in (folder, *folder.absolute().parents) if place.is_dir()), Path.cwd())
