"""The admin key in the data folder, with which the command line on this machine reaches its service."""

import os
import secrets
from pathlib import Path

from app import atomic_file, log
from app.errors import SettingsError

logger = log.get(__name__)

FILE = "admin.key"
"""Name of the file; only its owner can read it."""

SECRET_BYTES = 32


def read_or_create(folder: Path) -> str:
    """Return the admin key of a data folder; the first call creates it.

    A key that others could read is replaced by a new one, and the links that were printed with it end.

    Raises:
        SettingsError: The file cannot be read or written.
    """
    path = folder / FILE
    try:
        if os.name == "posix" and path.exists() and path.stat().st_mode & 0o077:
            logger.warning("admin_key_renewed", reason=f"Other users could read {path}.")
            path.unlink()
        found = read(folder)
        if found:
            return found
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = secrets.token_urlsafe(SECRET_BYTES)
        atomic_file.write(path, made.encode() + b"\n", mode=0o600)
    except OSError as exc:
        raise SettingsError(
            f"The admin key cannot be saved as {path}: {exc.strerror or exc}. Give another folder with --data, or save "
            "nothing with --memory."
        ) from exc
    return made


def read(folder: Path) -> str:
    """Return the admin key of a data folder; empty if there is none or it cannot be read."""
    try:
        return (folder / FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
