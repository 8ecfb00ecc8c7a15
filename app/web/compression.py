"""Serves pages and their files compressed; each is compressed once and not per request.

Comments of scripts are left out, because type comments are a quarter of a page's bytes.
API responses are not compressed: they may contain a secret next to text that others chose, which compression can reveal
(BREACH).
"""

import gzip
import os
import re
from mimetypes import guess_type
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

BYTES_MIN = 500
"""Smaller files are not compressed: the headers cost more than is saved."""

COMMENT = re.compile(rb"^[ \t]*(?://.*|/\*\*(?!/)(?:(?!\*/)[\s\S])*\*/[ \t]*)$", re.MULTILINE)
"""Comments on lines of their own."""


class CompressedFiles(StaticFiles):
    """Serves the files of a folder, and its pages by name; a file that changes is compressed again."""

    def __init__(self, folder: Path) -> None:
        """Serve this folder."""
        super().__init__(directory=folder)
        self._folder = folder
        self._compressed: dict[str, tuple[int, bytes]] = {}
        """Time of the last change in nanoseconds and compressed content, by path."""

    def page(self, name: str, scope: Scope) -> Response:
        """Return a page of the folder."""
        path = self._folder / name
        return self._compressed_response(path, path.stat(), scope) or FileResponse(path)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return a file, compressed for clients that understand gzip."""
        compressed = self._compressed_response(Path(full_path), stat_result, scope)
        return compressed or super().file_response(full_path, stat_result, scope, status_code)

    def _compressed_response(self, path: Path, stat_result: os.stat_result, scope: Scope) -> Response | None:
        if stat_result.st_size < BYTES_MIN or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            return None
        changed_ns, content = self._compressed.get(str(path), (0, b""))
        if changed_ns != stat_result.st_mtime_ns:
            plain = path.read_bytes()
            content = gzip.compress(strip_comments(plain) if path.suffix == ".js" else plain, mtime=0)
            self._compressed[str(path)] = stat_result.st_mtime_ns, content
        headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(content, media_type=guess_type(path)[0], headers=headers)


def strip_comments(script: bytes) -> bytes:
    """Return a script without the comments that have their own lines; the other lines keep their numbers."""
    return COMMENT.sub(lambda comment: b"\n" * comment[0].count(b"\n"), script)
