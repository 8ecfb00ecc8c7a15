"""The audit log: who did what and when, without content; written by a thread, so that no request waits for it."""

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from app import log
from app.store.audit_files import AuditFiles
from app.store.audit_rate import AuditRate
from app.store.audit_record import AddressMode, AuditAction, AuditRecord, shorten_address

logger = log.get(__name__)

QUEUE_MAX = 10_000
"""Records that wait to be written; if the disk hangs, the next ones are only counted."""

DELETE_S = 3600.0
"""Pause between two deletions of old files; also when a window's line is written at the latest."""

CLOSE_S = 2.0
"""How long `close` waits for a disk that hangs."""


class AuditLog:
    """Records actions; never waits, and never fails."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        addresses: AddressMode = "full",
        keep_days: int = 30,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Record into a folder; None records nothing. Days with 0 delete what there is, and record nothing."""
        self._files = AuditFiles(folder, keep_days=keep_days) if folder else None
        self._is_on = folder is not None and keep_days > 0
        self.address_days = keep_days if self._is_on and addresses != "none" else 0
        """Days that addresses of clients are kept; 0 if none are recorded."""
        self._addresses, self._clock = addresses, clock
        self._queue: queue.Queue[AuditRecord | None] = queue.Queue(QUEUE_MAX)
        self._rate = AuditRate()
        self._n_dropped = 0
        """Records for which the queue had no space; only counted up, by the callers."""
        self._n_lost = 0
        """Records that could not be written since the last success, without the dropped ones."""
        self._n_dropped_recorded = 0
        self._is_failing = False
        self._thread: threading.Thread | None = None
        if keep_days == 0:
            self._delete_old()

    def record(
        self, action: AuditAction, *, key: str | None, room: str | None = None, address: str = "", detail: str = ""
    ) -> None:
        """Record an action; `detail` has ids and names of settings, never content and never a secret."""
        if not self._is_on:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
            self._thread.start()
        record = AuditRecord(round(self._clock() * 1000), action, key, room, address, detail)
        try:
            self._queue.put_nowait(record)
        except queue.Full:
            self._n_dropped += 1

    def close(self) -> None:
        """Write what waits; blocks for a few seconds at most."""
        if self._thread is None:
            return
        with suppress(queue.Full):  # the disk hangs
            self._queue.put(None, timeout=CLOSE_S)
        self._thread.join(CLOSE_S)
        self._thread = None

    def _run(self) -> None:
        deletes_at_s = time.monotonic()
        is_last = False
        while not is_last:
            if time.monotonic() >= deletes_at_s:
                self._delete_old()
                deletes_at_s = time.monotonic() + DELETE_S
            records, is_last = self._next_records(deletes_at_s)
            now_s = time.monotonic()
            alone = [record for record in records if self._rate.admit(record, now_s)]
            self._write(alone + (self._rate.take_all() if is_last else self._rate.take_due(now_s)))

    def _next_records(self, until_s: float) -> tuple[list[AuditRecord], bool]:
        """Wait until there is something to do; return the records in the queue, and whether they are the last."""
        until_s = min(until_s, self._rate.next_s or until_s)
        records: list[AuditRecord] = []
        try:
            record = self._queue.get(timeout=max(0.01, until_s - time.monotonic()))
            while record is not None:
                records.append(record)
                record = self._queue.get_nowait()
        except queue.Empty:
            return records, False
        return records, True

    def _write(self, records: list[AuditRecord]) -> None:
        """Append records; if that fails, only their number is kept, and the first of several failures is logged."""
        n_dropped = self._n_dropped
        n_lost = self._n_lost + n_dropped - self._n_dropped_recorded
        if self._files is None or not (records or n_lost):
            return
        now_s = self._clock()
        lost = [AuditRecord(round(now_s * 1000), "records_lost", n=n_lost)] if n_lost else []
        shown = [replace(record, address=shorten_address(record.address, self._addresses)) for record in lost + records]
        try:
            self._files.append(b"".join(record.to_line() for record in shown), now_s)
        except OSError as exc:
            self._n_lost += sum(record.n for record in records)
            if not self._is_failing:
                logger.error("audit_not_saved", reason=exc.strerror or str(exc))
            self._is_failing = True
        else:
            self._n_lost, self._n_dropped_recorded = 0, n_dropped
            self._is_failing = False

    def _delete_old(self) -> None:
        try:
            if self._files is not None:
                self._files.delete_old(self._clock())
        except OSError as exc:
            logger.error("audit_not_deleted", reason=exc.strerror or str(exc))
