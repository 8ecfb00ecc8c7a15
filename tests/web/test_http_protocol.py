"""HTTP connections: slow requests, requests that are too large or invalid, and responses that are not read."""

import itertools
import select
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from app.web.api import GLOSSARY_BODY_MAX
from app.web.http_protocol import STALL_S
from tests.support.raw_peer import KEY, TEXT, VIEWER, ServiceProcess, frame, running_service, upgrade

POST = (
    f"POST /api/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\nContent-Type: application/json\r\n"
).encode()

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

SLOW = 'surtitle_closed_sockets_total{reason="slow request"}'

STALLED = 'surtitle_closed_sockets_total{reason="stalled"}'


@pytest.fixture(scope="module")
def hasty() -> Iterator[ServiceProcess]:
    """Run a service with deadlines of one second."""
    short = {"app.web.http_protocol.REQUEST_S": 1.0, "app.web.http_protocol.STALL_S": 1.0}
    with running_service(constants=short) as service:
        service.get("/metrics")
        yield service


def test_slow_requests_are_closed(service: ServiceProcess) -> None:
    """300 connections that send a byte a second are closed within 15 s; other clients are not affected."""
    n_before, n_files = service.count(SLOW), service.n_files
    begun = [b"", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ", POST + b"Content-Length: 1000\r\n\r\n"]
    slow = [service.peer().send(start) for start, _ in zip(itertools.cycle(begun), range(300), strict=False)]
    kept, listening = service.peer(), service.viewer()
    start_s, worst_s, n_closed = time.monotonic(), 0.0, 0
    for second in itertools.count():
        if n_closed == len(slow):
            break
        assert time.monotonic() - start_s < 15
        asked_s = time.monotonic()
        assert service.get("/healthz").startswith(b"HTTP/1.1 200")
        worst_s = max(worst_s, time.monotonic() - asked_s)
        if second % 2 == 0:  # an idle connection is closed after 5 s
            assert kept.send(HEALTH).answer().startswith(b"HTTP/1.1 200")
        for peer in slow:
            peer.send(b"x")
        time.sleep(1)
        ended, _, _ = select.select([peer.socket for peer in slow], [], [], 0)
        n_closed = len(ended)
    assert worst_s < 1
    assert service.count(SLOW) == n_before + 300
    assert kept.send(HEALTH).answer().startswith(b"HTTP/1.1 200")
    assert not listening.is_closed(0.2)
    service.leave()
    service.wait_for_files(n_files)


def test_every_request_has_a_deadline(hasty: ServiceProcess) -> None:
    """An incomplete request is closed and counted, also if it follows a complete one."""
    begun = [
        b"",
        b"GET /",
        HEALTH + b"GET /",
        HEALTH + HEALTH + POST + b"Content-Length: 10\r\n\r\nx",
        POST + b"Content-Length: 10\r\n\r\nx",
        POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        POST.replace(b"/api/rooms", b"/healthz") + b"Content-Length: 10\r\n\r\nx",
    ]
    n_before = hasty.count(SLOW)
    peers = [hasty.peer().send(sent) for sent in begun]
    time.sleep(0.5)
    assert not any(peer.is_closed(0.01) for peer in peers)
    assert all(peer.is_closed(2.0) for peer in peers)
    assert hasty.count(SLOW) == n_before + len(begun)


def test_open_connections_have_no_deadline(hasty: ServiceProcess) -> None:
    """Connections that are used stay open, and so do WebSockets and streams."""
    with hasty.peer() as used, hasty.viewer() as viewer, hasty.peer() as stream:
        stream.send(b"GET /api/rooms/main/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        for _ in range(4):
            assert used.send(HEALTH).answer().startswith(b"HTTP/1.1 200")
            time.sleep(0.5)
        assert not viewer.is_closed(0.1)
        assert not stream.is_closed(0.1)


def test_clients_that_do_not_read_are_closed() -> None:
    """A client that sends requests and reads no response is closed, and its connection is freed."""
    constants = {"app.web.http_protocol.STALL_S": 1.0, "app.web.sse.SEND_S": 0.5}
    with running_service(constants=constants, say_s=0.01, n_chars=4000) as service:
        service.get("/metrics")
        n_files, n_before = service.n_files, service.count(STALLED)
        for path in ["/api/openapi.json", "/", "/api/rooms/main/events"] * 5:
            peer = service.peer(4096)
            peer.socket.settimeout(0.05)
            with suppress(TimeoutError):
                peer.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() * 100_000)
        service.wait_for_files(n_files, 10.0)
        assert service.count(STALLED) == n_before + 15
        assert service.count('surtitle_laggard_readers_total{room="main"}') == 5


@pytest.mark.timing
def test_streams_end_with_the_service() -> None:
    """Streams, read or not, do not delay shutdown, and nothing is logged."""
    with running_service(say_s=0.01, n_chars=4000) as service:
        reading, deaf = service.peer(), [service.peer(4096) for _ in range(20)]
        for peer in (reading, *deaf):
            peer.send(b"GET /api/rooms/main/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        time.sleep(1)
        start_s = time.monotonic()
        service.close_input()
        whole = b""
        while piece := reading.socket.recv(1 << 16):
            whole += piece
        assert whole.endswith(b"\r\n0\r\n\r\n")
        service.process.wait(10)
        assert time.monotonic() - start_s < STALL_S / 2  # a shutdown that waits for those who do not read takes longer


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (POST + f"Content-Length: {GLOSSARY_BODY_MAX + 1}\r\n\r\n".encode() + b"x" * (GLOSSARY_BODY_MAX + 1), 413),
        (POST + b"Content-Length: 1000000000000\r\n\r\n", 413),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"x" * 65536 + b"\r\n", 0),
        (POST + b"Content-Length: -1\r\n\r\n", 400),
        (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400),
        (POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * (1 << 20), 400),
        (b"GET /" + b"x" * (1 << 20), 400),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: x\r\n" * 100_000, 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\r\n b\r\n\r\n", 0),
        (b"GET / HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\x00b\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0),
    ],
)
def test_invalid_requests_are_refused(service: ServiceProcess, request_: bytes, status: int) -> None:
    """Bodies and headers that are too large or invalid get a 4xx, take no memory and are not logged."""
    n_bytes = service.rss_bytes
    answer = service.ask(request_ if status in (400, 413) else request_ + b"0\r\n\r\n", half_close=True)
    assert answer == b"" or 200 <= int(answer.split()[1]) < 500
    if status and answer:
        assert int(answer.split()[1]) == status
    assert service.rss_bytes - n_bytes < 4 << 20


def test_invalid_data_after_a_response_closes_the_connection(service: ServiceProcess) -> None:
    """An invalid body after the response closes the connection; uvicorn 0.54 fails there."""
    with service.peer() as peer:
        peer.send(POST.replace(b"/api/rooms", b"/healthz") + b"Transfer-Encoding: chunked\r\n\r\n")
        assert b" 405 " in peer.answer()
        peer.send(b"nonsense\r\n")
        assert peer.is_closed(1.0)


PATHS = [
    "//",
    "///etc/passwd",
    "//evil.example/",
    "//evil.example/static/",
    "/static//etc/passwd",
    "/static/../pyproject.toml",
    "/static/%2e%2e/pyproject.toml",
    "/static/%2e%2e%2fpyproject.toml",
    "/static/..%5cpyproject.toml",
    "/static/%252e%252e/pyproject.toml",
    "/static/./../../../../etc/passwd",
    "/static/overlay/overlay.js%00",
    "/static/overlay/overlay.js%00.png",
    "/static/%00",
    "/static/%ff%fe",
    "/static/%c0%ae%c0%ae/pyproject.toml",
    "/static/%ed%a0%80",
    "/static/%EF%BC%8E%EF%BC%8E/pyproject.toml",
    "/static/" + "a" * 300,
    "/static/" + "a/" * 3000,
    "/static",
    "/static/",
    "/static/.",
    "/static/con",
    "/static/overlay/overlay.js/",
    "/static/%0d%0aSet-Cookie:%20a=b",
    "/overlay/%0d%0aSet-Cookie:%20a=b",
    "/overlay/..%2f..%2fpyproject.toml",
    "/overlay/%00",
    "/transcript/..%2f..%2fpyproject.toml",
    "/transcript/main%0d%0aX:%20y.srt",
    "/transcript/main.srt?lang=%0d%0aX:%20y",
    "/c/..%2f",
    "/c/%0d%0aX:%20y",
    "/api/rooms/%00",
    "/api/rooms/main/",
    "/api/rooms/main/events/",
    "/ws/main",
    "/ws/%00",
    "http://evil.example/static/../pyproject.toml",
    "http://evil.example/api/rooms",
    "*",
    "evil.example:443",
    "?",
    "/?" + "a=b&" * 5000,
    "/%",
    "/%zz",
]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "evil.example", "evil.example/static", "[::1", "a" * 2000, "127.0.0.1@x"]
)
def test_no_path_leaves_the_static_folder(service: ServiceProcess, host: str) -> None:
    """For any path and host there is no 5xx, no file outside static/, and no header from the client."""
    for path in PATHS:
        for method in ("GET", "DELETE"):
            request = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
            answer = service.ask(request)
            status = int(answer.split()[1])
            assert 200 <= status < 500, (method, path, answer[:200])
            for secret in (b"[build-system]", b"root:x:", b"Set-Cookie", b"set-cookie", b"\nX: y"):
                assert secret not in answer, (method, path)


@pytest.mark.parametrize(
    "ranges",
    [
        "bytes=0-",
        "bytes=" + ",".join(f"{n}-{n}" for n in range(5000)),
        "bytes=" + ",".join(["0-"] * 5000),
        "bytes=" + "," * 8000,
        "bytes=-1,-2,-3",
        "bytes=9999999999999999999999-",
        "bytes=5-2",
        "bytes=a-b",
        "bytes=" + "9" * 5000 + "-",
        "items=0-5",
        "bytes=0-0,-1",
        "bytes=٣-",
    ],
)
def test_ranges_of_a_file_stay_cheap(service: ServiceProcess, ranges: str) -> None:
    """For any number of ranges the response is fast, small and not a 5xx."""
    request = (
        f"GET /static/overlay/overlay.js HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nRange: {ranges}\r\n\r\n"
    )
    start_s = time.monotonic()
    answer = service.ask(request.encode())
    assert time.monotonic() - start_s < 0.5
    assert int(answer.split()[1]) in (200, 206, 400, 416)
    assert len(answer) < 200_000


def test_a_missing_hello_gets_a_message(service: ServiceProcess) -> None:
    """After 5 s without a complete hello the connection gets a message and is closed."""
    silent, dripping, endless = (service.peer().shake() for _ in range(3))
    start_s = time.monotonic()
    endless.send(frame(TEXT, VIEWER[:5], fin=False))
    for byte in frame(TEXT, VIEWER)[:9]:
        time.sleep(0.5)
        dripping.send(bytes([byte]))
    for peer in (silent, dripping, endless):
        assert "within 5 s" in next(peer.messages("error"))["message"]
        assert peer.close_code()[0] == 1008
        peer.socket.close()
    assert 4.5 < time.monotonic() - start_s < 6.5


def test_an_upgrade_on_another_path_is_refused(service: ServiceProcess) -> None:
    """A WebSocket handshake on a path without a socket is refused."""
    for path in ("/", "/healthz", "/ws/", "/ws/a/b", "/static/overlay/overlay.js"):
        peer = service.peer()
        assert peer.send(upgrade(path=path)).answer().startswith(b"HTTP/1.1 403")
        assert peer.is_closed(1.0)
        peer.socket.close()
