"""Clients that may break any protocol, and a service in a process of its own for them."""

import json
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10

VIEWER = json.dumps({"type": "hello", "role": "viewer"}).encode()
KEY = "the-admin-key-of-these-tests"

AUTHORIZED = {"Authorization": f"Bearer {KEY}"}

SOURCE = json.dumps({"type": "hello", "role": "source", "session": "0123456789ab", "key": KEY}).encode()

WAIT_S = 20.0
"""Longest wait for something that should happen at once."""


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv1: bool = False) -> bytes:
    """Return a client's frame; its mask is zero."""
    return head(opcode, len(payload), fin=fin, rsv1=rsv1) + payload


def head(opcode: int, n_bytes: int, *, fin: bool = True, rsv1: bool = False) -> bytes:
    """Return the head of a frame with this many bytes."""
    first = opcode | 0x80 * fin | 0x40 * rsv1
    if n_bytes < 126:
        size = struct.pack("!B", 0x80 | n_bytes)
    elif n_bytes < 1 << 16:
        size = struct.pack("!BH", 0x80 | 126, n_bytes)
    else:
        size = struct.pack("!BQ", 0x80 | 127, n_bytes)
    return bytes([first]) + size + bytes(4)


def upgrade(path: str = "/ws/main", host: str = "127.0.0.1", more: str = "") -> bytes:
    """Return a handshake; `more` has further headers, each with its line end."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
    ).encode()


class RawPeer:
    """One connection on which the test decides every byte."""

    def __init__(self, port: int, receive_bytes: int = 0, address: str = "") -> None:
        """Connect from an address; `receive_bytes` limits what the kernel buffers for a peer that does not read."""
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(WAIT_S)
        if address:
            self.socket.bind((address, 0))
        self.socket.connect(("127.0.0.1", port))
        self.is_cut = False
        """Whether the service closed while the peer was sending."""
        self._read = b""

    def __enter__(self) -> "RawPeer":
        """Stay connected while the block lasts."""
        return self

    def __exit__(self, *_: object) -> None:
        """Disconnect."""
        self.socket.close()

    def send(self, data: bytes) -> "RawPeer":
        """Send all of it, or as much as the service takes."""
        try:
            self.socket.sendall(data)
        except OSError as exc:
            if isinstance(exc, TimeoutError):
                raise
            self.is_cut = True
        return self

    def shake(self, **given: str) -> "RawPeer":
        """Make the WebSocket handshake."""
        assert b" 101 " in self.send(upgrade(**given)).answer()
        return self

    def answer(self) -> bytes:
        """Return the head of an HTTP answer, and read its body; empty if the service closed without one."""
        while b"\r\n\r\n" not in self._read:
            if not self._more():
                return b""
        answer, _, self._read = self._read.partition(b"\r\n\r\n")
        n_bytes = int(
            answer.lower().partition(b"content-length:")[2].split(maxsplit=1)[0] if b"-length" in answer else 0
        )
        while len(self._read) < n_bytes and self._more():
            pass
        self._read = self._read[n_bytes:]
        return answer

    def frames(self) -> Iterator[tuple[int, bytes]]:
        """Yield the service's frames until it closes."""
        while True:
            while len(self._read) < 2:
                if not self._more():
                    return
            length, start = self._read[1], 2
            if length > 125:
                start = 4 if length == 126 else 10
                while len(self._read) < start:
                    if not self._more():
                        return
                length = int.from_bytes(self._read[2:start], "big")
            while len(self._read) < start + length:
                if not self._more():
                    return
            opcode, payload = self._read[0] & 15, self._read[start : start + length]
            self._read = self._read[start + length :]
            yield opcode, payload

    def messages(self, kind: str) -> Iterator[dict[str, Any]]:
        """Yield the service's messages of a kind."""
        for opcode, payload in self.frames():
            if opcode == TEXT and (message := json.loads(payload))["type"] == kind:
                yield message

    def close_code(self) -> tuple[int, str]:
        """Wait until the service closes, and return its code and reason; 0 without a close frame."""
        code, reason = 0, ""
        for opcode, payload in self.frames():
            if opcode == CLOSE:
                code, reason = int.from_bytes(payload[:2], "big"), payload[2:].decode()
        return code, reason

    def is_closed(self, within_s: float) -> bool:
        """Return whether the service closes in that time."""
        self.socket.settimeout(within_s)
        try:
            while self._more():
                pass
        except TimeoutError:
            return False
        return True

    def drip(self) -> None:
        """Read a few bytes, if there are any."""
        with suppress(OSError):
            self.socket.recv(50, socket.MSG_DONTWAIT)

    def reset(self) -> None:
        """Reset the connection, as a crashed machine does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _more(self) -> bool:
        try:
            piece = self.socket.recv(1 << 16)
        except ConnectionError:
            return False
        self._read += piece
        return bool(piece)


class ServiceProcess:
    """A service in its own process."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process, self.port = process, port
        self._peers = ExitStack()

    def peer(self, receive_bytes: int = 0, address: str = "") -> RawPeer:
        """Return a new connection from an address; it is closed at the latest with the service."""
        return self._peers.enter_context(RawPeer(self.port, receive_bytes, address))

    def leave(self) -> None:
        """Close all connections to it."""
        self._peers.close()

    def viewer(self, receive_bytes: int = 0) -> RawPeer:
        """Return a viewer that has received its snapshot."""
        peer = self.peer(receive_bytes).shake().send(frame(TEXT, VIEWER))
        assert next(peer.messages("snapshot"))
        return peer

    def ask(self, request: bytes, *, half_close: bool = False) -> bytes:
        """Send a request and return the whole answer; `half_close` closes the sending side after it."""
        with self.peer() as peer:
            peer.send(request)
            if half_close:
                with suppress(OSError):
                    peer.socket.shutdown(socket.SHUT_WR)
            answer = b""
            with suppress(ConnectionError):
                while piece := peer.socket.recv(1 << 16):
                    answer += piece
            return answer

    def get(self, path: str, more: str = "") -> bytes:
        """Return the answer to a well-formed request."""
        return self.ask(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{more}\r\n".encode())

    def count(self, metric: str) -> float:
        """Return the value of a counter in `/metrics`; 0 if it is not there yet."""
        answer = self.get("/metrics", f"Authorization: Bearer {KEY}\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
        for line in answer.decode().splitlines():
            if line.startswith(metric + " "):
                return float(line.rpartition(" ")[2])
        return 0.0

    @property
    def rss_bytes(self) -> int:
        """Memory that it uses now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) << 10

    @property
    def n_files(self) -> int:
        """Number of its open files and sockets."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    @property
    def n_tasks(self) -> int:
        """Number of its asyncio tasks."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close_input(self) -> None:
        """Ask it to shut down."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.stdin = None

    def wait_for_files(self, n_files: int, within_s: float = WAIT_S) -> None:
        """Wait until it has at most this many open files."""
        deadline_s = time.monotonic() + within_s
        while self.n_files > n_files:
            assert time.monotonic() < deadline_s, f"{self.n_files} files are open, not {n_files}"
            time.sleep(0.05)


@contextmanager
def running_service(
    limits: dict[str, Any] | None = None, constants: dict[str, float] | None = None, **given: Any
) -> Iterator[ServiceProcess]:
    """Serve while the block lasts; a warning or an error in its log fails the test."""
    settings = json.dumps({"limits": limits or {}, "constants": constants or {}, **given})
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.rooms_process", settings],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        service = ServiceProcess(process, int(process.stdout.readline()))
        try:
            yield service
            service.leave()
            _, complaints = process.communicate(timeout=WAIT_S)
        finally:
            process.kill()
            service.leave()
    assert not complaints, complaints
    assert process.returncode == 0
