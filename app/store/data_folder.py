"""The folder of the database: it is locked for one service, and only its owner may read what is in it."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app import log
from app.errors import FolderInUseError, SettingsError

logger = log.get(__name__)

LOCK_FILE = ".lock"
"""On Windows the file that is locked; it stays there, empty."""

FOLDER_MODE, FILE_MODE = 0o700, 0o600
"""Only the owner may read, write, and enter the folder."""


def lock(folder: Path) -> int | None:
    """Lock the folder for this service, and return the descriptor that holds the lock; closing it ends the lock.

    The lock also ends with the process, however that ends. SQLite's own lock of the file would not refuse a second
    connection of the same process, and is lost when this process opens and closes the file. Windows locks no folders;
    there a file in it is locked. Returns None where nothing can be locked, such as on some network disks; there
    SQLite's lock remains.

    Raises:
        SettingsError: Another service has locked it.
    """
    if sys.platform == "win32":
        return _lock_file(folder / LOCK_FILE)
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise in_use(folder) from None
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _lock_file(path: Path) -> int | None:
    """Lock the first byte of a file on Windows, see `lock`."""
    if sys.platform != "win32":
        return None
    import msvcrt

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    except PermissionError:
        os.close(descriptor)
        raise in_use(path.parent) from None
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock the folder while the block lasts, so that no service starts meanwhile; the folder is created if needed.

    Raises:
        FolderInUseError: A service uses it.
        SettingsError: It cannot be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        descriptor = lock(folder)
    except OSError as exc:
        raise SettingsError(
            f"The folder {folder} cannot be used: {exc.strerror or exc}. Name another one with --data."
        ) from exc
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def in_use(folder: Path) -> FolderInUseError:
    """Return the error for a folder that another service uses."""
    return FolderInUseError(
        f"Another Surtitle saves its captions in {folder}. Stop it, or give this one another folder with --data."
    )


def protect(folder: Path, files: Iterable[Path]) -> None:
    """Repair the modes of a folder and of files in it, so that only the owner has access; each repair is logged.

    A folder that this user does not own, or that others use too like /tmp, is only reported. A link is not followed.
    """
    if sys.platform == "win32":
        return
    for path, mode in ((folder, FOLDER_MODE), *((file, FILE_MODE) for file in files)):
        try:
            found = path.lstat()
            if stat.S_ISLNK(found.st_mode) and path == folder:
                found = path.stat()
            if not stat.S_IMODE(found.st_mode) & 0o077 or stat.S_ISLNK(found.st_mode):
                continue
            if found.st_uid != os.geteuid() or (path == folder and _is_shared(folder, found.st_mode)):
                logger.warning("others_may_read", path=path.name, mode=oct(stat.S_IMODE(found.st_mode)))
                continue
            path.chmod(mode)
        except OSError as exc:
            logger.warning("mode_not_checked", path=path.name, reason=str(exc))
        else:
            logger.warning("mode_repaired", path=path.name, mode=oct(stat.S_IMODE(found.st_mode)), now=oct(mode))


def _is_shared(folder: Path, mode: int) -> bool:
    """Return whether others than the service use a folder: it is sticky, a home, or has files of other users."""
    if sys.platform == "win32":
        return False
    if mode & stat.S_ISVTX or folder.resolve() in (_find_home(), Path("/")):
        return True
    return any(entry.lstat().st_uid != os.geteuid() for entry in folder.iterdir())


def _find_home() -> Path | None:
    """Return the home of the user; None for one without a home, as in a container."""
    try:
        return Path.home().resolve()
    except RuntimeError:
        return None
