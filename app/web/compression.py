"""Pages and their files, compressed once: a hall that scans a QR code costs no compression while captions go out.

What the interface answers is not compressed: there a secret may stand beside words that others chose, which compression
can give away (BREACH).
"""

import gzip
import os
from mimetypes import guess_type
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

BYTES_MIN = 500
"""Below this the headers weigh more than what is saved."""


class CompressedFiles(StaticFiles):
    """Serves a folder's files, and its pages by name; a file that changes is compressed anew."""

    def __init__(self, folder: Path) -> None:
        """Serve this folder."""
        super().__init__(directory=folder)
        self._folder = folder
        self._packed: dict[str, tuple[int, bytes]] = {}
        """Moment of the last change in nanoseconds and compressed content, by path."""

    def page(self, name: str, scope: Scope) -> Response:
        """Return a page of the folder."""
        path = self._folder / name
        return self._packed_response(path, path.stat(), scope) or FileResponse(path)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return a file, compressed for clients that understand gzip."""
        packed = self._packed_response(Path(full_path), stat_result, scope)
        return packed or super().file_response(full_path, stat_result, scope, status_code)

    def _packed_response(self, path: Path, stat_result: os.stat_result, scope: Scope) -> Response | None:
        if stat_result.st_size < BYTES_MIN or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            return None
        changed_ns, packed = self._packed.get(str(path), (0, b""))
        if changed_ns != stat_result.st_mtime_ns:
            packed = gzip.compress(path.read_bytes(), mtime=0)
            self._packed[str(path)] = stat_result.st_mtime_ns, packed
        headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(packed, media_type=guess_type(path)[0], headers=headers)
