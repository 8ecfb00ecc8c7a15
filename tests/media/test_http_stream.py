"""Tests for app.media.http_stream: where connections go, redirects, and hostile servers."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from app.errors import MediaError, SourceError
from app.media.http_stream import HttpStream
from tests.fakes.http_server import file_answers, reply, serve_http


def here(host: str, port: int) -> Sequence[str]:
    """Resolve each host to this machine."""
    return ["127.0.0.1"]


def whole(remote: HttpStream) -> bytes:
    """Read to the end."""
    try:
        return b"".join(iter(lambda: remote.read(7), b""))
    finally:
        remote.close()


def test_a_file_is_read() -> None:
    """The bytes are unchanged, and the server receives the host's name."""
    requests: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        requests.append(f"{request.headers['Host']} {request.path}")
        reply(request, b"a" * 1000)

    with serve_http(answer) as port:
        assert whole(HttpStream(f"http://radio.example:{port}/x?y=z", private=True, lookup=here)) == b"a" * 1000
        assert requests == [f"radio.example:{port} /x?y=z"]


def test_dns_rebinding_has_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the address that was checked, even if a second lookup would return a private one."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    reached = []

    def connect(place: tuple[str, int], timeout_s: float) -> None:
        reached.append(place)
        raise TimeoutError

    monkeypatch.setattr("app.media.http_stream.socket.create_connection", connect)
    with pytest.raises(SourceError, match="cannot be opened"):
        HttpStream("http://rebound.example/", private=False, lookup=lambda host, port: answers.pop(0))
    assert reached == [("93.184.216.34", 80)]
    assert answers == [["127.0.0.1"]]


def test_every_redirect_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect to a private address, or to a file, is refused."""
    reached: list[str] = []
    connect = socket.create_connection
    targets = ["http://inside.example/", "http://127.0.0.1/", "file:///etc/passwd", "//[::1]/", "http://[", "ftp://a/"]

    with serve_http(lambda request: reply(request, b"", 302, Location=targets[len(reached) - 1])) as port:

        def connect_here(place: tuple[str, int], timeout_s: float) -> object:
            reached.append(place[0])
            return connect(("127.0.0.1", port), timeout_s)

        monkeypatch.setattr("app.media.http_stream.socket.create_connection", connect_here)
        for _ in targets:
            with pytest.raises(MediaError):
                HttpStream(
                    "http://radio.example/",
                    private=False,
                    lookup=lambda host, port: ["93.184.216.34" if host == "radio.example" else "127.0.0.1"],
                )
    assert reached == ["93.184.216.34"] * len(targets)


def test_redirects_are_limited() -> None:
    """Five redirects are followed, also relative ones, and the name is the last URL; the sixth is an error."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        left = int(request.path[1:])
        if left:
            reply(request, b"", 302, Location=f"/{left - 1}")
        else:
            reply(request, b"there")

    with serve_http(answer) as port:
        remote = HttpStream(f"http://127.0.0.1:{port}/5", private=True)
        assert remote.name == f"http://127.0.0.1:{port}/0"
        assert whole(remote) == b"there"
        with pytest.raises(MediaError, match="in a loop"):
            HttpStream(f"http://127.0.0.1:{port}/6", private=True)


def test_a_file_on_a_server_can_seek() -> None:
    """If the server supports ranges, reading continues at any byte; else it cannot seek."""
    body = bytes(range(200))
    with serve_http(file_answers({"/a": body})) as port:
        remote = HttpStream(f"http://127.0.0.1:{port}/a", private=True)
        assert remote.seekable()
        assert remote.seek(0, 2) == 200
        assert remote.read(1) == b""
        assert remote.seek(150) == 150
        assert whole(remote) == body[150:]
        assert remote.tell() == 200
    with serve_http(lambda request: reply(request, body)) as port:
        remote = HttpStream(f"http://127.0.0.1:{port}/a", private=True)
        assert not remote.seekable()
        remote.close()


def test_a_login_goes_to_its_host_alone() -> None:
    """Name and password are sent to the URL's own host, and not to the target of a redirect."""
    seen = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        seen.append(request.headers["Authorization"])
        if request.path == "/":
            reply(request, b"", 302, Location=f"http://other.example:{request.headers['Host'].split(':')[1]}/there")
        else:
            reply(request, b"x")

    with serve_http(answer) as port:
        HttpStream(f"http://me:secret@radio.example:{port}/", private=True, lookup=here).close()
    assert seen == ["Basic bWU6c2VjcmV0", None]


def test_invalid_answers_are_sentences() -> None:
    """A missing page, no HTTP at all, and half a body are errors."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/none":
            reply(request, b"", 404)
        elif request.path == "/half":
            reply(request, b"half", Content_Length="8")
            request.close_connection = True
        else:
            request.wfile.write(b"\x00\xff nonsense\r\n\r\n")
            request.close_connection = True

    with serve_http(answer) as port:
        with pytest.raises(SourceError, match="404"):
            HttpStream(f"http://127.0.0.1:{port}/none", private=True)
        with pytest.raises(SourceError, match="cannot be opened"):
            HttpStream(f"http://127.0.0.1:{port}/nonsense", private=True)
        with pytest.raises(ConnectionError, match="4 of 8"):
            whole(HttpStream(f"http://127.0.0.1:{port}/half", private=True))


def certificate(folder: Path, name: str) -> Path:
    """Return a file with a new key and a self-signed certificate for a name."""
    pem, key = folder / "both.pem", folder / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    named = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run([*made, *named, "-keyout", key, "-out", pem], check=True, capture_output=True)
    pem.write_text(key.read_text() + pem.read_text())
    return pem


def test_the_certificate_must_be_for_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over TLS the certificate must be trusted and match the host's name."""
    pem = certificate(tmp_path, "radio.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    names: list[str | None] = []
    context.sni_callback = lambda of, name, own: names.append(name)
    with serve_http(lambda request: reply(request, b"safe"), context) as port:
        with pytest.raises(SourceError, match="cannot be opened"):
            HttpStream(f"https://radio.example:{port}/", private=True, lookup=here)
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert whole(HttpStream(f"https://radio.example:{port}/", private=True, lookup=here)) == b"safe"
        with pytest.raises(SourceError, match="cannot be opened"):
            HttpStream(f"https://evil.example:{port}/", private=True, lookup=here)
    assert names == ["radio.example", "radio.example", "evil.example"]


def test_a_silent_server_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that accepts and then sends nothing is left after OPEN_S."""
    monkeypatch.setattr("app.media.http_stream.OPEN_S", 0.1)
    over = threading.Event()

    def wait(request: BaseHTTPRequestHandler) -> None:
        over.wait(5)

    with serve_http(wait) as port:
        with pytest.raises(SourceError, match="cannot be opened"):
            HttpStream(f"http://127.0.0.1:{port}/", private=True)
        over.set()
