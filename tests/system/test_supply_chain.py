"""The locks, the calls of pip, and the list of parts of a release."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = (
    "requirements.lock",
    "requirements-service.lock",
    "requirements-cuda.lock",
    "requirements-build.lock",
    "requirements-train.lock",
    ".ci/uv.lock",
)
"""The locks; the first is what the tests run with."""

PIP_CALLERS = ("Makefile", "Dockerfile", ".ci/install.sh", ".ci/locked.sh", ".ci/lock.sh", ".ci/vocabularies.sh")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_every_file_and_no_address(root: Path, lock: str) -> None:
    """Every requirement of a lock is one name, one version, perhaps a system, and SHA-256 hashes; nothing else."""
    text = (root / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [" ".join(line.split()) for line in text.splitlines() if not line.startswith("#")]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[a-z0-9-]+==[A-Za-z0-9.]+( ; [^-]+( [^-]+)*)?( --hash=sha256:[0-9a-f]{64})+", line), line
    assert "://" not in text


def test_lock_satisfies_the_bounds(root: Path) -> None:
    """Every dependency has a version in the lock that is within its bounds; torch is not in the lock."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    extras, groups = project["project"]["optional-dependencies"], project["dependency-groups"]
    own = project["project"]["dependencies"]
    bounds = {
        "requirements.lock": [*own, *extras["mic"], *extras["obs"], *extras["bench"], *groups["dev"][1:]],
        "requirements-service.lock": [*own, *extras["mic"], *extras["obs"]],
        "requirements-cuda.lock": [*own, *extras["mic"], *extras["obs"], *extras["cuda"]],
        "requirements-build.lock": [*groups["build"], *project["build-system"]["requires"]],
        "requirements-train.lock": [*own, *extras["tune"]],
        ".ci/uv.lock": groups["lock"],
    }
    assert set(bounds) == set(LOCKS)
    assert groups["dev"][0] == {"include-group": "build"}
    for lock, requirements in bounds.items():
        versions = _read_lock(root / lock)
        wrong = [
            f"{lock}: {requirement}"
            for requirement in map(Requirement, requirements)
            if versions.get(canonicalize_name(requirement.name), "") not in requirement.specifier
        ]
        assert wrong == []
    assert "torch" not in _read_lock(root / "requirements.lock")


def test_locks_agree(root: Path) -> None:
    """A package that several locks name has the same version in all of them, so the tests test what is installed."""
    tested = _read_lock(root / "requirements.lock")
    for lock in LOCKS[1:]:
        differing = {name for name, version in _read_lock(root / lock).items() if tested.get(name, version) != version}
        assert differing == set()


@pytest.mark.parametrize("script", PIP_CALLERS)
def test_pip_takes_only_files_with_a_hash(root: Path, script: str) -> None:
    """Every call of pip that may download checks hashes, and none builds a package with downloaded tools."""
    text = (root / script).read_text(encoding="utf-8").replace("\\\n", " ")
    calls = re.findall(r"(?:-m pip|bin/pip|uv\" pip) (?:install|download|wheel)[^&|;{\n]*", text)
    assert calls
    for call in calls:
        assert "--no-index" in call or "--require-hashes" in call, call
        assert "--only-binary :all:" in call or "--no-build-isolation" in call or ".whl" in call, call


def test_the_build_backend_is_bounded(root: Path) -> None:
    """A build from a checkout, by pip or pipx, takes no unknown major version of the build backend."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    (backend,) = map(Requirement, project["build-system"]["requires"])
    assert {bound.operator for bound in backend.specifier} == {">=", "<"}


def test_the_list_of_parts_is_complete_and_reproducible(root: Path, tmp_path: Path) -> None:
    """The CycloneDX list names every package of the service's lock, and two runs give the same bytes."""
    written = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "surtitle.whl").write_bytes(b"wheel")
        subprocess.run(
            [sys.executable, root / ".ci" / "sbom.py", folder],
            env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
            check=True,
            timeout=60,
        )
        (made,) = folder.glob("*.cdx.json")
        written.append(made.read_text(encoding="utf-8"))
    assert written[0] == written[1]
    parts = json.loads(written[0])
    assert (parts["bomFormat"], parts["specVersion"]) == ("CycloneDX", "1.6")
    found = {part["name"]: part["version"] for part in parts["components"]}
    assert {**_read_lock(root / "requirements-service.lock"), **found} == found
    model = (root / "app" / "demo" / "model" / "model.bin").read_bytes()
    assert hashlib.sha256(model).hexdigest() in written[0]
    assert hashlib.sha256(b"wheel").hexdigest() in written[0]


def _read_lock(path: Path) -> dict[str, str]:
    """Return the versions in a lock by canonical name."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE))
