"""The service as a process: what it stores, even when it is killed."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from websockets.sync.client import connect

from app.decode import demo_files
from tests.support.program import RunningProgram, running_surtitle

KEY = "k" * 32
ADMIN = {"Authorization": f"Bearer {KEY}"}
SERVE = ("serve", "--model", "demo", "--language", "de,en", "--require-keys")


def address(service: RunningProgram) -> str:
    """Return the address of a running service."""
    return service.wait_for(r"All links: +(http://127\.0\.0\.1:\d+)/")


def until(is_so: Callable[[], bool], within_s: float = 30.0) -> None:
    """Wait until a condition of another process is true."""
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def snapshot(at: str, key: str, room: str = "main", **since: Any) -> dict[str, Any]:
    """Return the snapshot that a viewer with this key gets."""
    with connect(f"ws{at.removeprefix('http')}/ws/{room}") as socket:
        socket.send(json.dumps({"type": "hello", "role": "viewer", "key": key, **since}))
        while True:
            message: dict[str, Any] = json.loads(socket.recv(timeout=10))
            if message["type"] == "snapshot":
                return message
            assert message["type"] != "error", message


def test_a_killed_service_restarts_with_rooms_captions_and_keys(tmp_path: Path) -> None:
    """After kill -9 the printed links work, every final phrase is there once, and sequence numbers continue."""
    meeting = str(demo_files.MEETING)
    kept = {"SURTITLE_DATA": str(tmp_path)}
    with running_surtitle(*SERVE, "--port", "0", "--source", meeting, **kept) as service:
        link = service.wait_for(r"Overlay for OBS and screens: +(\S+)")
        at, key = link.partition("/overlay")[0], link.partition("#")[2]
        admin = {"Authorization": "Bearer " + service.wait_for(r"All links: +\S+/#(\S+)")}
        made = httpx.post(f"{at}/api/rooms", headers=admin, json={"name": "hall", "languages": ["de"]})
        assert made.status_code == 201
        until(lambda: len(snapshot(at, key)["captions"]) >= 3)
        before = [caption for caption in snapshot(at, key)["captions"] if caption["state"] == "final"]
        epoch = snapshot(at, key)["epoch"]
        service.kill()
    with running_surtitle(*SERVE, "--port", "0", **kept) as service:
        at = address(service)
        after = snapshot(at, key)
        assert after["epoch"] == epoch
        assert after["captions"][: len(before)] == before
        resumed = snapshot(at, key, since={"epoch": epoch, "seq": before[-1]["seq"]})
        assert not resumed["is_fresh"]
        assert before[-1]["seq"] not in [caption["seq"] for caption in resumed["captions"]]
        rooms = httpx.get(f"{at}/api/rooms", headers=admin).json()
        assert {room["name"]: room["languages"] for room in rooms} == {"main": ["de", "en"], "hall": ["de"]}
        hall = made.json()["keys"][0]["key"]
        assert snapshot(at, hall, "hall")["captions"] == []


def test_rooms_write_files_as_their_settings_say(tmp_path: Path) -> None:
    """A room with a stream writes its files; closing the room keeps them, erasing its captions empties them."""
    kept = {"SURTITLE_DATA": str(tmp_path), "SURTITLE_KEY": KEY}
    with running_surtitle(*SERVE, "--port", "0", "--private-sources", **kept) as service:
        at = address(service)
        room = {
            "name": "hall",
            "languages": ["de", "en"],
            "task": "translate",
            "outputs": [{"format": "txt"}, {"format": "csv", "track": "original"}],
        }
        with httpx.Client(base_url=at, headers=ADMIN) as client:
            made = client.post("/api/rooms", json=room)
            assert made.status_code == 201, made.text
            with stream(demo_files.MEETING) as source:
                assert client.patch("/api/rooms/hall", json={"source": source}).status_code == 200
                text = tmp_path / "transcripts" / "hall.live.txt"
                until(lambda: text.exists() and "Good morning everyone." in text.read_text())
                closed = client.patch("/api/rooms/hall", json={"is_open": False})
            assert (closed.status_code, closed.json()["is_open"]) == (200, False)
            said = client.get("/transcript/hall.txt").text
            assert said.splitlines()[0] == "Good morning everyone."
            assert text.read_text() == said
            assert "Guten Morgen" in (tmp_path / "transcripts" / "hall.original.csv").read_text()
            assert client.delete("/api/rooms/hall/captions").status_code == 200
            assert client.get("/transcript/hall.txt").text == ""
            assert list((tmp_path / "transcripts").iterdir()) == []
            refused = client.post("/api/rooms", json={"name": "x", "languages": ["xx"]})
            assert (refused.status_code, refused.json()["code"]) == (422, "model")
            assert re.search("knows only de, en", refused.json()["message"])


@contextmanager
def stream(path: Path) -> Iterator[str]:
    """Serve a file over HTTP slowly while the block lasts; yields its address."""

    class Radio(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Send the file slowly."""
            self.send_response(200)
            self.send_header("Content-Type", "audio/flac")
            self.end_headers()
            content = path.read_bytes()
            try:
                for first in range(0, len(content), 20_000):
                    self.wfile.write(content[first : first + 20_000])
                    time.sleep(0.1)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Radio) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/talk.flac"
        finally:
            server.shutdown()
