"""Runs database jobs on one SQLite connection in one thread; all waiting jobs share a transaction.

Reads have a thread and a read-only connection of their own, so that no write waits for them, see `ReadThread`.
"""

import asyncio
import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from app import log, metrics
from app.errors import SettingsError, StoreError
from app.store import data_folder, schema
from app.store.read_thread import ReadThread

logger = log.get(__name__)

Result = TypeVar("Result")

JOBS_MAX = 10_000
"""Maximum jobs in the queue; if a disk hangs for minutes, callers get an error and memory stays bounded."""

CLOSE_S = 10.0
"""How long `close` waits for a disk that hangs."""

GROUP_MAX = 500
"""Maximum jobs in one transaction, which needs only one fsync."""

SCRUB_S = 0.1
"""How long a scrub waits for the read that is under way, which takes a few milliseconds."""

SCRUB_RETRY_S = 1.0
"""Pause before a scrub that failed is tried again."""


@dataclass(frozen=True, slots=True)
class _QueuedJob:
    job: Callable[[sqlite3.Connection], Any]
    on_done: Callable[[Any, StoreError | None], None]
    scrubs: bool = False


class Database:
    """Runs jobs in order; callers get the result of a job once it is on the disk."""

    def __init__(self, path: Path | None) -> None:
        """Open or create the file; None keeps everything in memory.

        Raises:
            SettingsError: It cannot be created, belongs to another program, is in use, or is damaged.
        """
        self._jobs: queue.Queue[_QueuedJob | None] = queue.Queue(JOBS_MAX)
        self._path = path
        self._name = path.name if path else "memory"
        self._folder_lock: int | None = None
        if path is not None:
            self._folder_lock = self._prepare(path.parent)
        try:
            self._connection = schema.open_file(path) if path else schema.open_memory()
        except SettingsError:
            self._unlock()
            raise
        if path is not None:
            data_folder.protect(path.parent, path.parent.glob(f"{path.name}*"))
        reading = schema.open_for_reading(path) if path else None
        self._is_shared = reading is None
        """Whether reads use the connection of the writes."""
        self._reading = threading.Lock()
        """Held while a read is under way."""
        self._reads = ReadThread(reading or self._connection, self._reading, self._name)
        self._must_scrub = path is not None
        """Whether deleted rows may still be in the write-ahead log, as after a crash before this start."""
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    def write(
        self,
        job: Callable[[sqlite3.Connection], Result],
        on_done: Callable[[Result | None, StoreError | None], None],
        *,
        scrubs: bool = False,
    ) -> None:
        """Queue a job; `on_done` gets its result after the commit, or its error, in the caller's event loop.

        Jobs run in the order of the calls. Never blocks.
        """
        loop = asyncio.get_running_loop()

        def report(result: Result | None, error: StoreError | None) -> None:
            with suppress(RuntimeError):  # the loop is closed: the caller has ended
                loop.call_soon_threadsafe(on_done, result, error)

        try:
            self._jobs.put_nowait(_QueuedJob(job, report, scrubs))
        except queue.Full:
            loop.call_soon(on_done, None, StoreError("The disk is too slow for what is to be saved."))

    async def run(self, job: Callable[[sqlite3.Connection], Result], *, scrubs: bool = False) -> Result:
        """Run one job and return its result when it is on the disk; cancelling does not cancel the job.

        With `scrubs` deleted rows are removed from the write-ahead log too.

        Raises:
            StoreError: The disk failed and nothing of the job was done. Or it was done, but deleted rows are still in
                the write-ahead log; each later job tries to remove them again.
        """
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

        def on_done(result: Result | None, error: StoreError | None) -> None:
            if future.cancelled():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(cast(Result, result))

        self.write(job, on_done, scrubs=scrubs)
        return await future

    async def query(self, job: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run a job that only reads, beside the writes; it must be short, so long reads are split into pages.

        It sees what was committed before; a job that writes fails.

        Raises:
            BusyError: Too many reads wait already.
            StoreError: The disk cannot be read.
        """
        return await self._reads.run(job)

    def read_apart(self, job: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run a long read on a connection of its own, so that writes and short reads do not wait for it.

        Blocks until it is done: call it in another thread than the event loop's. A scrub that comes meanwhile is tried
        again after it.
        """
        connection = schema.open_for_reading(self._path) if self._path else None
        if connection is None:
            return self.read(job)
        with closing(connection):
            return job(connection)

    def read(self, job: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run one job and block until it is done; only for use before the event loop runs."""
        answer: queue.SimpleQueue[tuple[Any, StoreError | None]] = queue.SimpleQueue()
        self._jobs.put(_QueuedJob(job, lambda result, error: answer.put((result, error))))
        result, error = answer.get()
        if error is not None:
            raise error
        return cast(Result, result)

    def close(self) -> None:
        """Run the jobs in the queue, and close the file; blocks for a few seconds at most."""
        self._reads.close()  # first: the connection that is closed last empties the write-ahead log
        with suppress(queue.Full):  # the disk hangs
            self._jobs.put(None, timeout=CLOSE_S)
        self._thread.join(CLOSE_S)
        if not self._thread.is_alive():
            self._unlock()

    @staticmethod
    def _prepare(folder: Path) -> int | None:
        """Create the folder and lock it for this service; raises SettingsError."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=data_folder.FOLDER_MODE)
            return data_folder.lock(folder)
        except OSError as exc:
            raise schema.cannot_save(folder, exc) from exc

    def _unlock(self) -> None:
        if self._folder_lock is not None:
            os.close(self._folder_lock)
            self._folder_lock = None

    def _run(self) -> None:
        while True:
            jobs, is_last = self._next_jobs()
            self._run_jobs(jobs)
            if is_last:
                self._connection.close()
                return

    def _next_jobs(self) -> tuple[list[_QueuedJob], bool]:
        """Wait for a job; return it with those in the queue, and whether they are the last."""
        jobs: list[_QueuedJob] = []
        try:
            job = self._jobs.get(timeout=SCRUB_RETRY_S if self._must_scrub else None)
        except queue.Empty:
            return [], False
        while job is not None:
            jobs.append(job)
            if len(jobs) == GROUP_MAX:
                return jobs, False
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, False
        return jobs, True

    def _run_jobs(self, jobs: list[_QueuedJob]) -> None:
        if not jobs:
            if self._must_scrub:
                self._scrub()
            return
        try:
            results = self._commit(jobs)
        except Exception as exc:  # a job may fail for any reason; the thread continues with the others
            if len(jobs) > 1:  # one of them may be the cause: run each alone
                for job in jobs:
                    self._run_jobs([job])
                return
            metrics.STORE_FAILURES.inc()
            if not isinstance(exc, sqlite3.Error):
                logger.exception("job_failed", file=self._name)
            jobs[0].on_done(None, StoreError(f"The captions cannot be saved to {self._name}: {exc}."))
            return
        self._must_scrub = self._must_scrub or any(job.scrubs for job in jobs)
        unscrubbed = self._scrub() if self._must_scrub else None
        for job, result in zip(jobs, results, strict=True):
            job.on_done(result, unscrubbed if job.scrubs else None)

    def _scrub(self) -> StoreError | None:
        """Empty the write-ahead log, so that it contains no deleted rows; a read that is under way ends first."""
        is_free = self._reading.acquire(timeout=SCRUB_S)
        try:
            is_busy = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if is_busy:
                raise sqlite3.OperationalError("it is being read")
        except sqlite3.Error as exc:
            metrics.STORE_FAILURES.inc()
            return StoreError(f"Deleted captions cannot be overwritten in {self._name}: {exc}. Surtitle tries again.")
        finally:
            if is_free:
                self._reading.release()
        self._must_scrub = False
        return None

    def _commit(self, jobs: list[_QueuedJob]) -> list[Any]:
        with self._reading if self._is_shared else nullcontext():
            return self._commit_alone(jobs)

    def _commit_alone(self, jobs: list[_QueuedJob]) -> list[Any]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            results = [job.job(self._connection) for job in jobs]
            with metrics.STORE_COMMIT.time():
                self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return results
