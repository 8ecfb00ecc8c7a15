"""Real proxies and relays in front of services: with the least configuration that works, and with that of the page."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.certificates import make_certificate
from tests.support.ports import free_port
from tests.support.required_program import require_program

NAME = "subtitles.example.org"
"""The name in the snippets of docs/proxies.md."""

IS_ROOT = os.getuid() == 0
"""Whether the proxies can run as another user, as they do where a package has installed them."""

BARE = {
    "nginx": "server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{service}; }} }}",
    "nginx-1.29": "server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{service}; "
    'proxy_http_version 1.1; proxy_set_header Connection ""; }} }}',
    "haproxy": "listen p{port}\n mode http\n bind 127.0.0.1:{port}\n server surtitle 127.0.0.1:{service}",
    "haproxy-tcp": "listen p{port}\n mode tcp\n bind 127.0.0.1:{port}\n server surtitle 127.0.0.1:{service}",
    "caddy": "http://:{port} {{\n reverse_proxy 127.0.0.1:{service}\n}}",
    "apache2": "Listen 127.0.0.1:{port}\n<VirtualHost *:{port}>\n ProxyPass / http://127.0.0.1:{service}/\n</VirtualHost>",
    "socat": "socat TCP-LISTEN:{port},fork,reuseaddr TCP:127.0.0.1:{service}",
}
"""What people write who only want requests to arrive; nginx has HTTP/1.1 as its default since 1.29.7."""

HEADINGS = {
    "nginx": "nginx",
    "haproxy": "HAProxy",
    "haproxy-tcp": "HAProxy in TCP mode",
    "caddy": "Caddy",
    "apache2": "Apache",
    "socat": "Relays that only copy bytes",
}


@dataclass(frozen=True)
class Proxy:
    """One proxy or relay, and the port that it listens on."""

    name: str
    port: int
    is_secure: bool = False

    @property
    def is_proxy(self) -> bool:
        """Whether it reads requests, and not only copies bytes."""
        return self.name not in ("haproxy-tcp", "socat", "relay")


@contextmanager
def running_proxies(page: Path, services: list[int]) -> Iterator[tuple[dict[str, list[Proxy]], Path]]:
    """Run all of them while the block lasts; yields them by name, and the certificate that they use.

    Each name has one in front of each service with the least configuration, and then one in front of the last service
    with the snippet of the page.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(_shared_folder()))
        key, certificate = make_certificate(folder, NAME)
        certificate.write_text(certificate.read_text() + key.read_text())  # the snippets name one file for both
        found: dict[str, list[Proxy]] = {}
        blocks: dict[str, list[str]] = {}
        for name, bare in BARE.items():
            found[name] = [Proxy(name, free_port()) for _ in services]
            blocks[name] = [
                bare.format(port=one.port, service=service) for one, service in zip(found[name], services, strict=True)
            ]
            if name in HEADINGS:
                is_secure = name != "socat"
                found[name].append(Proxy(name, free_port(), is_secure))
                blocks[name].append(_adapt(read_snippet(page, name), found[name][-1].port, services[-1], certificate))
        _check_nothing_is_left(blocks)
        stack.enter_context(_running_nginx(folder, blocks["nginx"] + blocks["nginx-1.29"]))
        stack.enter_context(_running_haproxy(folder, blocks["haproxy"] + blocks["haproxy-tcp"]))
        stack.enter_context(_running_caddy(folder, blocks["caddy"]))
        stack.enter_context(_running_apache(folder, blocks["apache2"]))
        for line in blocks["socat"]:
            stack.enter_context(_running(line.split(), folder, is_other_user=True))
        found["relay"] = [Proxy("relay", stack.enter_context(_relay(service))) for service in services]
        found["relay"].append(found["relay"][-1])
        for proxy in {proxy for several in found.values() for proxy in several}:
            _wait_for(proxy, folder)
        yield found, certificate


def read_snippet(page: Path, name: str) -> str:
    """Return the configuration under the proxy's heading; of a relay, the command that starts it."""
    text = page.read_text(encoding="utf-8")
    (section,) = re.findall(rf"^## {HEADINGS[name]}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    (block, *_) = re.findall(r"^```\w+\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return re.search(r"^socat .*$", block, re.MULTILINE).group() if name == "socat" else block  # type: ignore[union-attr]


def _adapt(snippet: str, port: int, service: int, certificate: Path) -> str:
    """Return the snippet with this test's ports and certificate, and otherwise as it is."""
    snippet = snippet.replace("127.0.0.1:8000", f"127.0.0.1:{service}")
    snippet = re.sub(r"/etc/ssl/private/[\w.]+\.pem", str(certificate), snippet)
    snippet = re.sub(r"(?<=[ :])(?:8)?443\b", str(port), snippet)
    if f"{NAME} {{" in snippet:  # Caddy's default port and its own certificate are not in the snippet
        snippet = snippet.replace(f"{NAME} {{", f"{NAME}:{port} {{\n    tls {certificate} {certificate}")
    if "<VirtualHost" in snippet:
        snippet = f"Listen 127.0.0.1:{port}\n{snippet}"
    return snippet


@contextmanager
def _running_nginx(folder: Path, blocks: list[str]) -> Iterator[None]:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "\n".join(f"{kind}_temp_path {folder}/nginx-{kind};" for kind in kinds)
    user = "user nobody nogroup;" if IS_ROOT else ""
    main = f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log; events {{}}"
    text = "\n".join([user, main, "http {", paths, "access_log off;", *blocks, "}"])
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    with _running([require_program("nginx"), "-e", f"{folder}/nginx.log", "-c", f"{folder}/nginx.conf"], folder):
        yield


@contextmanager
def _running_haproxy(folder: Path, blocks: list[str]) -> Iterator[None]:
    user = ["user nobody", "group nogroup"] if IS_ROOT else []
    bounds = ["timeout connect 5s", "timeout client 50s", "timeout server 50s"]  # as in Debian's haproxy.cfg
    text = "\n".join(["global", *user, "defaults", *bounds, *blocks, ""])
    (folder / "haproxy.cfg").write_text(text, encoding="utf-8")
    with _running([require_program("haproxy"), "-db", "-f", f"{folder}/haproxy.cfg"], folder):
        yield


@contextmanager
def _running_caddy(folder: Path, blocks: list[str]) -> Iterator[None]:
    text = "\n".join(["{", "admin off", "auto_https disable_redirects", "}", *blocks, ""])
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    with _running(
        [require_program("caddy"), "run", "--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"],
        folder,
        is_other_user=True,
    ):
        yield


@contextmanager
def _running_apache(folder: Path, blocks: list[str]) -> Iterator[None]:
    modules = ("mpm_event", "authz_core", "headers", "ssl", "proxy", "proxy_http")
    text = "\n".join(
        [f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in modules]
        + [f"ServerName {NAME}", f"PidFile {folder}/apache.pid", f"ErrorLog {folder}/apache.log"]
        + [f"DefaultRuntimeDir {folder}", "StartServers 1", "ServerLimit 2"]
        + (["User nobody", "Group nogroup"] if IS_ROOT else [])
        + [*blocks, ""]
    )
    (folder / "apache.conf").write_text(text, encoding="utf-8")
    with _running([require_program("apache2"), "-X", "-f", f"{folder}/apache.conf"], folder):
        yield


@contextmanager
def _running(command: list[str], folder: Path, *, is_other_user: bool = False) -> Iterator[None]:
    """Run a proxy while the block lasts; as another user if this test may choose one."""
    command[0] = require_program(command[0])
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (
        (folder / f"{Path(command[0]).name}.out").open("ab") as log,
        subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user="nobody" if IS_ROOT and is_other_user else None,
            group="nogroup" if IS_ROOT and is_other_user else None,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def _relay(service: int) -> Iterator[int]:
    """Copy bytes to the service, as `ssh -R` does; it runs as the user of the service."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    outer, _ = server.accept()
                    threading.Thread(target=_exchange, args=(outer, service), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def _exchange(outer: socket.socket, service: int) -> None:
    with outer, socket.create_connection(("127.0.0.1", service)) as inner:
        answering = threading.Thread(target=_copy, args=(inner, outer), daemon=True)
        answering.start()
        _copy(outer, inner)
        answering.join()


def _copy(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(1 << 16):
            other.sendall(data)
    for end in (one, other):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def _shared_folder() -> Iterator[str]:
    """Yield a folder that other users may write to; pytest's own are closed to them."""
    folder = tempfile.mkdtemp(prefix="surtitle-proxies-")
    Path(folder).chmod(0o777)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _check_nothing_is_left(blocks: dict[str, list[str]]) -> None:
    text = "\n".join(line for several in blocks.values() for line in several)
    assert "/etc/ssl" not in text
    assert not re.search(r":8?443\b|:8000\b", text)


def _wait_for(proxy: Proxy, folder: Path) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", proxy.port), 1).close()
            return
        time.sleep(0.05)
    logs = "\n".join(path.read_text() for pattern in ("*.out", "*.log") for path in folder.glob(pattern))
    raise AssertionError(f"{proxy} does not listen. {logs}")
