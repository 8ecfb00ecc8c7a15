"""The wheel, installed in an environment of its own and run from an empty folder outside the checkout."""

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import pytest

import app


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    _run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(root)], folder)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def surtitle(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the command of the installed wheel; its dependencies come from the environment of the tests."""
    venv = tmp_path_factory.mktemp("installed")
    _run([sys.executable, "-m", "venv", "--without-pip", str(venv)], venv)
    python = venv / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--no-deps", "--no-index", str(wheel)], venv)
    (packages,) = venv.glob("lib/python*/site-packages")
    # A folder named in a .pth file is searched last, and its own .pth files, the checkout's among them, are not read
    (packages / "of-the-tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv / "bin" / "surtitle"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Return an empty folder."""
    return tmp_path


def test_wheel_contains_what_it_needs(wheel: Path, root: Path) -> None:
    """Pages, scene collections, model and meeting are in the wheel; tests and the training are not."""
    names = set(ZipFile(wheel).namelist())
    for folder, place in (("static", "app/static"), ("obs", "app/obs"), ("app/demo", "app/demo")):
        files = {path.relative_to(root / folder).as_posix() for path in _files(root / folder)}
        files = {file for file in files if (folder, file.split("/")[0]) != ("app/demo", "training")}
        assert files
        assert {f"{place}/{file}" for file in files} <= names
    assert not [name for name in names if name.startswith(("tests/", "docs/", "app/demo/training"))]
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_sdist_brings_the_training(root: Path, tmp_path: Path) -> None:
    """The source distribution contains the steps that make the demo model."""
    _run([sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(tmp_path), str(root)], tmp_path)
    (made,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(made) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"app/demo/training/__main__.py", "app/demo/model/model.bin", "Makefile", ".ci/venv.sh"} <= names


def test_runs_from_its_own_files(surtitle: Path, elsewhere: Path) -> None:
    """The installed program does not fall back on the checkout."""
    found = _run([str(surtitle.parent / "python"), "-c", "import app; print(app.__file__)"], elsewhere).strip()
    assert Path(found).is_relative_to(surtitle.parents[1])
    assert found != app.__file__


def test_help(surtitle: Path, elsewhere: Path) -> None:
    """`surtitle --help` lists the commands."""
    text = _run([str(surtitle), "--help"], elsewhere)
    for command in ("demo", "serve", "devices", "models", "bench"):
        assert re.search(rf"\b{command}\b", text)


def test_serves_its_pages(surtitle: Path, elsewhere: Path, root: Path) -> None:
    """The installed service is healthy and serves the same pages as the checkout."""
    with _serving(surtitle, elsewhere) as address:
        assert _get(f"{address}/healthz") == b"ok"
        for place, file in (
            ("/", "landing/index.html"),
            ("/overlay/main", "overlay/overlay.html"),
            ("/microphone/main", "microphone/microphone.html"),
            ("/static/overlay/overlay.js", "overlay/overlay.js"),
            ("/static/microphone/worklet.js", "microphone/worklet.js"),
        ):
            assert _get(address + place) == (root / "static" / file).read_bytes(), place


def test_plays_its_demo(surtitle: Path, elsewhere: Path) -> None:
    """The installed demo finds its meeting and its model, and shows the first sentence in English."""
    with subprocess.Popen(
        [str(surtitle), "demo", "--port", "0"],
        cwd=elsewhere,
        env={**_environment(), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert any("Good morning everyone." in line for line in process.stdout)
        finally:
            process.terminate()
            process.wait(30)
    assert list(elsewhere.iterdir()) == []


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _environment() -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("SURTITLE_", "PYTHON"))}
    return {**kept, "TERM": "dumb", "COLUMNS": "200"}


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, env=_environment(), capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def _serving(surtitle: Path, folder: Path) -> Iterator[str]:
    """Run the service on a free port; yields its address."""
    command = [str(surtitle), "serve", "--model", "demo", "--port", "0"]
    environment = {**_environment(), "PYTHONUNBUFFERED": "1"}
    with (
        (folder / "stderr").open("wb") as errors,
        subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdout is not None
        try:
            addresses = (re.search(r"(http://127\.0\.0\.1:\d+)/overlay/main", line) for line in process.stdout)
            address = next((match[1] for match in addresses if match), None)
            assert address is not None, (folder / "stderr").read_text()
            yield address
        finally:
            process.terminate()
            code = process.wait(30)
    assert code == 0


def _get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return bytes(answer.read())
