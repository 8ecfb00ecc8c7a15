"""The files of the audit log: one for each day (UTC), JSON lines, readable by their owner only."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.store.audit_record import AuditRecord

AUDIT = "audit"
"""Folder beside the database."""

FILE_BYTES = 4 << 20
"""Size at which a day's next file begins."""

TOTAL_BYTES = 256 << 20
"""Size of all files together; then the oldest is deleted. Three weeks of the worst attack, see `audit_rate`."""

NAME = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d{1,6})\.jsonl")


class AuditFiles:
    """Appends to the files, and deletes those that are too old."""

    def __init__(self, folder: Path, *, keep_days: int) -> None:
        """Use a folder, which is created with the first line."""
        self._folder, self._keep_days = folder, keep_days

    def append(self, lines: bytes, now_s: float) -> None:
        """Write complete lines; a line that was cut off before stays on its own.

        Raises:
            OSError: They cannot be written; a part of them may be.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(datetime.fromtimestamp(now_s, UTC).date(), len(lines))
        is_new = not path.exists()
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o600)
        try:
            if _is_cut_off(descriptor):
                lines = b"\n" + lines
            while lines:
                lines = lines[os.write(descriptor, lines) :]
        finally:
            os.close(descriptor)
        if is_new:
            self.delete_old(now_s)

    def delete_old(self, now_s: float) -> None:
        """Delete the files that are too old, and the oldest ones if all are too large; raises OSError."""
        if not self._folder.is_dir():
            return
        self._folder.chmod(0o700)
        today = datetime.fromtimestamp(now_s, UTC).date()
        kept = []
        for path, day in list_files(self._folder):
            if day <= today - timedelta(days=self._keep_days) or self._keep_days == 0:
                path.unlink(missing_ok=True)
            else:
                path.chmod(0o600)
                kept.append(path)
        sizes = [path.stat().st_size for path in kept]
        total = sum(sizes)
        for path, size in zip(kept[:-1], sizes, strict=False):
            if total <= TOTAL_BYTES:
                return
            path.unlink(missing_ok=True)
            total -= size

    def _path(self, day: date, n_bytes: int) -> Path:
        """Return the file of this day that has space for `n_bytes` more."""
        found = [path for path, file_day in list_files(self._folder) if file_day == day]
        if not found:
            return self._folder / f"{day}.0.jsonl"
        newest = found[-1]
        if newest.stat().st_size + n_bytes <= FILE_BYTES:
            return newest
        number = int(newest.name.split(".")[1]) + 1
        return self._folder / f"{day}.{number}.jsonl"


def list_files(folder: Path) -> list[tuple[Path, date]]:
    """Return the files with their days, oldest first."""
    found = []
    for path in folder.iterdir():
        if parts := NAME.fullmatch(path.name):
            try:
                found.append((date.fromisoformat(parts[1]), int(parts[2]), path))
            except ValueError:  # not a day
                continue
    return [(path, day) for day, _, path in sorted(found)]


def read_records(folder: Path, since_ms: int = 0) -> Iterator[AuditRecord]:
    """Yield the records since a time, oldest first; damaged lines are left out.

    Raises:
        OSError: A file cannot be read.
    """
    if not folder.is_dir():
        return
    for path, day in list_files(folder):
        ends_ms = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000 + 86_400_000
        if ends_ms <= since_ms:
            continue
        try:
            file = path.open("rb")
        except FileNotFoundError:  # deleted by the service just now
            continue
        with file:
            for line in file:
                try:
                    record = AuditRecord.from_line(line)
                except ValueError:
                    continue
                if record.at_ms >= since_ms:
                    yield record


def _is_cut_off(descriptor: int) -> bool:
    """Return whether the last line of a file has no end, because the disk was full or the power failed."""
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if size == 0:
        return False
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1) != b"\n"
