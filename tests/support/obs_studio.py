"""Runs a real OBS Studio on a screen of its own and talks to it by its obs-websocket 5 protocol."""

import base64
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from websockets.sync.client import ClientConnection, connect

from tests.support.ports import free_port
from tests.support.required_program import require_program

PASSWORD = "a-password-for-this-test"
START_S = 120.0
"""Longest start. OBS listens after one to ten seconds without a graphics card; a busy machine takes longer."""

ANSWER_S = 30.0
"""Longest wait for an answer."""

STARTS = 3
"""How often OBS is started when another program has taken its port."""

LISTENS, FAILED = "Server started successfully", "Listen failed"
"""What obs-websocket logs when it listens, and when another program has its port."""

IDENTIFY, REQUEST, RESPONSE = 1, 6, 7
"""Operation codes of obs-websocket 5."""


class ObsStudio:
    """A connection to a running OBS Studio."""

    def __init__(self, connection: ClientConnection, port: int, display: str) -> None:
        self._connection = connection
        self.port = port
        self.display = display
        """The X display it runs on."""
        hello = json.loads(connection.recv(timeout=ANSWER_S))["d"]["authentication"]
        secret = _digest(PASSWORD + hello["salt"])
        self._send(IDENTIFY, {"rpcVersion": 1, "authentication": _digest(secret + hello["challenge"])})
        json.loads(connection.recv(timeout=ANSWER_S))

    def ask(self, kind: str, given: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Return the answer to one request; skips events that come before it."""
        self._send(REQUEST, {"requestType": kind, "requestId": kind, "requestData": dict(given or {})})
        while True:
            message = json.loads(self._connection.recv(timeout=ANSWER_S))
            if message["op"] == RESPONSE:
                assert message["d"]["requestStatus"]["result"], message["d"]["requestStatus"]
                return dict(message["d"].get("responseData") or {})

    def try_to(self, kind: str, given: Mapping[str, object] | None = None) -> int:
        """Send a request that may be rejected, and return the status code."""
        try:
            self.ask(kind, given)
        except AssertionError as exc:
            return int(exc.args[0]["code"])
        return 100

    def screenshot(self, source: str) -> Image.Image:
        """Return what a scene or source shows now."""
        answer = self.ask("GetSourceScreenshot", {"sourceName": source, "imageFormat": "png"})
        return Image.open(io.BytesIO(base64.b64decode(answer["imageData"].partition(",")[2]))).convert("RGBA")

    def _send(self, operation: int, data: Mapping[str, object]) -> None:
        self._connection.send(json.dumps({"op": operation, "d": data}))


@contextmanager
def run_obs(collection: Path, home: Path, port: int | None = None) -> Iterator[tuple[ObsStudio, Path]]:
    """Start OBS Studio with this scene collection; yields a connection and the file of its log.

    It listens at the port, by default at any that is free.
    """
    obs, xvfb, openbox = (require_program(name) for name in ("obs", "Xvfb", "openbox"))
    with ExitStack() as stack:
        reading, writing = os.pipe()
        stack.callback(os.close, reading)
        stack.enter_context(
            _program([xvfb, "-screen", "0", "1280x800x24", "-displayfd", str(writing)], home, {}, pass_fds=(writing,))
        )
        os.close(writing)
        display = f":{os.read(reading, 16).decode().strip()}"
        environment = {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1", "XDG_RUNTIME_DIR": str(home)}
        # OBS offers XComposite capture only under a window manager that supports EWMH
        stack.enter_context(_program([openbox], home, environment))
        for _ in range(STARTS):
            chosen = port or free_port()
            _configure(collection, home / "obs-studio", chosen)
            with ExitStack() as started:
                process = started.enter_context(_program([obs, "--multi", "--minimize-to-tray"], home, environment))
                if _is_listening(process, home / "obs.log"):
                    stack.push(started.pop_all())
                    connection = stack.enter_context(connect(f"ws://127.0.0.1:{chosen}", max_size=None))
                    yield ObsStudio(connection, chosen, display), home / "obs.log"
                    return
        raise AssertionError(f"OBS did not listen after {STARTS} starts. Its log:\n{(home / 'obs.log').read_text()}")


def _is_listening(process: "subprocess.Popen[bytes]", log: Path) -> bool:
    """Wait until OBS has loaded; return whether it listens, or False if another program has its port."""
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        text = log.read_text(encoding="utf-8", errors="replace")
        if LISTENS in text or FAILED in text:
            return LISTENS in text
        time.sleep(0.1)
    raise AssertionError(f"OBS did not start within {START_S:.0f} s. Its log:\n{log.read_text()}")


@contextmanager
def _program(
    command: list[str], home: Path, environment: Mapping[str, str], pass_fds: tuple[int, ...] = ()
) -> Iterator["subprocess.Popen[bytes]"]:
    log = home / f"{Path(command[0]).name.lower()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=pass_fds,
            start_new_session=True,
            env={"PATH": os.environ["PATH"], "HOME": str(home), "XDG_CONFIG_HOME": str(home), **environment},
        )
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _configure(collection: Path, folder: Path, port: int) -> None:
    scenes, profile = folder / "basic" / "scenes", folder / "basic" / "profiles" / "Untitled"
    scenes.mkdir(parents=True, exist_ok=True)
    profile.mkdir(parents=True, exist_ok=True)
    shutil.copy(collection, scenes)
    video = "BaseCX=1920\nBaseCY=1080\nFPSType=0\nFPSCommon=10\n"  # the processor draws every picture
    (profile / "basic.ini").write_text(f"[General]\nName=Untitled\n[Video]\n{video}")
    (folder / "global.ini").write_text(
        "[General]\nFirstRun=true\n"
        f"[Basic]\nSceneCollection=Surtitle\nSceneCollectionFile={collection.stem}\nProfile=Untitled\nProfileDir=Untitled\n"
        f"[OBSWebSocket]\nFirstLoad=false\nServerEnabled=true\nServerPort={port}\n"
        f"AuthRequired=true\nServerPassword={PASSWORD}\n"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
