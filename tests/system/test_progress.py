"""The progress that `make setup` prints."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def progress(root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return `.ci/progress.py`, which waits less than usual."""
    spec = importlib.util.spec_from_file_location("progress", root / ".ci" / "progress.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "STEP_S", 0.1)
    monkeypatch.setattr(module, "SILENT_S", 0.3)
    return module


def test_much_output_becomes_few_lines_and_silence_is_broken(
    progress: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a thousand lines few are shown, and a long silence says what the command was busy with."""
    work = "import time\nfor n in range(1000): print('Unpacking', n, flush=True)\ntime.sleep(1)\nprint('x' * 999)"
    assert progress.main([sys.executable, "-c", work]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert 2 <= len(lines) <= 15
    assert any(line.startswith("  Unpacking 999 (") and line.endswith(" s so far)") for line in lines)
    assert all(len(line) < 140 for line in lines)


def test_a_command_that_fails_shows_the_end_of_its_output(
    progress: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is passed on, and the last lines follow."""
    work = "for n in range(100): print('step', n)"
    assert progress.main([sys.executable, "-c", f"import sys; exec({work!r}); sys.exit(3)"]) == 3
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("The command failed:")
    assert said[-1] == "step 99"
    assert len(said) == progress.KEPT + 1


@pytest.mark.parametrize(
    ("index", "uv", "expected"),
    [("", "exit 0", ["uv"]), ("", "exit 1", ["uv", "pip"]), ("global.index-url='x'", "exit 0", ["pip"])],
    ids=["uv", "uv fails", "an index of its own"],
)
def test_locks_are_installed_by_uv_or_else_by_pip(
    tmp_path: Path, root: Path, index: str, uv: str, expected: list[str]
) -> None:
    """uv installs them with their hashes; where it fails, or pip has an index of its own, pip does."""
    programs = tmp_path / "bin"
    programs.mkdir()
    python = f"""case "$*" in
*progress.py*) shift; exec "$@" ;;
*config*) echo "{index}" ;;
*) echo "pip $*" >>{tmp_path}/asked ;;
esac"""
    for name, script in (("python", python), ("uv", f'echo "uv $*" >>{tmp_path}/asked; {uv}')):
        (programs / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    command = ["sh", str(root / ".ci" / "locked.sh"), str(tmp_path), "a.lock", "b.lock"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert [line.split()[0] for line in asked] == expected
    for line in asked:
        assert "--require-hashes" in line
        assert "--requirement a.lock --requirement b.lock" in line
