"""Pages and files are compressed, once for all clients."""

import gzip
from pathlib import Path

import httpx
import pytest

from app.web import compression
from app.web.compression import CompressedFiles
from app.web.static_dir import static_dir
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.raw_peer import AUTHORIZED

PACKED = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}


@pytest.mark.parametrize(
    "path", ["/v/main", "/static/audience/audience.js", "/static/room/theme.css", "/static/room/icon.svg"]
)
async def test_clients_with_gzip_get_compressed_files(path: str) -> None:
    """Decoded it is the file without comments; without gzip the file is sent as it is, and caches keep both apart."""
    name = "audience/audience.html" if path.startswith("/v/") else path.removeprefix("/static/")
    file = (static_dir() / name).read_bytes()
    async with serve_rooms(HostedRooms()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        packed = await client.get(path, headers=PACKED)
        plain = await client.get(path, headers=PLAIN)
    assert plain.content == file
    assert packed.content == (compression.strip_comments(file) if path.endswith(".js") else file)
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-type"] == plain.headers["content-type"]
    if len(file) >= compression.BYTES_MIN:
        assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
        assert int(packed.headers["content-length"]) < len(file)


async def test_api_responses_are_not_compressed() -> None:
    """They may contain a secret next to text that others chose."""
    async with serve_rooms(HostedRooms()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for path in ("/api/openapi.json", "/api/rooms", "/metrics"):
            answer = await client.get(path, headers=PACKED | AUTHORIZED)
            assert answer.status_code == 200
            assert "content-encoding" not in answer.headers, path


def test_a_file_is_compressed_once_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later clients get the bytes that were compressed for the first."""
    packed: list[bytes] = []
    compress = gzip.compress

    def watched(content: bytes, mtime: int) -> bytes:
        packed.append(content)
        return compress(content, mtime=mtime)

    monkeypatch.setattr(gzip, "compress", watched)
    (tmp_path / "page.html").write_text("old " * 500)
    files = CompressedFiles(tmp_path)
    scope = {"type": "http", "method": "GET", "headers": [(b"accept-encoding", b"gzip, br")]}
    first, second = files.page("page.html", scope), files.page("page.html", scope)
    assert first.body == second.body
    assert len(packed) == 1
    (tmp_path / "page.html").write_text("new " * 500)
    assert gzip.decompress(bytes(files.page("page.html", scope).body)) == b"new " * 500


def test_only_whole_line_comments_are_left_out() -> None:
    """Code on the line of a comment stays, and all lines keep their numbers."""
    script = b"""// @ts-check
/** Adds. */
let a = 1; // one
  /**
   * @type {number}
   */
/** @type {Text} */ (node).data = "/** kept */";
  // the end
"""
    kept = b"""

let a = 1; // one



/** @type {Text} */ (node).data = "/** kept */";

"""
    assert compression.strip_comments(script) == kept


def test_no_text_in_a_script_looks_like_a_comment(root: Path) -> None:
    """What is left out of the pages' scripts is outside template literals and other comments."""
    for path in (root / "static").rglob("*.js"):
        script = path.read_bytes()
        for comment in compression.COMMENT.finditer(script):
            before = compression.strip_comments(script[: comment.start()])
            assert before.count(b"`") % 2 == 0, path
            assert before.count(b"/*") == before.count(b"*/"), path


def test_an_empty_comment_hides_no_code() -> None:
    """The empty comment `/**/` is not the start of a longer one."""
    assert compression.strip_comments(b"/**/\ncode();\n/** x */\n") == b"/**/\ncode();\n\n"
