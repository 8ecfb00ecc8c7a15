"""Writes files whole or not at all: the content goes to a temporary file, which then replaces the old one."""

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

OPEN_ELSEWHERE_S = 0.5
"""How long a virus scanner or an index may have a file open, which Windows then does not replace; usually some ms."""


@contextmanager
def replacing(path: Path, *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Open a temporary file in the same folder, which replaces `path` when the block ends; that may block on Windows.

    If the block fails, the file is deleted. Its content is on the disk before it replaces anything; its permissions
    are `mode` without those that the umask takes away.

    Raises:
        OSError: It cannot be written; the file at `path` is unchanged.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(temporary, "xb", opener=partial(os.open, mode=mode)) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _replace(temporary: Path, path: Path) -> None:
    """Move the file to its place; on Windows again and again while another program has the old one open."""
    deadline_s = time.monotonic() + (OPEN_ELSEWHERE_S if sys.platform == "win32" else 0)
    while True:
        try:
            temporary.replace(path)
        except PermissionError:
            if time.monotonic() >= deadline_s:
                raise
            time.sleep(OPEN_ELSEWHERE_S / 10)
        else:
            return


def write(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Replace a file's content, or create the file; it gets the permissions `mode` as far as the umask allows.

    Raises:
        OSError: It cannot be written; the file at `path` is unchanged.
    """
    with replacing(path, mode=mode) as file:
        file.write(content)
