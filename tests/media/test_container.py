"""What PyAV opens on our side of the wall: what a playlist of a public server may name."""

import gc
import io
import socket
from argparse import Namespace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest

from app.media import child, child_messages
from tests.fakes.http_server import reply, serve_http
from tests.support.sound_files import write_sound


# PyAV leaves open what a failing playlist has opened; the process that reads ends with it
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_public_playlist_cannot_point_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts on public servers are played, whatever the list is called; those on this machine are never asked for."""
    noise = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
    part = write_sound(tmp_path / "a.ts", "aac", rate_hz=16_000, layout="mono", samples=noise).read_bytes()
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(f"{request.headers['Host']}{request.path}")
        if request.path.endswith(".ts"):
            return reply(request, part)
        name = f"http://127.0.0.1:{port}/b.ts" if request.path == "/inside" else "/a.ts"
        lines = ("#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXTINF:1,", name, "#EXTINF:1,", "a.ts", "#EXT-X-ENDLIST", "")
        return reply(request, "\n".join(lines).encode(), Content_Type="application/vnd.apple.mpegurl")

    def look_up(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", ("93.184.216.34" if host == "radio.example" else "127.0.0.1", 80))]

    connect = socket.create_connection

    def detour(place: tuple[str, int], timeout_s: float) -> socket.socket:
        return connect(("127.0.0.1", port), timeout_s)

    monkeypatch.setattr(
        "app.media.http_stream.socket", Namespace(getaddrinfo=look_up, create_connection=detour, SOCK_STREAM=1)
    )
    with serve_http(answer) as port:
        sounds = {}
        for path in ("/live", "/inside"):
            said = io.BytesIO()
            child.answer(child_messages.ReadRequest(f"http://radio.example{path}", False, 16_000), said)
            sounds[path] = said.tell()
        gc.collect()
    assert sounds["/live"] > 2 * 2 * 15_000
    assert sounds["/inside"] < sounds["/live"]
    assert set(asked) == {"radio.example/live", "radio.example/a.ts", "radio.example/inside"}
