"""Checks of open files, clock and swap."""

import resource
from pathlib import Path

import pytest

from app.cli.doctor_machine import UNSYNCHRONISED, check_clock, check_files, check_swap

PLAIN = "Filename Type Size Used Priority\n/dev/sda2 partition 4194300 0 -2\n"


@pytest.mark.parametrize(
    ("limit", "colour"), [(256, "red"), (1024, "yellow"), (65_536, "green"), (resource.RLIM_INFINITY, "green")]
)
def test_few_files_are_red(monkeypatch: pytest.MonkeyPatch, limit: int, colour: str) -> None:
    """The hard limit decides, because the service raises the soft one."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, limit))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    assert check_files()[0].colour == colour


def test_the_connections_are_those_that_the_service_accepts(monkeypatch: pytest.MonkeyPatch) -> None:
    """More files than the service has connections for allow no more of them."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 65_536))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    assert "about 12500 connections" in check_files()[0].message


@pytest.mark.parametrize(("state", "colour"), [(0, "green"), (UNSYNCHRONISED, "yellow"), (None, "yellow")])
def test_a_clock_without_a_server_is_yellow(state: int | None, colour: str) -> None:
    """So is one that cannot be asked."""
    assert check_clock(lambda: state)[0].colour == colour


@pytest.mark.parametrize(
    ("files", "colour"),
    [
        ({"proc/swaps": PLAIN}, "yellow"),
        ({"proc/swaps": PLAIN.splitlines()[0]}, "green"),
        ({"proc/swaps": PLAIN.replace("sda2", "zram0")}, "green"),
        ({"proc/swaps": PLAIN, "sys/fs/cgroup/memory.swap.max": "0\n"}, "green"),
        ({"proc/swaps": PLAIN, "sys/fs/cgroup/memory.swap.max": "max\n"}, "yellow"),
        ({"proc/swaps": PLAIN.replace("sda2", "dm-1"), "sys/block/dm-1/dm/uuid": "CRYPT-PLAIN-swap"}, "green"),
        ({"proc/swaps": PLAIN.replace("sda2", "dm-1"), "sys/block/dm-1/dm/uuid": "LVM-x"}, "yellow"),
        ({}, "green"),
    ],
)
def test_plain_swap_is_yellow(tmp_path: Path, files: dict[str, str], colour: str) -> None:
    """Compressed memory, encrypted devices and a service that may not be swapped are green."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert check_swap(tmp_path)[0].colour == colour
