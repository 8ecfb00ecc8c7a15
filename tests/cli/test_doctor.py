"""`surtitle doctor` as its users run it."""

import json
from pathlib import Path

from typer.testing import CliRunner

from app.cli import main
from tests.support.ports import free_port
from tests.support.program import run_surtitle
from tests.support.room_service import RoomService

SUBJECTS = {"data folder", "umask", "file limit", "disk speed", "clock", "swap", "address", "service", "model", "GPU"}


def test_a_running_service_is_examined(service: RoomService, tmp_path: Path) -> None:
    """Every check has one line with a colour, the service refuses strangers, and nothing is red."""
    done = run_surtitle("doctor", "--at", service.address, "--model", "demo", "--data", str(tmp_path / "data"))
    lines = done.stdout.splitlines()
    assert {line.split()[0] for line in lines} <= {"green", "yellow"}
    assert any(line.startswith("green   access ") for line in lines)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_machine_with_nothing_is_examined(tmp_path: Path) -> None:
    """Without service, data folder, home, cache and a usable setting there are still lines, and the exit code is 1."""
    at = f"http://127.0.0.1:{free_port()}"
    words = ["doctor", "--json", "--at", at, "--data", str(tmp_path / "data")]
    done = run_surtitle(*words, HOME=str(tmp_path / "none"), SURTITLE_PORT="many", PATH="", SURTITLE_OFFLINE="1")
    findings = json.loads(done.stdout)
    assert {finding["subject"] for finding in findings} >= SUBJECTS
    assert [finding["subject"] for finding in findings if finding["colour"] == "red"] == ["settings"]
    assert all(finding["message"].endswith(".") for finding in findings)
    assert all(finding["remedy"] for finding in findings if finding["colour"] != "green")
    assert (done.returncode, done.stderr) == (1, "")
    assert not (tmp_path / "data").exists()


def test_an_open_data_folder_is_red(tmp_path: Path) -> None:
    """A data folder that others can read makes the command fail, and the line has the command that repairs it."""
    tmp_path.chmod(0o755)
    at = f"http://127.0.0.1:{free_port()}"
    done = CliRunner().invoke(main.app, ["doctor", "--model", "demo", "--at", at, "--data", str(tmp_path)])
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("red")]
    assert f"chmod -R go-rwx {tmp_path}" in line
    assert (done.exit_code, done.stderr) == (1, "")
