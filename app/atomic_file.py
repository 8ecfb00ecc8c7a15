"""Writes files whole or not at all: the content goes to a temporary file, which then replaces the old one."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(path: Path, *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Open a temporary file in the same folder, which replaces `path` when the block ends.

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
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Replace a file's content, or create the file; it gets the permissions `mode` as far as the umask allows.

    Raises:
        OSError: It cannot be written; the file at `path` is unchanged.
    """
    with replacing(path, mode=mode) as file:
        file.write(content)
