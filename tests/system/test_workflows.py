"""The workflows for GitHub Actions, as far as they can be checked without it."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

WORKFLOWS = sorted((Path(__file__).parents[2] / ".github" / "workflows").glob("*.yml"))


@pytest.fixture(params=WORKFLOWS, ids=[path.name for path in WORKFLOWS])
def workflow(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return a workflow."""
    read: dict[str, Any] = yaml.safe_load(request.param.read_text(encoding="utf-8"))
    return read


def test_a_workflow_may_only_read(workflow: dict[str, Any]) -> None:
    """No job has a secret, more than an hour, or a right but to read the repository."""
    assert workflow["permissions"] == {}
    assert "pull_request_target" not in str(workflow)
    assert "secrets." not in str(workflow)
    for job in workflow["jobs"].values():
        assert job["permissions"] == {"contents": "read"}
        assert job["timeout-minutes"] <= 60


def test_actions_are_pinned_by_their_commit(workflow: dict[str, Any]) -> None:
    """Each action is one of GitHub's own, named by its commit; the checkout leaves no token behind."""
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    actions = [step for step in steps if "uses" in step]
    assert actions
    for step in actions:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"])
        if step["uses"].startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
    for step in steps:  # what another person writes, such as a branch's name, is not put into a shell
        assert not re.search(r"\$\{\{\s*github\.", step.get("run", ""))


def test_all_three_systems_run_tests_and_try_the_wheel(root: Path) -> None:
    """Linux runs all, as CI does; macOS and Windows run what needs no Linux, and each tries the installed wheel."""
    jobs = yaml.safe_load((root / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8"))["jobs"]
    assert jobs["linux"]["steps"][-1]["run"] == "bash .ci/run"
    systems = {name.split("-")[0] for name in jobs["others"]["strategy"]["matrix"]["os"]}
    assert systems == {"macos", "windows"}
    assert {name.split("-")[0] for name in jobs["wheel"]["strategy"]["matrix"]["os"]} == {*systems, "ubuntu"}
    scripts = set(re.findall(r"\.ci/[\w.]+", str(jobs)))
    assert scripts == {".ci/run", ".ci/portable.py", ".ci/smoke.py"}
    assert all((root / script).is_file() for script in scripts)


def test_portable_tests_name_nothing_of_linux(root: Path) -> None:
    """Most test files are portable; those that look into /proc or run Debian's programs are not among them."""
    command = [sys.executable, str(root / ".ci" / "portable.py")]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.split()
    assert len(listed) > 200
    assert all((root / path).is_file() for path in listed)
    assert "tests/captions/test_policy.py" in listed
    assert not {"tests/store/test_data_folder.py", "tests/web/test_peer_user.py", "tests/audio/test_pulse.py"} & {
        *listed
    }
