"""Origins and host names: pages of other sites get no access through a user's browser."""

from collections.abc import Iterator
from socket import gethostname

import pytest

from tests.support.raw_peer import SOURCE, TEXT, VIEWER, ServiceProcess, frame, running_service, upgrade

GOOD = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def locked() -> Iterator[ServiceProcess]:
    """Run a service that requires a key."""
    with running_service(key="right") as service:
        yield service


@pytest.mark.parametrize("hello", [VIEWER, SOURCE])
@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:8000", None, 101),
        ("127.0.0.1:8000", GOOD, 101),
        ("127.0.0.1:8000", GOOD.upper(), 101),
        ("localhost:8000", "http://localhost:8000", 101),
        ("LOCALHOST:8000", "http://localhost:8000", 101),
        ("[::1]:8000", "http://[::1]:8000", 101),
        ("127.0.0.1:8000", "http://evil.example", 403),
        ("127.0.0.1:8000", "null", 403),
        ("127.0.0.1:8000", "", 403),
        ("127.0.0.1:8000", "http://127.0.0.1:8000.evil.example", 403),
        ("127.0.0.1:8000", "http://evil.example.127.0.0.1:8000", 403),
        ("127.0.0.1:8000", "http://127.0.0.1:80000", 403),
        ("127.0.0.1:8000", "http://127.0.0.1:800", 403),
        ("127.0.0.1:8000", "http://127.0.0.1", 403),
        ("127.0.0.1:8000", "https://127.0.0.1:8000", 403),
        ("127.0.0.1:8000", "ws://127.0.0.1:8000", 403),
        ("127.0.0.1:8000", "file://", 403),
        ("127.0.0.1:8000", "http://127.0.0.1:8000/", 403),
        ("127.0.0.1:8000", "http://127.0.0.1:8000@evil.example", 403),
        ("127.0.0.1:8000", "http://user@127.0.0.1:8000", 403),
        ("127.0.0.1:8000", f"{GOOD}, http://evil.example", 403),
        ("127.0.0.1:8000", f"{GOOD} http://evil.example", 403),
        ("127.0.0.1:8000", "http://localhost:8000", 403),
        ("evil.example:8000", "http://evil.example:8000", 403),
        ("localhost.evil.example", "http://localhost.evil.example", 403),
        ("127.0.0.1.evil.example", "http://127.0.0.1.evil.example", 403),
        ("evil.example@127.0.0.1", "http://evil.example@127.0.0.1", 403),
    ],
)
def test_only_our_own_pages_may_open_sockets(
    service: ServiceProcess, hello: bytes, host: str, origin: str | None, status: int
) -> None:
    """Another origin gets 403 before the socket is accepted, and is counted; our pages and programs are accepted."""
    counter = 'surtitle_limited_total{limit="origin"}'
    n_before = service.count(counter)
    peer = service.peer()
    header = "" if origin is None else f"Origin: {origin}\r\n"
    answer = peer.send(upgrade(host=host, more=header)).answer()
    assert int(answer.split()[1]) == status
    if status == 101:
        assert next(peer.send(frame(TEXT, hello)).messages("welcome"))
    else:
        assert peer.is_closed(1.0)
    assert service.count(counter) == n_before + (status == 403)


HISTORY = "/api/rooms/main/captions?before=9"


@pytest.mark.parametrize(("host", "is_local"), [("127.0.0.1", True), ("localhost", True), ("evil.example", False)])
def test_a_foreign_host_name_is_not_local(service: ServiceProcess, host: str, is_local: bool) -> None:
    """Readers on this machine need no key, but a page of another site whose name resolves to it gets no access."""
    peer = service.peer().shake(host=host).send(frame(TEXT, VIEWER))
    if is_local:
        assert next(peer.messages("welcome"))
    else:
        assert next(peer.messages("error"))["code"] == "access"
        assert peer.close_code()[0] == 1008
    for path in ("/api/rooms", "/api/rooms/main/export", "/transcript/main.txt", "/metrics", HISTORY):
        answer = service.ask(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert int(answer.split()[1]) == (200 if is_local and path == HISTORY else 401)


@pytest.mark.parametrize(
    "sign",
    [
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Host: a",
        "Via: 1.1 a",
        "Forwarded: for=a",
        "CF-Connecting-IP: a",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Origin: https://evil.example",
    ],
)
def test_a_sign_of_a_proxy_or_another_site_needs_a_key(service: ServiceProcess, sign: str) -> None:
    """A reader is local only without any header that a proxy or a page of another site adds, and not with HTTP/1.0."""
    assert service.get(HISTORY).startswith(b"HTTP/1.1 200")
    assert service.get(HISTORY, f"{sign}\r\n").startswith(b"HTTP/1.1 401")
    assert b" 401 " in service.ask(f"GET {HISTORY} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())


@pytest.mark.parametrize("host", ["127.0.0.1:8000", f"{gethostname()}:8000", "192.0.2.7:8000"])
def test_an_allowed_origin_still_needs_a_key(locked: ServiceProcess, host: str) -> None:
    """Our own page, under any of our names, may open a socket and is refused without a key."""
    peer = locked.peer().shake(host=host, more=f"Origin: http://{host}\r\n").send(frame(TEXT, VIEWER))
    assert next(peer.messages("error"))["code"] == "access"
