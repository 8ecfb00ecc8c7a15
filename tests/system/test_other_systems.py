"""The program on Windows and macOS, played on Linux: see `tests/fakes/other_system.py` for what that shows."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from app.decode import demo_files
from tests.fakes.other_system import SIGBREAK
from tests.support.other_system import make_environment
from tests.support.program import RunningProgram
from tests.support.subtitle_readers import read_srt

LOADED = """
import importlib, pkgutil, sys
from contextlib import suppress
import app
names = [module.name for module in pkgutil.walk_packages(app.__path__, "app.")]
wanted = [name for name in names if not name.startswith("app.demo.training") and not name.endswith("__main__")]
for name in wanted:
    importlib.import_module(name)
print(len(wanted), "modules")
from app.cli import main
commands = [group.name for group in main.app.registered_groups]
commands += [command.name or command.callback.__name__ for command in main.app.registered_commands]
for command in commands:
    with suppress(SystemExit):
        main.app([command, "--help"], prog_name="surtitle")
sys.argv[1:] = ["transcribe", *sys.argv[1:]]
main.main()
"""
"""Imports every module but those that train the demo model, prints the help of each command, and transcribes."""


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_every_module_and_a_recording(system: str, tmp_path: Path) -> None:
    """Every module is imported, each command has help, and a file with a name in Greek is transcribed."""
    recording = tmp_path / "Ομιλία 🎤.flac"
    shutil.copyfile(demo_files.CLIP, recording)
    done = subprocess.run(
        [sys.executable, "-c", LOADED, str(recording), "--model", "demo"],
        env=make_environment(system, tmp_path),
        capture_output=True,
        timeout=120,
        check=False,
    )
    said = done.stdout.decode("cp1252" if system == "win32" else "utf-8")
    assert (done.returncode, done.stderr) == (0, b"")
    assert " modules" in said
    assert said.count("Usage: surtitle ") >= 12
    assert ("?.srt" if system == "win32" else "Ομιλία 🎤.srt") in said
    assert read_srt((tmp_path / "Ομιλία 🎤.srt").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("system", "stop"), [("win32", SIGBREAK), ("darwin", signal.SIGINT)])
def test_a_file_is_served(system: str, stop: int, tmp_path: Path) -> None:
    """A reader gets the first subtitle; what ends a program there ends it cleanly, and a second one was refused."""
    saved = tmp_path / "talk.srt"
    command = [sys.executable, "-m", "app", "serve", "--model", "demo", "--port", "0"]
    options = ["--source", str(demo_files.MEETING), "--language", "de,en", "--save", str(saved)]
    environment = make_environment(system, tmp_path)
    process = subprocess.Popen(
        [*command, *options], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    service = RunningProgram(process)
    try:
        address = service.wait_for(r"(http://127\.0\.0\.1:\d+)/overlay/main")
        with urllib.request.urlopen(f"{address}/api/rooms/main/events", timeout=30) as events:
            captions = (json.loads(line[5:]) for line in events if line.startswith(b"data:"))
            assert next(one for one in captions if one.get("caption", {}).get("committed"))
        again = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert again.returncode == 2
        assert "Another Surtitle saves its captions" in again.stderr
        os.kill(process.pid, stop)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        service.close()
    assert [line for line in service.said if "rror" in line or "Traceback" in line] == []
    assert read_srt(saved.read_text(encoding="utf-8"))
