"""Writes files whole or not at all: the content goes to a temporary file, which then replaces the old one."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file in the same folder, which replaces `path` when the block ends.

    If the block fails, the file is deleted. Its content is on the disk before it replaces anything, and it has the
    usual permissions (umask).

    Raises:
        OSError: It cannot be written; the file at `path` is unchanged.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write(path: Path, content: bytes) -> None:
    """Replace a file's content, or create the file.

    Raises:
        OSError: It cannot be written; the file at `path` is unchanged.
    """
    with replacing(path) as file:
        file.write(content)
