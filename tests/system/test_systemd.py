"""The systemd unit and its drop-ins, read and rated by systemd itself."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.required_program import require_program

EXPOSURE_MAX = 2.0
"""Of 10, as `systemd-analyze security` rates it."""

DROP_INS = ["nothing", "GPU", "sound device", "internet", "proxy on another machine"]


@pytest.fixture
def unit(root: Path, tmp_path: Path) -> Path:
    """Return a copy of the unit that starts a program which every machine has."""
    text = (root / "deploy" / "surtitle.service").read_text(encoding="utf-8")
    copy = tmp_path / "surtitle.service"
    copy.write_text(text.replace("/opt/surtitle/bin/surtitle", "/bin/true"), encoding="utf-8")
    return copy


@pytest.mark.parametrize("name", DROP_INS)
def test_the_unit_exposes_little(root: Path, unit: Path, name: str) -> None:
    """Alone and with each drop-in of the page, systemd finds no fault in the unit and rates it at most 2.0 of 10."""
    if name != "nothing":
        folder = unit.with_name("surtitle.service.d")
        folder.mkdir()
        (folder / "one.conf").write_text(_read_drop_in(root, name), encoding="utf-8")
    analyze = require_program("systemd-analyze")
    verified = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    command = [analyze, "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE_MAX * 10:.0f}", str(unit)]
    rated = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", rated.stdout)
    assert found, rated.stderr
    assert rated.returncode == 0, found.group()
    assert float(found.group(1)) <= EXPOSURE_MAX


def test_drop_ins_open_what_they_name(root: Path, unit: Path) -> None:
    """Without a drop-in there are no devices and only this machine; each drop-in opens its part."""
    before = unit.read_text(encoding="utf-8")
    assert "PrivateDevices=yes" in before
    assert "IPAddressDeny=any\nIPAddressAllow=localhost\n" in before
    assert "PrivateDevices=no" in _read_drop_in(root, "GPU")
    assert "char-alsa" in _read_drop_in(root, "sound device")
    assert "IPAddressDeny=\n" in _read_drop_in(root, "internet")


def test_media_children_can_still_limit_themselves(unit: Path) -> None:
    """The unit leaves the system calls with which app/media/sandbox.py confines the reader of foreign files."""
    calls = [line.split("=", 1)[1] for line in unit.read_text().splitlines() if line.startswith("SystemCallFilter=")]
    assert calls[-1].split()[:2] == ["setrlimit", "prlimit64"]
    analyze = require_program("systemd-analyze")
    allowed = subprocess.run([analyze, "syscall-filter", "@process"], capture_output=True, text=True, check=True).stdout
    assert "prctl" in allowed
    general = subprocess.run([analyze, "syscall-filter", calls[0]], capture_output=True, text=True, check=True).stdout
    assert "@process" in general


def test_the_key_is_a_credential(root: Path, unit: Path) -> None:
    """The unit names the file of the key and contains none; the page makes that file for root alone."""
    text = unit.read_text(encoding="utf-8")
    assert "LoadCredential=key:/etc/surtitle/key\n" in text
    assert "SURTITLE_KEY_FILE=%d/key" in text
    assert "SURTITLE_KEY=" not in text
    (line,) = re.findall(r"^sudo sh -c '(umask 077; .* > /etc/surtitle/key)'$", _page(root), re.MULTILINE)
    key = unit.with_name("key")
    subprocess.run(["sh", "-c", line.replace("/etc/surtitle/key", str(key))], check=True)
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_text().strip()) >= 22


def test_no_memory_reaches_the_disk(unit: Path) -> None:
    """Core dumps and swap are off, and a worker that is out of memory does not stop the service."""
    lines = unit.read_text(encoding="utf-8").splitlines()
    assert {"LimitCORE=0", "MemorySwapMax=0", "OOMPolicy=continue", "KillMode=mixed"} <= set(lines)


def _page(root: Path) -> str:
    return (root / "docs" / "gpu.md").read_text(encoding="utf-8")


def _read_drop_in(root: Path, name: str) -> str:
    blocks = re.findall(r"((?:^[^\n]+\n)+)\n```ini\n(.*?)^```$", _page(root), re.MULTILINE | re.DOTALL)
    (text,) = [block for before, block in blocks if re.match(rf"(A|The) {name}\b", before)]
    return str(text)
