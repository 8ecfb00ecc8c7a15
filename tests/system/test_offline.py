"""The program in a network without any other machine, with a trace of every address that it tries to reach."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.required_program import require_program
from tests.support.served_once import SERVED_ONCE

SCRIPT = """
set -e
ip link set lo up
exec strace --follow-forks --seccomp-bpf --quiet=all --trace=connect,sendto,sendmsg,sendmmsg --output="$TRACE" "$@"
"""

COMMANDS = """
import sys, tempfile
from pathlib import Path
from app.cli.main import app
from app.decode import demo_files
clip, folder = str(demo_files.CLIP), Path(tempfile.mkdtemp())
manifest, terms = folder / "clips.jsonl", folder / "terms.txt"
manifest.write_text('{"audio": "%s", "language": "en", "reference": "Good morning.", "words": []}' % clip)
terms.write_text("Surtitle")
for words in (
    ["models"],
    ["models", "--fetch", "small"],
    ["models", "--fetch", "someone/whisper@main"],
    ["transcribe", clip, "--model", "small", "--out", str(folder)],
    ["demo", "--once", "--port", "0", "--model", "small"],
    ["serve", "--port", "0", "--model", "demo", "--draft-model", "tiny"],
    ["bench", "stream", str(manifest), "--model", "small"],
    ["bench", "recorded", str(manifest), "--model", "small"],
    ["bench", "terms", str(manifest), "--glossary", str(terms), "--model", "small"],
    ["bench", "rooms", "--corpus", str(manifest), "--model", "small"],
    ["doctor"],
    ["devices"],
    ["room", "list"],
):
    try:
        app(words, prog_name="surtitle")
    except SystemExit as end:
        print(end.code, *words[:4])
"""
"""A Python program that runs commands one after another and prints how each ends."""


def alone(folder: Path, *words: str, **environment: str) -> tuple["subprocess.CompletedProcess[str]", list[str]]:
    """Run Python in a network without other machines; returns its result and the calls to other machines' addresses.

    Names that are looked up count too: the question would go to a name server.
    """
    for program in ("unshare", "ip", "strace"):
        require_program(program)
    own = [] if os.geteuid() == 0 else ["--map-root-user"]
    trace = folder / "trace"
    done = subprocess.run(
        [require_program("unshare"), "--net", *own, "sh", "-c", SCRIPT, "sh", sys.executable, *words],
        capture_output=True,
        text=True,
        timeout=120,
        env={name: text for name, text in os.environ.items() if not name.startswith(("HF_", "SURTITLE_"))}
        | {"TRACE": str(trace), "SURTITLE_DATA": str(folder / "data"), "SURTITLE_MODEL_CACHE": str(folder / "models")}
        | {"COLUMNS": "200"}
        | environment,
        check=False,
    )
    return done, foreign(trace.read_text(encoding="utf-8").splitlines())


def foreign(calls: Sequence[str]) -> list[str]:
    """Return the system calls that go to an address of another machine."""
    return [call for call in calls if "sa_family=AF_INET" in call and not re.search(r'"127\.0\.0\.1"|"::1"', call)]


@pytest.mark.parametrize("model", ["demo", "auto"])
def test_an_offline_service_contacts_no_machine(root: Path, tmp_path: Path, model: str) -> None:
    """With --offline it starts, serves and stops without contact to another machine, whatever the model."""
    done, reached = alone(tmp_path, "-c", SERVED_ONCE, "serve", "--offline", "--model", model)
    assert done.returncode == 0, done.stderr
    assert "ready" in done.stdout
    assert reached == []


def test_the_demo_model_needs_no_other_machine(tmp_path: Path) -> None:
    """Without --offline, only a missing model is downloaded; the demo model is never missing."""
    done, reached = alone(tmp_path, "-c", SERVED_ONCE, "serve", "--model", "demo")
    assert done.returncode == 0, done.stderr
    assert reached == []


def test_only_one_port_is_open(tmp_path: Path) -> None:
    """The only listening port is the service's own, on the loopback address."""
    done, _ = alone(tmp_path, "-c", SERVED_ONCE, "serve", "--model", "demo")
    assert "listening at 0100007F:1F40\n" in done.stdout


def test_an_offline_service_without_its_model_says_so(tmp_path: Path) -> None:
    """--offline with a model that is not on this machine is an error, and nothing is downloaded."""
    done, reached = alone(tmp_path, "-m", "app", "serve", "--offline", "--model", "small")
    assert done.returncode == 2
    assert "is not on this machine, and nothing may be downloaded" in done.stderr
    assert reached == []


def test_a_download_is_noticed(tmp_path: Path) -> None:
    """The trace does see connections: an allowed download is in it, and fails."""
    done, reached = alone(tmp_path, "-m", "app", "models", "--fetch", "tiny", HF_ENDPOINT="http://192.0.2.1:9")
    assert done.returncode == 2
    assert "hub cannot be reached" in done.stderr
    assert any("192.0.2.1" in call for call in reached)


def test_no_command_contacts_a_machine_with_surtitle_offline(tmp_path: Path) -> None:
    """With SURTITLE_OFFLINE=1 every command that would download a model says that nothing may be downloaded."""
    hub = {"HF_ENDPOINT": "http://192.0.2.1:9", "SURTITLE_OFFLINE": "1"}
    done, reached = alone(tmp_path, "-c", COMMANDS, **hub)
    assert done.returncode == 0, done.stderr
    assert reached == []
    assert done.stderr.count("is not on this machine, and nothing may be downloaded") == 9
