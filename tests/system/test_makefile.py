"""The Makefile and its scripts, on machines that lack a program."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.required_program import require_program

NEEDED = ("dirname", "env", "rm", "touch")
"""Programs that the scripts call and that every system has."""


class Machine:
    """A machine with only the programs that a test installs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bin = folder / "bin"
        self._bin.mkdir()
        for name in NEEDED:
            (self._bin / name).symlink_to(require_program(name))

    def give(self, name: str, script: str) -> None:
        """Install a program made of one line of shell."""
        program = self._bin / name
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)

    def run(
        self, *command: str | Path, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command with only these programs."""
        given = {"PATH": str(self._bin), "HOME": str(self.folder), **(environment or {})}
        shell = [require_program(str(command[0])), *map(str, command[1:])]
        return subprocess.run(shell, cwd=self.folder, env=given, capture_output=True, text=True, timeout=120)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a bare machine."""
    return Machine(tmp_path)


def test_old_python_gets_a_sentence(machine: Machine, root: Path) -> None:
    """Without a recent Python, one sentence says what is needed."""
    machine.give("python3", "exit 1")
    done = machine.run("sh", root / ".ci" / "venv.sh", "venv")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Python 3.11 or newer" in done.stderr


def test_newer_python_beside_an_old_one_is_found(machine: Machine, root: Path) -> None:
    """If python3 is too old, python3.12 is used, and the environment works."""
    machine.give("python3", "exit 1")
    machine.give("python3.12", f'exec {sys.executable} "$@"')
    done = machine.run("sh", root / ".ci" / "venv.sh", "venv")
    assert done.returncode == 0, done.stderr
    assert machine.run(str(machine.folder / "venv" / "bin" / "python"), "-m", "pip", "--version").returncode == 0


def test_working_environment_is_kept(machine: Machine, root: Path) -> None:
    """A working environment is not created again."""
    python = machine.folder / "venv" / "bin"
    python.mkdir(parents=True)
    (python / "python").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    (python / "python").chmod(0o755)
    assert machine.run("sh", root / ".ci" / "venv.sh", "venv").returncode == 0
    assert (python / "python").exists()


def test_missing_venv_package_is_installed(machine: Machine, root: Path) -> None:
    """For root, Debian's python3-venv is installed, and then the environment is created."""
    machine.give("python3", _python("test -e installed && mkdir venv"))
    machine.give("mkdir", 'exec /bin/mkdir "$@"')
    machine.give("id", "echo 0")
    machine.give("apt-get", 'case "$*" in *python3.12-venv*) touch installed ;; esac')
    done = machine.run("sh", root / ".ci" / "venv.sh", "venv")
    assert done.returncode == 0, done.stderr
    assert (machine.folder / "venv").is_dir()


def test_missing_venv_package_is_named(machine: Machine, root: Path) -> None:
    """Without the right to install, one sentence names the package."""
    machine.give("python3", _python("exit 1"))
    machine.give("id", "echo 1000")
    machine.give("apt-get", "touch asked")
    machine.give("sudo", "exit 1")
    done = machine.run("sh", root / ".ci" / "venv.sh", "venv")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "python3.12-venv" in done.stderr
    assert not (machine.folder / "asked").exists()


def test_missing_packages_are_installed(machine: Machine, root: Path) -> None:
    """For root, missing packages are installed without a question, and present ones are left alone."""
    machine.give("dpkg-query", 'case "$4" in xvfb) echo "install ok installed" ;; *) exit 1 ;; esac')
    machine.give("grep", f'exec {require_program("grep")} "$@"')
    machine.give("id", "echo 0")
    machine.give("apt-get", 'echo "$DEBIAN_FRONTEND $*" >> asked')
    done = machine.run("sh", root / ".ci" / "packages.sh", "xvfb", "espeak-ng")
    assert done.returncode == 0, done.stderr
    asked = (machine.folder / "asked").read_text(encoding="utf-8").splitlines()[-1].split()
    assert asked[0] == "noninteractive"
    assert asked[-1] == "espeak-ng"
    assert "xvfb" not in asked


def test_missing_packages_are_named(machine: Machine, root: Path) -> None:
    """Without the right to install, the missing packages are printed and the setup goes on."""
    machine.give("dpkg-query", "exit 1")
    machine.give("grep", f'exec {require_program("grep")} "$@"')
    machine.give("id", "echo 1000")
    done = machine.run("sh", root / ".ci" / "packages.sh")
    assert done.returncode == 0
    for package in ("espeak-ng", "chromium", "pulseaudio", "obs-studio"):
        assert package in done.stderr


@pytest.mark.parametrize(
    ("pip_audit", "code", "sentence"),
    [
        ("exit 0", 0, "No known vulnerabilities"),
        ("echo 'no route' >&2; exit 1", 0, "was not checked for vulnerabilities: the OSV database cannot be reached"),
        ('while [ "$1" != --output ]; do shift; done; echo "idna 3.20 GHSA-1" > "$2"; exit 1', 1, "GHSA-1"),
    ],
    ids=["nothing found", "offline", "found"],
)
def test_the_audit_fails_only_for_vulnerabilities(
    machine: Machine, root: Path, pip_audit: str, code: int, sentence: str
) -> None:
    """A vulnerability is an error; where the database cannot be reached, one line says so and `make lint` goes on."""
    for program in ("mktemp", "cat"):
        machine.give(program, f'exec {require_program(program)} "$@"')
    machine.give("pip-audit", pip_audit)
    done = machine.run("sh", root / ".ci" / "audit.sh", machine.folder / "bin")
    assert done.returncode == code
    said = done.stdout + done.stderr
    assert said.count("\n") == 1
    assert sentence in said


def test_vocabularies_are_downloaded_once(tmp_path: Path, root: Path) -> None:
    """The archive is asked for with its hash, appears only when complete, and is kept; a failure is a sentence."""
    script, python = root / ".ci" / "vocabularies.sh", tmp_path / "bin" / "python"
    python.parent.mkdir()

    def run(body: str) -> subprocess.CompletedProcess[str]:
        python.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        python.chmod(0o755)
        return subprocess.run(["sh", str(script), str(tmp_path)], capture_output=True, text=True, timeout=60)

    failed = run("exit 1")
    assert failed.returncode == 1
    assert "openai-whisper" in failed.stderr
    folder = tmp_path / "share" / "openai-whisper"
    assert list(folder.iterdir()) == []
    save = 'while [ "$1" != --dest ]; do shift; done; grep -q sha256 "$2/requirements.txt" || exit 2; '
    done = run(save + 'echo archive >"$2/openai_whisper-20250625.tar.gz"')
    assert done.returncode == 0, done.stderr
    assert [path.name for path in folder.iterdir()] == ["openai_whisper-20250625.tar.gz"]
    assert run("exit 1").returncode == 0


def test_ci_skips_nothing(machine: Machine, root: Path) -> None:
    """CI's script runs the README's test command with CI=true."""
    machine.give("make", 'echo "$CI $*"')
    done = machine.run("bash", root / ".ci" / "run")
    assert done.stdout == "true test\n", done.stderr


def test_make_test_runs_everything(root: Path) -> None:
    """`make test` sets up, checks style and types, and then runs all tests once."""
    plan = subprocess.run(
        [require_program("make"), "--no-print-directory", "--dry-run", "--always-make", "test"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    steps = [
        "venv.sh",
        "requirements-service.lock",
        "requirements.lock",
        "packages.sh",
        "vocabularies.sh",
        "npm ci",
        "ruff check",
        "ruff format --check",
        "mypy",
        "npm run --silent lint",
        "audit.sh",
        "pytest",
    ]
    places = [plan.index(step) for step in steps]
    assert places == sorted(places)
    assert re.findall(r"-m pytest (.*)", plan) == ['-n 4 --dist worksteal -m "not timing"', "-m timing"]


def test_the_demo_installs_only_what_it_needs(root: Path) -> None:
    """`make demo` needs neither the tests' programs nor their packages, so that the first subtitle comes soon."""
    command = [require_program("make"), "--no-print-directory", "--dry-run", "--always-make", "demo"]
    plan = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert "requirements-service.lock" in plan
    assert "requirements.lock" not in plan
    assert "packages.sh" not in plan


def test_a_release_has_a_list_of_parts_and_checksums(machine: Machine, root: Path) -> None:
    """`make release` writes the package's files, the list of parts and SHA256SUMS, dated like the commit.

    Where an engine runs and has a base image, it builds the container; otherwise one sentence says why not.
    """
    for program in ("mkdir", "sha256sum", "ls", "cat", "git"):
        machine.give(program, f'exec {require_program(program)} "$@"')
    kinds = '*outdir*) shift 4; echo "$SOURCE_DATE_EPOCH" >"$1/w.whl" ;; *sbom*) echo {} >"$2/w.cdx.json" ;;'
    made = f'case "$*" in {kinds} *print*) echo 1.0 ;; *) shift; exec "$@" ;; esac'
    machine.give("python", made)
    release = ("sh", root / ".ci" / "release.sh", machine.folder / "bin", machine.folder / "dist")
    asked = machine.run(*release)
    assert asked.returncode == 1
    assert "SOURCE_DATE_EPOCH" in asked.stderr
    done = machine.run(*release, environment={"SOURCE_DATE_EPOCH": "1700000000"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[:3] == ["SHA256SUMS", "w.cdx.json", "w.whl"]
    assert done.stdout.splitlines()[3:] == ["No container image was built: neither docker nor podman runs here."]
    assert (machine.folder / "dist" / "w.whl").read_text(encoding="utf-8") == "1700000000\n"
    machine.give("docker", "exit 1")  # installed, but no daemon answers
    machine.give("podman", 'echo "$*" >>asked')
    assert "surtitle:cpu, in podman" in machine.run(*release, environment={"SOURCE_DATE_EPOCH": "1"}).stdout
    assert "inspect debian:12-slim" in (machine.folder / "asked").read_text(encoding="utf-8")
    machine.give("podman", '[ "$1" = info ]')
    assert "cannot get the base image" in machine.run(*release, environment={"SOURCE_DATE_EPOCH": "1"}).stdout
    sums = (machine.folder / "dist" / "SHA256SUMS").read_text(encoding="utf-8").split()
    assert sums[1::2] == ["w.cdx.json", "w.whl"]


def _python(venv: str) -> str:
    """Return a fake Python 3.12 whose `-m venv` runs this shell command."""
    kinds = f'*-m\\ venv*) {venv} ;; *progress.py*) shift; exec "$@" ;; *print*) echo 3.12 ;; *) exit 0 ;;'
    return f'case "$*" in {kinds} esac'
