"""The audit log as the service uses it: it records, never waits and never fails."""

import threading
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.store import audit_files, audit_log
from app.store.audit_files import read_records
from app.store.audit_log import AuditLog


def test_records_are_on_the_disk_when_it_closes(tmp_path: Path) -> None:
    """What was recorded is read back, with the number of repetitions."""
    log = AuditLog(tmp_path)
    log.record("key_created", key="local", room="hall", address="192.0.2.7", detail="0f3a viewer")
    for _ in range(40):
        log.record("login_refused", key=None, address="192.0.2.8")
    log.close()
    found = [(record.action, record.key, record.address, record.n) for record in read_records(tmp_path)]
    assert found == [
        ("key_created", "local", "192.0.2.7", 1),
        ("login_refused", None, "192.0.2.8", 1),
        ("login_refused", None, "192.0.2.8", 39),
    ]


def test_a_record_appears_at_once(tmp_path: Path) -> None:
    """A running service's records are read without waiting for its end."""
    log = AuditLog(tmp_path)
    log.record("room_created", key="local", room="hall")
    until = time.monotonic() + 5
    while not list(read_records(tmp_path)):
        assert time.monotonic() < until
        time.sleep(0.01)
    log.close()


@pytest.mark.parametrize("keep_days", [0, 30])
def test_nothing_is_written_without_a_folder_or_days(tmp_path: Path, keep_days: int) -> None:
    """A service with --memory, or with 0 days, writes nothing; 0 days delete what there was."""
    AuditLog(tmp_path).record("room_created", key=None)
    log = AuditLog(None if keep_days else tmp_path, keep_days=keep_days)
    log.record("room_removed", key=None)
    log.close()
    assert [one for one in read_records(tmp_path) if one.action == "room_removed"] == []


def test_addresses_are_stored_as_the_setting_says(tmp_path: Path) -> None:
    """With `network`, only the network of an address is on the disk."""
    log = AuditLog(tmp_path, addresses="network")
    log.record("room_created", key="local", address="192.0.2.77")
    log.close()
    assert [record.address for record in read_records(tmp_path)] == ["192.0.2.0/24"]


def test_a_full_disk_is_logged_once_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the disk is full no caller notices; afterwards a line says how many records are missing."""
    is_full = True
    append = audit_files.AuditFiles.append

    def fail(self: audit_files.AuditFiles, lines: bytes, now_s: float) -> None:
        if is_full:
            raise OSError(28, "No space left on device")
        append(self, lines, now_s)

    monkeypatch.setattr(audit_files.AuditFiles, "append", fail)
    log = AuditLog(tmp_path)
    with capture_logs() as lines:
        for n in range(5):
            log.record("room_created", key=f"{n}")
            time.sleep(0.02)
        is_full = False
        log.record("room_removed", key="5")
        log.close()
    assert [line["event"] for line in lines] == ["audit_not_saved"]
    assert [(record.action, record.n) for record in read_records(tmp_path)] == [
        ("records_lost", 5),
        ("room_removed", 1),
    ]


def test_a_disk_that_hangs_delays_no_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recording takes no longer than usual while a write hangs, and memory stays bounded."""
    may_go_on = threading.Event()
    append = audit_files.AuditFiles.append

    def hang(self: audit_files.AuditFiles, lines: bytes, now_s: float) -> None:
        may_go_on.wait(10)
        append(self, lines, now_s)

    monkeypatch.setattr(audit_files.AuditFiles, "append", hang)
    monkeypatch.setattr(audit_log, "QUEUE_MAX", 100)
    log = AuditLog(tmp_path)
    began_s = time.monotonic()
    for n in range(1000):
        log.record("phrase_corrected", key=f"{n}")
    assert time.monotonic() - began_s < 1
    may_go_on.set()
    log.close()
    assert 100 <= len(list(read_records(tmp_path))) < 300
