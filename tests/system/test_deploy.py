"""The deployment: Caddy with the configuration of deploy/ in front of a real service."""

import asyncio
import json
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from app.decode import demo_files
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.ports import free_port
from tests.support.program import running_surtitle
from tests.support.required_program import require_program

KEY = "the-key-to-everything-of-this-test"


@dataclass(frozen=True)
class Site:
    """A service behind Caddy."""

    inner: str
    """The service's own address, behind Caddy."""
    plain: str
    address: str
    """The public address."""
    trust: ssl.SSLContext

    def client(self, key: str = KEY) -> httpx.Client:
        """Return a client of the public address."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.address, headers=headers, verify=self.trust, timeout=10)


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run a service that hears the meeting, behind Caddy with the configuration of deploy/."""
    folder = tmp_path_factory.mktemp("caddy")
    inner, plain, secure = (free_port() for _ in range(3))
    address = f"https://localhost:{secure}"
    words = ["--model", "demo", "--source", str(demo_files.MEETING), "--language", "de,en"]
    with running_surtitle("serve", *words, "--port", str(inner), "--public-url", address, SURTITLE_KEY=KEY) as service:
        service.wait_for("Stop with")
        assert KEY not in "".join(service.said)
        environment = {
            "SURTITLE_DOMAIN": "localhost",
            "SURTITLE_HTTPS_PORT": str(secure),
            "SURTITLE_HTTP_PORT": str(plain),
            "SURTITLE_SERVICE": f"127.0.0.1:{inner}",
            "XDG_DATA_HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
        }
        command = [require_program("caddy"), "run", "--config", "deploy/Caddyfile"]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(command, cwd=root, env=os.environ | environment, stdout=log, stderr=log) as caddy,
        ):
            try:
                authority = folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
                _until(lambda: authority.exists() and _listens(secure), (folder / "log").read_text)
                trust = ssl.create_default_context(cafile=str(authority))
                yield Site(f"http://127.0.0.1:{inner}", f"http://localhost:{plain}", address, trust)
            finally:
                caddy.terminate()
                caddy.wait(20)


def test_pages_come_over_https(site: Site) -> None:
    """Pages come with HSTS and the service's own headers; plain HTTP redirects to them."""
    with site.client("") as client:
        page = client.get("/overlay/main")
        assert page.status_code == 200
        assert page.headers["strict-transport-security"].startswith("max-age=")
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert client.get("/static/overlay/overlay.js").status_code == 200
        assert client.get("/readyz").text == "ready"
    led = httpx.get(f"{site.plain}/overlay/main", headers={"Host": "localhost"})
    assert (led.status_code, led.headers["location"].split(":")[0]) == (308, "https")


def test_everybody_needs_a_key(site: Site) -> None:
    """A request needs a key, through Caddy and past it on this machine."""
    with site.client("") as client:
        assert client.get("/api/rooms").status_code == 401
        assert client.get("/metrics").status_code == 401
    with site.client() as client:
        assert client.get("/api/rooms").status_code == 200
    for path in ("/api/rooms", "/metrics", "/api/rooms/main/captions?before=9"):
        assert httpx.get(f"{site.inner}{path}").status_code == 401


async def test_sockets_open_for_our_own_pages_alone(site: Site) -> None:
    """A WebSocket opens from a page of the public address; from any other page it is rejected with 403."""
    address = site.address.replace("https", "wss") + "/ws/main"
    async with connect(address, ssl=site.trust, origin=site.address) as socket:  # type: ignore[arg-type]
        await socket.send(json.dumps({"type": "hello", "role": "viewer", "key": KEY}))
        assert json.loads(await socket.recv())["type"] == "welcome"
    async with connect(address, ssl=site.trust, origin=site.address) as socket:  # type: ignore[arg-type]
        await socket.send(json.dumps({"type": "hello", "role": "viewer"}))
        assert json.loads(await socket.recv())["code"] == "access"
    for origin in ("https://evil.example", site.inner, site.address.replace("https", "http")):
        with pytest.raises(InvalidStatus) as refused:
            await connect(address, ssl=site.trust, origin=origin)  # type: ignore[arg-type]
        assert refused.value.response.status_code == 403


def test_server_sent_events_are_not_held_back(site: Site) -> None:
    """Events arrive one by one during speech, and the service notices at once when the reader disconnects."""
    with site.client() as client:
        with client.stream("GET", "/api/rooms/main/events") as answer:
            lines = (line for line in answer.iter_lines() if line.startswith("data:"))
            arrivals = [time.monotonic() for _ in zip(range(6), lines, strict=False)]
            assert client.get("/api/rooms/main").json()["state"]["n_readers"] == 1
        assert arrivals[-1] - arrivals[0] > 0.5
        assert any(later - earlier > 0.2 for earlier, later in pairwise(arrivals))
        _until(lambda: client.get("/api/rooms/main").json()["state"]["n_readers"] == 0)


def test_strangers_cannot_borrow_addresses(site: Site) -> None:
    """A client's wrong keys are counted together whatever its X-Forwarded-For says; a right key still works."""
    with site.client("") as client:
        answers = [
            client.get(
                "/api/rooms/main",
                headers={"Authorization": f"Bearer {'wrong' * 5}{i}", "X-Forwarded-For": f"198.51.100.{i}"},
            ).status_code
            for i in range(40)
        ]
    assert (answers[0], answers[-1]) == (401, 429)
    with site.client() as client:
        assert client.get("/api/rooms/main").status_code == 200


@pytest.mark.parametrize(("proxies", "last"), [("192.0.2.1", 429), ("", 429), ("127.0.0.0/8", 401)])
async def test_only_named_proxies_are_trusted(proxies: str, last: int) -> None:
    """X-Forwarded-For counts if SURTITLE_PROXIES names its sender; from others it is ignored."""
    async with serve_rooms(HostedRooms(key="right"), proxies=proxies) as port, httpx.AsyncClient() as client:
        for i in range(40):
            headers = {"Authorization": f"Bearer wrong{i}", "X-Forwarded-For": f"198.51.100.{i}"}
            answer = await client.get(f"http://127.0.0.1:{port}/api/rooms/main", headers=headers)
    assert answer.status_code == last


def test_large_requests_end_at_the_proxy(site: Site) -> None:
    """Headers of more than 16 KiB and bodies of more than a megabyte do not reach the service."""
    with site.client() as client:
        assert client.get("/", headers={"X-Long": "x" * 40_000}).status_code == 431
        refused = client.patch("/api/rooms/main", content=b"x" * 2_000_000).status_code
        assert refused in (413, 502)  # Caddy 2.6 says 502 when it stops reading, later ones 413
        assert client.get("/api/rooms/main").status_code == 200


async def test_requests_that_drip_in_are_closed(site: Site) -> None:
    """Fifty requests that send a byte a second are closed within 15 s, and other requests are answered meanwhile."""
    host, port = "localhost", int(site.address.rsplit(":", 1)[1])
    began_s = time.monotonic()

    async def drip() -> float:
        reader, writer = await asyncio.open_connection(host, port, ssl=site.trust)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Drip: ")
        ending = asyncio.ensure_future(reader.read())
        try:
            while not ending.done() and time.monotonic() - began_s < 20:
                writer.write(b"x")
                await asyncio.wait([ending], timeout=1)
        except OSError:
            pass
        finally:
            ending.cancel()
            writer.transport.abort()
        return time.monotonic() - began_s

    drips = [asyncio.create_task(drip()) for _ in range(50)]
    await asyncio.sleep(2)
    asked_s = time.monotonic()
    async with httpx.AsyncClient(verify=site.trust) as client:
        assert (await client.get(f"{site.address}/healthz")).text == "ok"
    assert time.monotonic() - asked_s < 2
    assert max(await asyncio.gather(*drips)) < 15


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _until(is_true: Any, describe: Any = str) -> None:
    for _ in range(100):
        if is_true():
            return
        time.sleep(0.1)
    raise AssertionError(f"It did not happen within 10 s. {describe()}")
