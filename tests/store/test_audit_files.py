"""The files of the audit log: modes, rotation, retention and damage."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.store import audit_files
from app.store.audit_files import AuditFiles, read_records
from app.store.audit_record import AuditRecord

DAY_S = 86_400.0
NOON_S = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()


def line(at_s: float, action: str = "room_created") -> bytes:
    """Return a record's line."""
    return AuditRecord(round(at_s * 1000), action).to_line()


def modes(folder: Path) -> set[int]:
    """Return the modes of the files in a folder."""
    return {path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_only_the_owner_reads(tmp_path: Path) -> None:
    """The folder is 0700 and the files are 0600, and both are repaired."""
    files = AuditFiles(tmp_path / "audit", keep_days=30)
    files.append(line(NOON_S), NOON_S)
    assert modes(tmp_path) == {0o700}
    assert modes(tmp_path / "audit") == {0o600}
    (tmp_path / "audit").chmod(0o755)
    next((tmp_path / "audit").iterdir()).chmod(0o644)
    files.delete_old(NOON_S)
    assert modes(tmp_path) == {0o700}
    assert modes(tmp_path / "audit") == {0o600}


def test_old_days_are_deleted(tmp_path: Path) -> None:
    """With 2 days kept, no line is older than two days, also if nothing new is written."""
    files = AuditFiles(tmp_path, keep_days=2)
    for day in range(5):
        files.append(line(NOON_S + day * DAY_S), NOON_S + day * DAY_S)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["2026-11-24.0.jsonl", "2026-11-25.0.jsonl"]
    files.delete_old(NOON_S + 9 * DAY_S)
    assert list(tmp_path.iterdir()) == []


def test_a_large_day_has_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files rotate by size, in the order of their numbers, and all of them together are bounded."""
    monkeypatch.setattr(audit_files, "FILE_BYTES", 200)
    monkeypatch.setattr(audit_files, "TOTAL_BYTES", 2400)
    files = AuditFiles(tmp_path, keep_days=2)
    for second in range(60):
        files.append(line(NOON_S + second), NOON_S + second)
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert max(sizes) <= 200
    assert sum(sizes) <= 2400 + 200
    times = [record.at_ms for record in read_records(tmp_path)]
    assert times == sorted(times)
    assert times[-1] == round((NOON_S + 59) * 1000)


def test_damage_costs_one_line(tmp_path: Path) -> None:
    """After a line that was cut off, and after any other damage, the next records are still read."""
    files = AuditFiles(tmp_path, keep_days=2)
    files.append(line(NOON_S)[:20], NOON_S)
    files.append(line(NOON_S, "room_removed"), NOON_S)
    (tmp_path / "notes.txt").write_text("not ours")
    assert [record.action for record in read_records(tmp_path)] == ["room_removed"]
    assert (tmp_path / "notes.txt").exists()


def test_reading_begins_at_a_time(tmp_path: Path) -> None:
    """Records before the time are left out, and a folder that does not exist has none."""
    files = AuditFiles(tmp_path, keep_days=9)
    for day in range(3):
        files.append(line(NOON_S + day * DAY_S), NOON_S + day * DAY_S)
    assert len(list(read_records(tmp_path, round((NOON_S + DAY_S) * 1000)))) == 2
    assert list(read_records(tmp_path / "nothing")) == []


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Another program's file is not written to through a symbolic link."""
    target = tmp_path / "target"
    target.write_text("")
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "2026-11-21.0.jsonl").symlink_to(target)
    with pytest.raises(OSError, match="symbolic"):
        AuditFiles(tmp_path / "audit", keep_days=9).append(line(NOON_S), NOON_S)
    assert target.read_text() == ""
