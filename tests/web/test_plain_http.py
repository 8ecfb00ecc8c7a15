"""Requests without TLS to a service with HTTPS."""

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from app.web.addresses import PageAddresses
from app.web.plain_http import PlainHttp
from app.web.tls_entrance import IS_PLAIN

ADDRESSES = PageAddresses("0.0.0.0", 8000, is_https=True, list_networks=lambda: ["192.0.2.7", "10.0.0.5"])


def client(*, is_plain: bool) -> TestClient:
    """Return a client of an application that answers everything, with or without TLS."""
    app = PlainHttp(PlainTextResponse("inside"), ADDRESSES)

    async def mark(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {IS_PLAIN: True} if is_plain else {}}, receive, send)

    return TestClient(mark, base_url="http://192.0.2.7:8000", follow_redirects=False)


@pytest.mark.parametrize(
    ("host", "path", "location"),
    [
        ("192.0.2.7:8000", "/v/main?x=%41", "https://192.0.2.7:8000/v/main?x=%41"),
        ("10.0.0.5:8000", "/c/ABCDEF", "https://10.0.0.5:8000/c/ABCDEF"),
        ("evil.example", "/", "https://192.0.2.7:8000/"),
        ("192.0.2.7:8000", "//evil.example/x", "https://192.0.2.7:8000/evil.example/x"),
        ("192.0.2.7:8000", "/certificates", "https://192.0.2.7:8000/certificates"),
    ],
)
def test_pages_are_sent_to_https(host: str, path: str, location: str) -> None:
    """The redirect leads to one of the service's own addresses, whatever the request claims."""
    answer = client(is_plain=True).get("http://192.0.2.7:8000" + path, headers={"Host": host})
    assert (answer.status_code, answer.headers["location"]) == (307, location)


@pytest.mark.parametrize("path", ["/certificate", "/certificate/surtitle.crt", "/static/room/theme.css", "/healthz"])
def test_what_has_no_secrets_is_answered(path: str) -> None:
    """A phone gets the certificate without TLS, because it does not trust the service yet; so does a health check."""
    assert client(is_plain=True).get(path).text == "inside"


def test_other_requests_get_a_sentence() -> None:
    """A request that changes something is not repeated elsewhere, and over TLS nothing is refused."""
    refused = client(is_plain=True).post("/api/rooms")
    assert (refused.status_code, "https://" in refused.text) == (403, True)
    assert client(is_plain=False).post("/api/rooms").text == "inside"
