"""The processes of a running service, as another process of the same user sees them."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.decode import demo_files
from tests.support.program import run_surtitle, running_surtitle
from tests.support.required_program import require_program
from tests.support.waiting import wait_until

READ_MEMORY = "import sys; [open(f'/proc/{process}/mem', 'rb') for process in sys.argv[1:]]"
WITHOUT_ROOTS_RIGHT = ("--inh-caps", "-sys_ptrace", "--bounding-set", "-sys_ptrace")
"""Options of setpriv: root may read the memory of every process only with this capability."""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_speech_and_keys_stay_in_the_service(tmp_path: Path) -> None:
    """No process that handles speech leaves a core dump or lets another one read it, and all files are private."""
    data = tmp_path / "data"
    words = ["serve", "--model", "demo", "--port", "0", "--source", str(demo_files.MEETING), "--language", "de,en"]
    with running_surtitle(*words, SURTITLE_DATA=str(data)) as service:
        await asyncio.to_thread(service.wait_for, "All links")
        processes = {service.process.pid: "service", **_find_children(service.process.pid)}
        assert sorted(processes.values()) == ["media", "service", "worker"]
        for process in processes:
            # a process that has just started protects itself before it gets anything that is worth protecting
            await wait_until(lambda: _read_memory(process) == "PermissionError")  # noqa: B023 - awaited here
            assert _read_limits(process) == (["0", "0"], "0077")
        assert {path.stat().st_mode & 0o077 for path in [data, *data.rglob("*")]} == {0}


def test_subtitles_of_recordings_follow_the_umask_of_the_user(tmp_path: Path) -> None:
    """`transcribe` writes files for whom the user's umask says, beside the recording as any program would."""
    before = os.umask(0o022)
    try:
        done = run_surtitle("transcribe", str(demo_files.CLIP), "--model", "demo", "--out", str(tmp_path))
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stderr
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*.srt")} == {0o644}


def _find_children(process: int) -> dict[int, str]:
    """Return the processes that decode or read media, by process id."""
    found = {}
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in children.read_text(encoding="utf-8").split():
            command = Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8")
            if "app.media.child" in command:
                found[int(child)] = "media"
            elif "spawn_main" in command:
                found[int(child)] = "worker"
    return found


def _read_limits(process: int) -> tuple[list[str], str]:
    """Return the limits of the size of a core dump, soft and hard, and the umask."""
    limits = Path(f"/proc/{process}/limits").read_text(encoding="utf-8").splitlines()
    (core,) = [line.split()[4:6] for line in limits if line.startswith("Max core")]
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return core, status.partition("Umask:\t")[2][:4]


def _read_memory(process: int) -> str:
    """Return the error that another process of this user gets when it opens the memory of this one."""
    command = [sys.executable, "-c", READ_MEMORY, str(process)]
    if os.geteuid() == 0:
        command = [require_program("setpriv"), *WITHOUT_ROOTS_RIGHT, *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return done.stderr.strip().splitlines()[-1].partition(":")[0] if done.returncode else "nothing"
