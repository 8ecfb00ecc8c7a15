"""Operation of the service: how it stops, what it logs and how it is monitored."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.decode import demo_files
from tests.support.program import running_surtitle

KEY = "the-key-to-everything-of-this-test"

LOGS = """
import logging, sys, warnings
from app import log
log.setup(sys.argv[1])
ours = log.get("ours")
ours.info("quiet")
ours.warning("reader_slow", room="main", dropped=3)
theirs = logging.getLogger("uvicorn.error")
theirs.setLevel(logging.DEBUG)
theirs.info("GET /?key=secret")
theirs.warning("Expected %s", "this")
try:
    raise ValueError("broken")
except ValueError:
    theirs.exception("Exception in ASGI application")
warnings.warn("old")
"""


async def test_a_stopping_service_finishes_the_sentence(tmp_path: Path) -> None:
    """Speech before SIGTERM is final on page, disk and file, then sockets close with 1012, within 10 s."""
    data, saved = tmp_path / "data", tmp_path / "talk.txt"
    meeting = str(demo_files.MEETING)
    words = ["--model", "demo", "--source", meeting, "--language", "de,en", "--save", str(saved), "--port", "0"]
    with running_surtitle("serve", *words, SURTITLE_DATA=str(data)) as service:
        address = await asyncio.to_thread(service.wait_for, r"All links: +http://(127\.0\.0\.1:\d+)/")
        async with connect(f"ws://{address}/ws/main") as viewer:
            await viewer.send(json.dumps({"type": "hello", "role": "viewer"}))
            shown: dict[str, dict[str, str]] = {}
            while not any("willkommen" in one["committed"] + one["tentative"] for one in shown.values()):
                _apply(shown, await _next(viewer))
            assert "open" in {one["state"] for one in shown.values()}
            solid = [one["committed"] for one in shown.values()]
            _terminate(service.process.pid)
            began_s = time.monotonic()
            with pytest.raises(ConnectionClosed) as end:
                await _read_on(viewer, shown)
        assert await asyncio.to_thread(service.process.wait, 10) == 0
        assert time.monotonic() - began_s < 10
    assert end.value.rcvd is not None
    assert end.value.rcvd.code == 1012
    assert {one["state"] for one in shown.values()} == {"final"}
    finals = [one["committed"] for one in shown.values()]
    assert all(text in " ".join(finals) for text in solid)
    with closing(sqlite3.connect(data / "surtitle.db")) as database:
        kept = [json.loads(body)["committed"] for (body,) in database.execute("SELECT body FROM event ORDER BY seq")]
    assert kept == finals
    assert all(text in " ".join(saved.read_text(encoding="utf-8").split()) for text in finals)


def _terminate(process: int) -> None:
    """Send SIGTERM to a process and its children at once, as systemd does."""
    children = [path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children")]
    for one in [process, *map(int, " ".join(children).split())]:
        with suppress(ProcessLookupError):  # the one that reads the file may end with its service
            os.kill(one, signal.SIGTERM)


async def _read_on(viewer: ClientConnection, shown: dict[str, dict[str, str]]) -> None:
    while True:
        _apply(shown, await _next(viewer))


async def _next(viewer: ClientConnection) -> dict[str, object]:
    async with asyncio.timeout(30):
        message: dict[str, object] = json.loads(await viewer.recv())
    return message


def _apply(shown: dict[str, dict[str, str]], message: dict[str, object]) -> None:
    """Show a caption as a page does; remove one without text."""
    caption = message.get("caption")
    if isinstance(caption, dict):
        shown[caption["phrase"]] = caption
        if not caption["committed"] and not caption["tentative"]:
            del shown[caption["phrase"]]


@pytest.mark.parametrize(
    ("level", "events"),
    [
        ("info", ["quiet", "reader_slow", "Expected this", "Exception in ASGI application", "old"]),
        ("warning", ["reader_slow", "Expected this", "Exception in ASGI application", "old"]),
        ("error", ["Exception in ASGI application"]),
    ],
)
def test_all_log_lines_have_one_form(root: Path, level: str, events: list[str]) -> None:
    """Surtitle's lines at or above the level, and libraries' warnings, are JSON with level, time and module."""
    done = subprocess.run(
        [sys.executable, "-c", LOGS, level], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert len(lines) == len(events)
    for line, event in zip(lines, events, strict=True):
        assert event in line["event"]
        assert {"level", "timestamp", "module"} <= line.keys()
    (broken,) = [line for line in lines if "ASGI" in line["event"]]
    assert (broken["module"], broken["level"]) == ("uvicorn.error", "error")
    assert "ValueError: broken" in broken["exception"]


async def test_logs_contain_no_secrets() -> None:
    """Even at the lowest level no key and no caption is logged, however they arrived."""
    clip = str(demo_files.CLIP)
    words = ["--model", "demo", "--source", clip, "--language", "en", "--require-keys", "--port", "0"]
    with running_surtitle("serve", *words, SURTITLE_KEY=KEY, SURTITLE_LOG_LEVEL="debug") as service:
        address = await asyncio.to_thread(service.wait_for, r"All links: +http://(127\.0\.0\.1:\d+)/")
        async with httpx.AsyncClient(base_url=f"http://{address}") as client:
            assert (await client.get("/readyz")).text == "ready"
            assert (await client.get("/metrics")).status_code == 401
            figures = await client.get("/metrics", headers={"Authorization": f"Bearer {KEY}"})
            assert "surtitle_" in figures.text
            assert (await client.get("/api/rooms", params={"key": KEY})).status_code == 401
            assert (await client.get("/transcript/main.txt", params={"lang": KEY})).status_code == 401
        async with connect(f"ws://{address}/ws/main?key={KEY}") as viewer:
            await viewer.send(json.dumps({"type": "hello", "role": "viewer", "key": KEY}))
            shown: dict[str, dict[str, str]] = {}
            while not any(one["state"] == "final" for one in shown.values()):
                _apply(shown, await _next(viewer))
            await viewer.send(json.dumps({"type": "hello", "key": KEY}))
    said = " ".join([*service.said, *service.rest()])
    assert KEY not in said
    assert "version" not in said
