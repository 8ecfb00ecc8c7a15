"""`surtitle serve`: its errors, and what it serves and writes."""

import asyncio
import os
import re
import signal
import socket
import time
import wave
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import config
from app.cli.serve import serve
from app.decode import demo_files
from tests.support.program import run_surtitle, running_surtitle


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--source", "README.md"], "contains none|neither"),
        (["--model", "small"], "hub cannot be reached"),
        (["--language", "Gernam"], r"Did you mean de \(German\)"),
        (["--host", "192.0.2.1"], "an address of this machine"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_two(words: list[str], complaint: str) -> None:
    """Each mistake is one sentence, without a traceback, and no link is printed before it."""
    options = words if "--model" in words else [*words, "--model", "demo"]
    done = run_surtitle("serve", "--port", "0", *options, HF_ENDPOINT="http://127.0.0.1:9", HF_HUB_OFFLINE="0")
    assert done.returncode == 2, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("surtitle: ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "/v/main" not in done.stdout
    assert re.search(complaint, lines[0])


def test_a_taken_port_is_a_sentence() -> None:
    """A taken port fails before the model loads."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run_surtitle("serve", "--model", "demo", "--port", str(taken.getsockname()[1]), timeout_s=30)
    assert done.returncode == 2
    assert "taken by another program" in done.stderr


def _get_room(address: str, key: str) -> dict[str, Any]:
    rooms = httpx.get(f"{address}/api/rooms", headers={"Authorization": f"Bearer {key}"}).json()
    state: dict[str, Any] = rooms[0]["state"]
    return state


def test_a_file_becomes_subtitles_on_disk(tmp_path: Path) -> None:
    """`serve --source FILE --save` writes the phrase, and the service answers meanwhile."""
    saved = tmp_path / "talk.srt"
    with running_surtitle(
        "serve",
        "--model",
        "demo",
        "--source",
        str(demo_files.CLIP),
        "--language",
        "en",
        "--save",
        str(saved),
        "--port",
        "0",
    ) as service:
        address, key = service.wait_for(r"All links: +(http://\S+)").split("/#")
        assert httpx.get(f"{address}/readyz").status_code == 200
        room = _get_room(address, key)
        assert (room["room"], room["model"]) == ("main", "demo")
        for _ in range(100):
            if "-->" in saved.read_text(encoding="utf-8"):
                break
            time.sleep(0.2)
    assert "Today I would like to talk about the new version." in " ".join(saved.read_text(encoding="utf-8").split())


def test_silence_and_8_khz_stereo_are_served_without_a_word(tmp_path: Path) -> None:
    """A silent file of another format ends without captions and without an error."""
    silent, saved = tmp_path / "silent.wav", tmp_path / "silent.txt"
    with wave.open(str(silent), "wb") as recording:
        recording.setnchannels(2)
        recording.setsampwidth(2)
        recording.setframerate(8000)
        recording.writeframes(bytes(8000 * 2 * 2 * 3))
    words = ("serve", "--model", "demo", "--source", str(silent), "--save", str(saved), "--port", "0")
    with running_surtitle(*words) as service:
        address, key = service.wait_for(r"All links: +(http://\S+)").split("/#")
        for _ in range(60):
            sources = _get_room(address, key)["sources"]
            if sources and sources[0]["status"] == "ended":
                break
            time.sleep(0.2)
        assert sources[0]["status"] == "ended"
    assert saved.read_text(encoding="utf-8").strip() == ""


async def test_a_stop_while_links_are_printed_is_a_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that answers requests already ends cleanly on SIGTERM, although its links are not printed yet."""

    async def print_slowly(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0)

    monkeypatch.setattr("app.cli.serve.print_links", print_slowly)
    async with asyncio.timeout(60):
        await serve(config.read(model="demo", port=0, data=tmp_path))
