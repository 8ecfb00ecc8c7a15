"""Real proxies and relays in front of the real service, with the least configuration and with that of the page."""

import asyncio
import json
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.ports import free_port
from tests.support.program import running_surtitle
from tests.support.proxies import BARE, HEADINGS, IS_ROOT, NAME, Proxy, running_proxies
from tests.support.websocket_client import frame, hello, receive

KEY = "the-key-to-everything-of-this-test"
ORIGIN = f"https://{NAME}"
LOCAL, PUBLIC, SNIPPET = 0, 1, 2
"""Places in the list of each proxy: two with the least configuration, and the one of the page."""

FORGED = [
    {"Host": NAME},
    {"Host": "localhost"},
    {"Host": "127.0.0.1:8000"},
    {"Host": "localhost", "X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"},
    {"Host": "localhost", "Forwarded": "for=127.0.0.1"},
]
RELAYS = [*BARE, "relay"]
SNIPPETS = [*HEADINGS, "relay"]


@dataclass(frozen=True)
class Network:
    """Proxies in front of two services: one for this machine alone, and one with a public address."""

    proxies: dict[str, list[Proxy]]
    trust: ssl.SSLContext

    def client(self, proxy: Proxy, key: str = "", source: str = "127.0.0.1") -> httpx.Client:
        """Return a client of a proxy that calls it by its name and comes from a loopback address."""
        return httpx.Client(
            base_url=f"http{'s' if proxy.is_secure else ''}://127.0.0.1:{proxy.port}",
            headers={"Host": NAME} | ({"Authorization": f"Bearer {key}"} if key else {}),
            transport=_NamedTransport(verify=self.trust, local_address=source),
            timeout=10,
        )

    def connect(self, proxy: Proxy, name: str = NAME, origin: str | None = None) -> connect:
        """Open a socket through a proxy, as a program or as a page of an origin."""
        address = f"ws{'s' if proxy.is_secure else ''}://{name}/ws/main"
        trust = {"ssl": self.trust} if proxy.is_secure else {}
        return connect(address, host="127.0.0.1", port=proxy.port, origin=origin, proxy=None, **trust)  # type: ignore[arg-type]


class _NamedTransport(httpx.HTTPTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["sni_hostname"] = NAME
        return super().handle_request(request)


@pytest.fixture(scope="module")
def network(root: Path) -> Iterator[Network]:
    """Run a service for this machine alone and one with a public address, behind all proxies."""
    words, ports = ("serve", "--model", "demo", "--port"), [free_port(), free_port()]
    with (
        running_surtitle(*words, str(ports[0]), SURTITLE_KEY=KEY) as local,
        running_surtitle(*words, str(ports[1]), "--public-url", ORIGIN, SURTITLE_KEY=KEY) as public,
    ):
        for service in (local, public):
            service.wait_for("Stop with")
        with running_proxies(root / "docs" / "proxies.md", ports) as (proxies, certificate):
            yield Network(proxies, ssl.create_default_context(cafile=str(certificate)))


@pytest.mark.parametrize("place", [LOCAL, PUBLIC], ids=["local", "public"])
@pytest.mark.parametrize("name", RELAYS)
def test_nobody_administers_through_a_proxy_without_a_key(network: Network, name: str, place: int) -> None:
    """Through every proxy as it comes, whatever the headers say, 401 answers what needs a key."""
    with network.client(network.proxies[name][place]) as client:
        for headers in FORGED:
            for path in ("/api/rooms", "/api/rooms/main", "/metrics", "/api/rooms/main/export"):
                assert client.get(path, headers=headers).status_code == 401, (headers, path)
            changed = client.patch("/api/rooms/main", headers=headers, json={"notice": "changed by a stranger"})
            assert changed.status_code == 401, headers


@pytest.mark.parametrize("place", [LOCAL, PUBLIC], ids=["local", "public"])
@pytest.mark.parametrize("name", RELAYS)
async def test_nobody_speaks_or_operates_through_a_proxy_without_a_key(network: Network, name: str, place: int) -> None:
    """Sockets are refused through every proxy that passes them on; a public service refuses readers too."""
    roles = [{"role": "source", "session": "0123456789ab"}, {"role": "operator"}]
    if place == PUBLIC:
        roles.append({"role": "viewer"})
    for host in (NAME, "localhost", "127.0.0.1"):
        for fields in roles:
            try:
                async with network.connect(network.proxies[name][place], host) as socket:
                    assert (await hello(socket, **fields))["code"] == "access", host
            except InvalidStatus:  # these pass no socket on until they are configured to
                assert name in ("nginx", "nginx-1.29", "apache2")


@pytest.mark.parametrize("name", RELAYS)
def test_nobody_reads_a_public_address_without_a_key(network: Network, name: str) -> None:
    """A service with a public address is read with a key alone, whatever stands before it."""
    with network.client(network.proxies[name][PUBLIC]) as client:
        for headers in FORGED:
            for path in ("/api/rooms/main/events", "/api/rooms/main/captions?before=9", "/qr/main.svg"):
                assert client.get(path, headers=headers).status_code == 401, (headers, path)


@pytest.mark.parametrize("name", RELAYS)
def test_a_proxy_is_no_local_reader(network: Network, name: str) -> None:
    """Without a public address, reading needs a key through each proxy that shows itself or runs as another user."""
    shows_itself = name in ("nginx", "caddy", "apache2")
    is_refused = shows_itself or (IS_ROOT and name != "relay")  # only root can run a proxy as another user
    with network.client(network.proxies[name][LOCAL]) as client:
        for headers in FORGED:
            has_forged_headers = len(headers) > 1
            is_named = headers["Host"] == NAME and name != "nginx-1.29"  # that one sends a local name in its place
            answer = client.get("/api/rooms/main/captions?before=9", headers=headers)
            assert (answer.status_code == 401) == (is_refused or is_named or has_forged_headers), headers


@pytest.mark.parametrize("name", SNIPPETS)
def test_pages_and_rest_work(network: Network, name: str) -> None:
    """Pages come with the service's own headers, REST answers a key, and a body over a megabyte is refused."""
    proxy = network.proxies[name][SNIPPET]
    with network.client(proxy, KEY) as client:
        page = client.get("/v/main")
        assert page.status_code == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        if proxy.is_proxy:
            assert page.headers["strict-transport-security"] == "max-age=31536000"
        assert client.get("/static/audience/audience.js").status_code == 200
        assert client.get("/api/rooms").json()[0]["name"] == "main"
        assert client.patch("/api/rooms/main", json={"notice": name}).json()["notice"] == name
        too_large = b'{"notice":"' + b"x" * 2_000_000 + b'"}'
        # a proxy may close the connection before the whole body is sent: then no answer, or not all of it, arrives
        with suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            refused = client.patch("/api/rooms/main", content=too_large).status_code
            assert refused in (413, 502)  # Caddy 2.6 says 502 when it stops reading, later ones 413
        assert client.get("/api/rooms/main").json()["notice"] == name
    with network.client(proxy) as client:
        assert client.get("/api/rooms").status_code == 401


@pytest.mark.parametrize("name", SNIPPETS)
async def test_sockets_work(network: Network, name: str) -> None:
    """Reading, speaking and operating work from our own pages with a key; pages of other sites are refused."""
    proxy = network.proxies[name][SNIPPET]

    async with asyncio.timeout(20), network.connect(proxy, origin=ORIGIN) as reading:
        assert (await hello(reading, key=KEY))["type"] == "welcome"
        async with network.connect(proxy, origin=ORIGIN) as operating:
            assert (await hello(operating, role="operator", key=KEY))["type"] in ("welcome", "status")
        async with network.connect(proxy, origin=ORIGIN) as speaking:
            welcome = await hello(speaking, role="source", session=f"session-{name}", key=KEY)
            assert welcome["next_sample"] == 0
            await speaking.send(frame(0, 1600))
            assert (await receive(speaking, "ack"))["next_sample"] == 1600
            await speaking.send(json.dumps({"type": "end"}))
    for origin in ("https://evil.example", "http://localhost:8000", f"http://{NAME}"):
        with pytest.raises(InvalidStatus) as refused:
            await network.connect(proxy, origin=origin)
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize("name", SNIPPETS)
async def test_events_are_not_held_back(network: Network, name: str) -> None:
    """A server-sent event of a few bytes arrives while the next is not yet sent."""
    proxy = network.proxies[name][SNIPPET]

    def read() -> None:
        with (
            network.client(proxy, KEY) as client,
            client.stream("GET", "/api/rooms/main/events") as answer,
            network.client(proxy, KEY) as operator,
        ):
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = answer.iter_lines()
            assert any("snapshot" in line for line in lines)
            operator.patch("/api/rooms/main", json={"notice": f"now through {name}"})
            began_s = time.monotonic()
            assert any(f"now through {name}" in line for line in lines)
            assert time.monotonic() - began_s < 5  # the next comment comes after 15 s

    await asyncio.to_thread(read)


@pytest.mark.parametrize("name", [name for name in HEADINGS if name not in ("haproxy-tcp", "socat")])
def test_clients_are_counted_by_their_own_address(network: Network, name: str) -> None:
    """Wrong keys from one address lock out that address and no other, whatever its X-Forwarded-For says."""
    proxy = network.proxies[name][SNIPPET]
    first, second = (f"127.0.{SNIPPETS.index(name) + 1}.{i}" for i in (1, 2))
    with network.client(proxy, "wrong" * 6, first) as client:
        answers = [
            client.get("/api/rooms/main", headers={"X-Forwarded-For": f"198.51.100.{i}"}).status_code for i in range(40)
        ]
    assert (answers[0], answers[-1]) == (401, 429)
    with network.client(proxy, "wrong" * 6, second) as client:
        assert client.get("/api/rooms/main", headers={"X-Forwarded-For": first}).status_code == 401
