"""A server of streams whose addresses contain secrets in every part: it redirects, fails, and serves playlists."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from tests.fakes.http_server import reply, serve_http

CANARY = "canary-Xw4kRt9zLm2s"
"""The secret in every address."""

QUERY = f"{CANARY}-path/live?sig={CANARY}&token={CANARY}"

FAILURES = (
    "gone", "moved", "moved-badly", "moved-away", "loop", "page", "cut", "playlist", "playlist-of-files",
    "playlist-with-key", "silent",
)  # fmt: skip
"""What the addresses lead to; none of them is sound to its end."""

PLAYLIST = "application/vnd.apple.mpegurl"


def signed_url(port: int, kind: str) -> str:
    """Return an address of this kind with a login, a signed path, a query and a fragment."""
    return f"http://{CANARY}-me:{CANARY}-pass@127.0.0.1:{port}/{kind}/{QUERY}#{CANARY}"


@contextmanager
def serve_signed_streams(sound: bytes) -> Iterator[int]:
    """Serve all kinds while the block lasts, and this MP3 as `sound`; yields the port."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        kind = request.path.split("/")[1]
        segment = f"../segment/{QUERY}"
        match kind:
            case "sound":
                reply(request, sound, Content_Type="audio/mpeg", X_Secret=CANARY)
            case "moved":
                reply(request, b"", 302, Location=f"/gone/{QUERY}-moved")
            case "moved-badly":
                reply(request, b"", 302, Location=f"http://{CANARY}:{CANARY}@[{CANARY}/{QUERY}")
            case "moved-away":
                reply(request, b"", 302, Location=f"http://{CANARY}:{CANARY}@127.0.0.1:1/{QUERY}")
            case "loop":
                reply(request, b"", 307, Location=f"/loop/{QUERY}")
            case "page":
                reply(request, f"<a href='/{QUERY}'>{CANARY}</a>".encode(), Content_Type="text/html")
            case "cut":
                reply(request, sound[: len(sound) // 2], Content_Type="audio/mpeg", Content_Length=str(len(sound)))
                request.close_connection = True
            case "segments":
                reply(request, _playlist("", f"../sound/{QUERY}"), Content_Type=PLAYLIST)
            case "playlist":
                reply(request, _playlist("", segment), Content_Type=PLAYLIST)
            case "playlist-of-files":
                reply(request, _playlist("", f"file:///etc/{CANARY}?token={CANARY}"), Content_Type=PLAYLIST)
            case "playlist-with-key":
                key = f'#EXT-X-KEY:METHOD=AES-128,URI="../key/{QUERY}"\n'
                reply(request, _playlist(key, segment), Content_Type=PLAYLIST)
            case "silent":
                reply(request, b"", Content_Type="audio/mpeg")
            case _:
                reply(request, CANARY.encode(), 403, X_Reason=CANARY)

    with serve_http(answer) as port:
        yield port


def _playlist(key: str, segment: str) -> bytes:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n{key}#EXTINF:5,{CANARY}\n{segment}\n#EXT-X-ENDLIST\n".encode()
