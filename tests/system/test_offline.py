"""The program in a network of its own that leads nowhere, with every address written down that it tries to reach."""

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


def alone(folder: Path, *words: str, **environment: str) -> tuple["subprocess.CompletedProcess[str]", list[str]]:
    """Run Python in a network that leads nowhere; returns how it ended and the addresses it tried that are not its own.

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
def test_an_offline_service_asks_nobody(root: Path, tmp_path: Path, model: str) -> None:
    """With --offline it starts, serves and stops without a word to any other machine, whichever model is wanted."""
    done, reached = alone(tmp_path, "-c", SERVED_ONCE, "serve", "--offline", "--model", model)
    assert done.returncode == 0, done.stderr
    assert "ready" in done.stdout
    assert reached == []


def test_the_service_asks_nobody_for_the_demo_model(tmp_path: Path) -> None:
    """Without --offline nothing is fetched but a model that is not here: with the demo model nobody is asked."""
    done, reached = alone(tmp_path, "-c", SERVED_ONCE, "serve", "--model", "demo")
    assert done.returncode == 0, done.stderr
    assert reached == []


def test_only_one_port_is_open(tmp_path: Path) -> None:
    """Nothing listens but the service's own port, and that on this machine's own address."""
    done, _ = alone(tmp_path, "-c", SERVED_ONCE, "serve", "--model", "demo")
    assert "listening at 0100007F:1F40\n" in done.stdout


def test_an_offline_service_misses_its_model_in_a_sentence(tmp_path: Path) -> None:
    """--offline with a model that is not here says so, and asks nobody for it."""
    done, reached = alone(tmp_path, "-m", "app", "serve", "--offline", "--model", "small")
    assert done.returncode == 2
    assert "is not on this machine, and nothing may be downloaded" in done.stderr
    assert reached == []


def test_what_asks_is_noticed(tmp_path: Path) -> None:
    """The trace is not empty for want of looking: a download that is allowed is seen to be tried, and fails."""
    done, reached = alone(tmp_path, "-m", "app", "models", "--fetch", "tiny", HF_ENDPOINT="http://192.0.2.1:9")
    assert done.returncode == 2
    assert "hub cannot be reached" in done.stderr
    assert any("192.0.2.1" in call for call in reached)
