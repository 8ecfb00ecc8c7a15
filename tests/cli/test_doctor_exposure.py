"""Checks of who can reach the service."""

import ssl
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from app import config
from app.cli.doctor_exposure import CLOSED_PATHS, ask, check_public, check_service, check_settings
from app.cli.finding import Finding
from tests.fakes.http_server import reply, serve_http
from tests.support.certificates import make_certificate
from tests.support.ports import free_port


def colours(findings: list[Finding]) -> dict[str, str]:
    """Return the colour of each subject."""
    return {finding.subject: finding.colour for finding in findings}


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """Return a server's TLS context and its own certificate, which is valid for two days."""
    key, made = make_certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context, made


def refuse_strangers(request: BaseHTTPRequestHandler) -> None:
    """Answer as the service does."""
    reply(request, b"ok" if request.path == "/healthz" else b"{}", 200 if request.path == "/healthz" else 401)


def trust_headers(request: BaseHTTPRequestHandler) -> None:
    """Answer as a service would that believes the header Host."""
    if request.path != "/healthz" and request.headers["Host"] != "localhost":
        return reply(request, b"{}", 401)
    return reply(request, b"ok")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {"address": "green", "proxies": "green"}),
        ({"host": "0.0.0.0"}, {"address": "yellow", "proxies": "green"}),
        ({"host": "0.0.0.0", "https": True}, {"address": "green", "proxies": "green"}),
        ({"public_url": "https://example.org"}, {"address": "green", "proxies": "green"}),
        ({"public_url": "http://example.org"}, {"address": "green", "public address": "red", "proxies": "green"}),
        ({"proxies": "127.0.0.1,0.0.0.0/0"}, {"address": "green", "proxies": "red"}),
        ({"proxies": "::/0"}, {"address": "green", "proxies": "red"}),
    ],
)
def test_settings_that_expose_are_red(settings: dict[str, str], expected: dict[str, str]) -> None:
    """Keys without TLS, and proxies that are everybody, are red; an open network is yellow."""
    assert colours(check_settings(config.read(**settings))) == expected


def test_a_service_that_refuses_strangers_is_green() -> None:
    """It answers 401 to requests without a key, also to those with forged headers."""
    with serve_http(refuse_strangers) as port:
        assert colours(check_service(f"http://127.0.0.1:{port}")) == {"service": "green", "access": "green"}


def test_a_service_that_believes_headers_is_red() -> None:
    """The line names the address and the header that opened it."""
    with serve_http(trust_headers) as port:
        service, access = check_service(f"http://127.0.0.1:{port}")
    assert (service.colour, access.colour) == ("green", "red")
    assert "/api/rooms" in access.message
    assert "localhost" in access.message


def test_no_service_and_another_program_are_noticed() -> None:
    """Without a service the check is yellow; another program at its address is red."""
    assert colours(check_service(f"http://127.0.0.1:{free_port()}")) == {"service": "yellow"}
    assert colours(check_service("nonsense")) == {"service": "yellow"}
    with serve_http(lambda request: reply(request, b"hello")) as port:
        assert colours(check_service(f"http://127.0.0.1:{port}")) == {"service": "red"}


def test_a_clock_that_differs_is_yellow() -> None:
    """The time in the answer is compared with this machine's."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response_only(200 if request.path == "/healthz" else 401)
        request.send_header("Date", "Tue, 01 Jan 2019 00:00:00 GMT")
        request.send_header("Content-Length", "2")
        request.end_headers()
        request.wfile.write(b"ok")

    with serve_http(answer) as port:
        assert colours(check_service(f"http://127.0.0.1:{port}"))["clock of the service"] == "yellow"


def test_the_certificate_is_checked(certificate: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """One that browsers do not trust is red; one that ends soon is yellow."""
    context, path = certificate
    with serve_http(refuse_strangers, context) as port:
        address = f"https://localhost:{port}"
        (finding,) = check_public(address, "main")
        assert finding.colour == "red"
        assert "self-signed" in finding.message
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        assert colours(check_public(address, "main")) == {
            "public address": "green",
            "certificate": "yellow",
            "public access": "green",
            "public reading": "green",
        }
        assert ask(address, "/healthz").body == b"ok"


def test_a_room_that_everybody_reads_is_yellow() -> None:
    """It may be public on purpose; if not, the proxy's clients count as local, and the line says what to do."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        reply(request, b"ok", 401 if request.path in CLOSED_PATHS else 200)

    with serve_http(answer) as port:
        found = check_public(f"http://127.0.0.1:{port}", "main")
    (finding,) = [finding for finding in found if finding.subject == "public reading"]
    assert (finding.colour, "--require-keys" in finding.remedy) == ("yellow", True)
