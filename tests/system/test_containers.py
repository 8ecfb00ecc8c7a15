"""The containers: the rules of Dockerfile and compose.yaml, as far as a test without Docker can run them."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from app.config import Settings
from app.web.file_limit import fit_limits
from app.web.limits import LimitSettings
from tests.support.required_program import require_program
from tests.support.served_once import SERVED_ONCE


def test_containers_have_few_rights(root: Path) -> None:
    """Every service of compose.yaml runs read-only, without capabilities it does not need, and within limits."""
    plan = _plan(root)
    for name, service in plan["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"]
        assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
        assert "no-new-privileges:true" in service["security_opt"]
        assert service["pids_limit"] > 0
        assert service["memswap_limit"] == service["mem_limit"]
        assert service["ulimits"]["core"] == 0
        files = service["ulimits"]["nofile"]
        assert files["soft"] == files["hard"]
        assert fit_limits(LimitSettings(), files["hard"]).sockets == LimitSettings().sockets  # room for every reader
        assert any(one.startswith("/tmp:") for one in service["tmpfs"])
        assert not {"privileged", "network_mode", "pid", "devices"} & service.keys()
        assert not [one for one in service["volumes"] if "docker.sock" in one]
    for name in ("surtitle", "fetch"):
        assert plan["services"][name]["user"] == "10001:10001"
        assert "ports" not in plan["services"][name]


def test_only_caddy_is_reachable_and_only_fetch_reaches_the_internet(root: Path) -> None:
    """The service is in a network without internet access, trusts only Caddy, and downloads nothing."""
    plan = _plan(root)
    surtitle, caddy = plan["services"]["surtitle"], plan["services"]["caddy"]
    assert surtitle["networks"] == ["inside"]
    assert plan["networks"]["inside"]["internal"] is True
    environment = surtitle["environment"]
    assert environment["SURTITLE_PROXIES"] == caddy["networks"]["inside"]["ipv4_address"]
    assert environment["SURTITLE_OFFLINE"] == "1"
    assert environment["SURTITLE_PUBLIC_URL"].startswith("https://")
    assert plan["services"]["fetch"]["profiles"] == ["fetch"]
    assert "GPU" in (root / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    devices = surtitle["deploy"]["resources"]["reservations"]["devices"]
    assert devices[0]["capabilities"] == ["gpu"]


def test_the_key_is_a_file_that_stays_out_of_image_and_repository(root: Path) -> None:
    """The admin key is a secret file; compose.yaml, image and repository do not contain it."""
    plan = _plan(root)
    surtitle = plan["services"]["surtitle"]
    (secret,) = surtitle["secrets"]
    assert surtitle["environment"]["SURTITLE_KEY_FILE"] == f"/run/secrets/{secret}"
    assert "SURTITLE_KEY" not in surtitle["environment"]
    assert not re.search(r"SURTITLE_KEY\b", (root / "Dockerfile").read_text(encoding="utf-8"))
    assert Path(plan["secrets"][secret]["file"]).name in (root / "deploy" / ".gitignore").read_text().split()
    assert "!deploy" not in (root / ".dockerignore").read_text()


def test_images_can_be_named_by_digest(root: Path) -> None:
    """Each image that is downloaded is a setting, so that a digest can take the place of the tag."""
    images = {name: service.get("image", "surtitle") for name, service in _plan(root)["services"].items()}
    assert {name for name, image in images.items() if image == "surtitle"} == {"surtitle", "fetch"}
    assert all(re.fullmatch(r"\$\{SURTITLE_\w+:-[\w:./-]+\}", image) for image in set(images.values()) - {"surtitle"})
    assert re.search(r"^FROM \$\{BASE\}$", (root / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_variable_is_a_setting(root: Path) -> None:
    """Every SURTITLE_ variable in compose.yaml, Caddyfile, Dockerfile and the systemd unit is read by something."""
    known = {f"SURTITLE_{name.upper()}" for name in Settings.model_fields}
    caddy = (root / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    known |= set(re.findall(r"\{\$(SURTITLE_\w+)", caddy))
    for service in _plan(root)["services"].values():
        assert set(service.get("environment", {})) <= known
    unit = (root / "deploy" / "surtitle.service").read_text(encoding="utf-8")
    assert set(re.findall(r"\bSURTITLE_\w+(?==)", unit)) <= known
    assert set(re.findall(r"\bSURTITLE_\w+(?==)", (root / "Dockerfile").read_text(encoding="utf-8"))) <= known


def test_the_container_writes_only_to_its_volumes(root: Path, tmp_path: Path) -> None:
    """With uid 10001, no capabilities, a read-only root and no network it starts, serves and stops cleanly."""
    data, models = tmp_path / "data", tmp_path / "models"
    for folder in (data, models):
        folder.mkdir(mode=0o700)
    check = "import os, sys; print(os.getuid(), os.access('/', os.W_OK), os.access('/data', os.W_OK))\n" + SERVED_ONCE
    done = subprocess.run(
        [*_container(root, data, models), sys.executable, "-c", check, "serve", "--model", "demo", "--offline"],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": os.environ["PATH"]},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "10001 False True" in done.stdout
    assert "ready" in done.stdout
    assert done.stderr == ""
    assert (data / "surtitle.db").exists()
    assert list((models / "cache" / "surtitle").iterdir())


def _container(root: Path, data: Path, models: Path) -> list[str]:
    """Return a command that runs another as the Dockerfile and compose.yaml would, with this machine's programs."""
    text = (root / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    (block,) = re.findall(r"^ENV (.*)$", text, re.MULTILINE)
    settings = dict(word.split("=", 1) for word in block.split() if not word.startswith("PATH="))
    (volumes,) = re.findall(r"^VOLUME (.*)$", text, re.MULTILINE)
    assert volumes.split() == ["/models", "/data"]
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    bound = [
        path for path in (root, Path(sys.prefix).resolve(), Path(sys.base_prefix)) if not path.is_relative_to("/usr")
    ]
    return [
        require_program("bwrap"),
        *("--unshare-all", "--uid", "10001", "--gid", "10001", "--cap-drop", "ALL", "--die-with-parent"),
        *("--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc", "--proc", "/proc", "--dev", "/dev"),
        *(word for name in ("bin", "lib", "lib64") for word in ("--symlink", f"usr/{name}", f"/{name}")),
        *("--tmpfs", "/tmp"),
        *(word for path in bound for word in ("--ro-bind", str(path), str(path))),
        *("--bind", str(data), "/data", "--bind", str(models), "/models", "--remount-ro", "/", "--chdir", str(root)),
        *(word for name, value in settings.items() for word in ("--setenv", name, value)),
    ]


def _plan(root: Path) -> dict[str, Any]:
    plan: dict[str, Any] = yaml.safe_load((root / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    return plan
