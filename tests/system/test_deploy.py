"""The deployment: Caddy in front of a real service, and the rules of the containers as far as a test can run them."""

import asyncio
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from app.config import Settings
from app.decode import demo_files
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.ports import free_port
from tests.support.program import running_surtitle
from tests.support.required_program import require_program
from tests.support.served_once import SERVED_ONCE

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


def test_nobody_behind_the_proxy_counts_as_local(site: Site) -> None:
    """A request through Caddy needs a key although it comes from this machine; a local program needs none."""
    with site.client("") as client:
        assert client.get("/api/rooms").status_code == 401
        assert client.get("/metrics").status_code == 401
    with site.client() as client:
        assert client.get("/api/rooms").status_code == 200
    assert httpx.get(f"{site.inner}/api/rooms").status_code == 200


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


@pytest.mark.parametrize(("proxies", "last"), [("192.0.2.1", 429), ("127.0.0.0/8", 401)])
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


def test_containers_have_few_rights(root: Path) -> None:
    """Every service of compose.yaml runs read-only, without capabilities it does not need, and within limits."""
    plan = _plan(root)
    for name, service in plan["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"]
        assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
        assert "no-new-privileges:true" in service["security_opt"]
        assert service["pids_limit"] > 0
        assert service["mem_limit"]
        assert any(one.startswith("/tmp:") for one in service["tmpfs"])
        assert not {"privileged", "network_mode", "pid", "devices"} & service.keys()
        assert not [one for one in service["volumes"] if "docker.sock" in one]
    for name in ("surtitle", "fetch"):
        assert plan["services"][name]["user"] == "10001:10001"
        assert "ports" not in plan["services"][name]


def test_only_caddy_is_reachable_and_only_fetch_reaches_the_internet(root: Path) -> None:
    """The service is in a network without internet access, trusts only Caddy, and downloads nothing."""
    plan = _plan(root)
    surtitle, caddy = plan["services"]["surtitle"], plan["services"]["caddy"]
    assert surtitle["networks"] == ["inside"]
    assert plan["networks"]["inside"]["internal"] is True
    environment = surtitle["environment"]
    assert environment["SURTITLE_PROXIES"] == caddy["networks"]["inside"]["ipv4_address"]
    assert environment["SURTITLE_OFFLINE"] == "1"
    assert environment["SURTITLE_PUBLIC_URL"].startswith("https://")
    assert plan["services"]["fetch"]["profiles"] == ["fetch"]
    assert "GPU" in (root / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    devices = surtitle["deploy"]["resources"]["reservations"]["devices"]
    assert devices[0]["capabilities"] == ["gpu"]


def test_the_key_is_a_file_that_stays_out_of_image_and_repository(root: Path) -> None:
    """The admin key is a secret file; compose.yaml, image and repository do not contain it."""
    plan = _plan(root)
    surtitle = plan["services"]["surtitle"]
    (secret,) = surtitle["secrets"]
    assert surtitle["environment"]["SURTITLE_KEY_FILE"] == f"/run/secrets/{secret}"
    assert "SURTITLE_KEY" not in surtitle["environment"]
    assert not re.search(r"SURTITLE_KEY\b", (root / "Dockerfile").read_text(encoding="utf-8"))
    assert Path(plan["secrets"][secret]["file"]).name in (root / "deploy" / ".gitignore").read_text().split()
    assert "!deploy" not in (root / ".dockerignore").read_text()


def test_every_variable_is_a_setting(root: Path) -> None:
    """Every SURTITLE_ variable in compose.yaml, Caddyfile and Dockerfile is read by something."""
    known = {f"SURTITLE_{name.upper()}" for name in Settings.model_fields}
    caddy = (root / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    known |= set(re.findall(r"\{\$(SURTITLE_\w+)", caddy))
    for service in _plan(root)["services"].values():
        assert set(service.get("environment", {})) <= known
    assert set(re.findall(r"\bSURTITLE_\w+(?==)", (root / "Dockerfile").read_text(encoding="utf-8"))) <= known


def test_the_container_writes_only_to_its_volumes(root: Path, tmp_path: Path) -> None:
    """With uid 10001, no capabilities, a read-only root and no network it starts, serves and stops cleanly."""
    data, models = tmp_path / "data", tmp_path / "models"
    for folder in (data, models):
        folder.mkdir(mode=0o777)
        folder.chmod(0o777)
    check = "import os, sys; print(os.getuid(), os.access('/', os.W_OK), os.access('/data', os.W_OK))\n" + SERVED_ONCE
    done = subprocess.run(
        [*_container(root, data, models), sys.executable, "-c", check, "serve", "--model", "demo", "--offline"],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": os.environ["PATH"]},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "10001 False True" in done.stdout
    assert "ready" in done.stdout
    assert done.stderr == ""
    assert (data / "surtitle.db").exists()
    assert list((models / "cache" / "surtitle").iterdir())


def _container(root: Path, data: Path, models: Path) -> list[str]:
    """Return a command that runs another as the Dockerfile and compose.yaml would, with this machine's programs."""
    text = (root / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    (block,) = re.findall(r"^ENV (.*)$", text, re.MULTILINE)
    settings = dict(word.split("=", 1) for word in block.split() if not word.startswith("PATH="))
    (volumes,) = re.findall(r"^VOLUME (.*)$", text, re.MULTILINE)
    assert volumes.split() == ["/models", "/data"]
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    bound = [
        path for path in (root, Path(sys.prefix).resolve(), Path(sys.base_prefix)) if not path.is_relative_to("/usr")
    ]
    return [
        require_program("bwrap"),
        *("--unshare-all", "--uid", "10001", "--gid", "10001", "--cap-drop", "ALL", "--die-with-parent"),
        *("--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc", "--proc", "/proc", "--dev", "/dev"),
        *(word for name in ("bin", "lib", "lib64") for word in ("--symlink", f"usr/{name}", f"/{name}")),
        *("--tmpfs", "/tmp"),
        *(word for path in bound for word in ("--ro-bind", str(path), str(path))),
        *("--bind", str(data), "/data", "--bind", str(models), "/models", "--remount-ro", "/", "--chdir", str(root)),
        *(word for name, value in settings.items() for word in ("--setenv", name, value)),
    ]


def _plan(root: Path) -> dict[str, Any]:
    plan: dict[str, Any] = yaml.safe_load((root / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    return plan


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
