"""One SQLite file, one connection, one thread: whatever waits is written in one transaction."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from app import log, metrics
from app.errors import SettingsError, StoreError

logger = log.get(__name__)

Result = TypeVar("Result")

VERSION = 2
"""Of the tables below; a file of a later one is refused."""

JOBS_MAX = 10_000
"""Jobs that may wait; a disk that hangs for minutes is told to its callers, not kept in memory."""

CLOSE_S = 10.0
"""How long closing waits for a disk that hangs."""

GROUP_MAX = 500
"""Jobs written in one transaction: one fsync for all."""

PAGE_BYTES = 1024
"""Of the file. Most events fill one page beside the table's own."""

PAD_BYTES = (PAGE_BYTES - 12) * 64 // 255 - 23
"""Bytes of a row that its place in the table may hold; what is behind them lies in pages of its own.

When SQLite moves rows between the pages of a table, it leaves stale copies that secure_delete does not know of. So no
text may be in them: a pad stands before it. Source: https://sqlite.org/fileformat2.html#b_tree_pages, maximum X of an
index page.
"""

TABLES = f"""
CREATE TABLE room (
    name TEXT PRIMARY KEY,
    epoch TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    last_seq INTEGER NOT NULL DEFAULT 0,
    last_session INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE event (
    room TEXT NOT NULL REFERENCES room ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    pad BLOB NOT NULL DEFAULT (zeroblob({PAD_BYTES})),
    body TEXT NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_age ON event (room, at_ms);
CREATE TABLE access_key (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    room TEXT REFERENCES room ON DELETE CASCADE,
    role TEXT NOT NULL,
    label TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER
) STRICT, WITHOUT ROWID;
"""
"""Version 1."""

ADDED = """
ALTER TABLE event ADD COLUMN place TEXT NOT NULL DEFAULT '';
UPDATE event SET place = json_extract(body, '$.phrase') || ' ' || json_extract(body, '$.track');
CREATE INDEX event_place ON event (room, place, seq);
CREATE TABLE counter (
    room TEXT NOT NULL REFERENCES room ON DELETE CASCADE,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (room, name)
) STRICT, WITHOUT ROWID;
"""
"""Version 2 over version 1: a phrase's later states are found by phrase and track, and outputs keep their numbers."""

PRAGMAS = f"""
PRAGMA page_size = {PAGE_BYTES};
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA trusted_schema = OFF;
PRAGMA journal_size_limit = 67108864;
"""
"""FULL: what was committed survives a power cut. secure_delete: what is deleted is overwritten. Before them goes
locking_mode EXCLUSIVE: a second service on the same folder is refused, and no second connection can meet the WAL-reset
bug of SQLite before 3.51.3."""

NAMES = {"room", "event", "access_key"}
"""Of the tables of every version."""


@dataclass(frozen=True, slots=True)
class _WriteJob:
    do: Callable[[sqlite3.Connection], Any]
    done: Callable[[Any, StoreError | None], None]
    scrubs: bool = False


class Database:
    """Runs jobs on the connection, in order; each is on the disk when its caller hears of it."""

    def __init__(self, path: Path | None) -> None:
        """Open or make the file; None keeps everything in memory.

        Raises:
            SettingsError: It cannot be made there, is another program's, is in use, or is damaged.
        """
        self._jobs: queue.Queue[_WriteJob | None] = queue.Queue(JOBS_MAX)
        self._name = path.name if path else "memory"
        self._connection = _open(path) if path else _open_memory()
        self._must_scrub = False
        """Whether something deleted is still in the write-ahead log."""
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    def write(
        self,
        do: Callable[[sqlite3.Connection], Result],
        done: Callable[[Result | None, StoreError | None], None],
        *,
        scrubs: bool = False,
    ) -> None:
        """Queue a job; `done` hears its result after the commit, or its error, in the caller's event loop.

        Jobs of one caller are done in order. Never blocks.
        """
        loop = asyncio.get_running_loop()

        def tell(result: Result | None, error: StoreError | None) -> None:
            with suppress(RuntimeError):  # the loop is closed: whoever asked is gone
                loop.call_soon_threadsafe(done, result, error)

        try:
            self._jobs.put_nowait(_WriteJob(do, tell, scrubs))
        except queue.Full:
            loop.call_soon(done, None, StoreError("The disk does not keep up with what is to be saved."))

    async def run(self, do: Callable[[sqlite3.Connection], Result], *, scrubs: bool = False) -> Result:
        """Do one job and return its result once it is on the disk; cancelling leaves it to be done.

        With `scrubs` what was deleted is gone from the write-ahead log too.

        Raises:
            StoreError: The disk refused; nothing of the job was done. Or it was done, but what was deleted is still
                in the write-ahead log, which is tried again with every later job.
        """
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

        def done(result: Result | None, error: StoreError | None) -> None:
            if future.cancelled():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(cast(Result, result))

        self.write(do, done, scrubs=scrubs)
        return await future

    def read(self, do: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do one job now and wait for it, before the event loop runs."""
        answer: queue.SimpleQueue[tuple[Any, StoreError | None]] = queue.SimpleQueue()
        self._jobs.put(_WriteJob(do, lambda result, error: answer.put((result, error))))
        result, error = answer.get()
        if error is not None:
            raise error
        return cast(Result, result)

    def close(self) -> None:
        """Do what waits, and close the file; blocks for at most some seconds."""
        with suppress(queue.Full):  # the disk hangs
            self._jobs.put(None, timeout=CLOSE_S)
        self._thread.join(CLOSE_S)

    def _run(self) -> None:
        while True:
            jobs, is_last = self._take()
            self._do(jobs)
            if is_last:
                self._connection.close()
                return

    def _take(self) -> tuple[list[_WriteJob], bool]:
        """Wait for a job, and return it with all that wait behind it, and whether they are the last."""
        jobs: list[_WriteJob] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == GROUP_MAX:
                return jobs, False
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, False
        return jobs, True

    def _do(self, jobs: list[_WriteJob]) -> None:
        if not jobs:
            return
        try:
            results = self._commit(jobs)
        except Exception as exc:  # a job may fail for what it was given; the thread goes on for all others
            if len(jobs) > 1:  # one of them may be at fault: each for itself
                for job in jobs:
                    self._do([job])
                return
            metrics.STORE_FAILURES.inc()
            if not isinstance(exc, sqlite3.Error):
                logger.exception("job_failed", file=self._name)
            jobs[0].done(None, StoreError(f"The captions cannot be saved to {self._name}: {exc}."))
            return
        self._must_scrub = self._must_scrub or any(job.scrubs for job in jobs)
        unscrubbed = self._scrub() if self._must_scrub else None
        for job, result in zip(jobs, results, strict=True):
            job.done(result, unscrubbed if job.scrubs else None)

    def _scrub(self) -> StoreError | None:
        """Empty the write-ahead log, so that nothing deleted is left in it."""
        try:
            is_busy = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.Error as exc:
            metrics.STORE_FAILURES.inc()
            return StoreError(f"What was deleted cannot be overwritten in {self._name}: {exc}. It is tried again.")
        self._must_scrub = bool(is_busy)
        return None

    def _commit(self, jobs: list[_WriteJob]) -> list[Any]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            results = [job.do(self._connection) for job in jobs]
            with metrics.STORE_COMMIT.time():
                self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return results


def _open_memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.executescript(f"PRAGMA foreign_keys = ON;{TABLES}{ADDED}")
    return connection


def _open(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1.0)
    except (OSError, sqlite3.Error) as exc:
        raise SettingsError(
            f"Captions cannot be kept in {path.parent}: {exc}. Give another folder with --data, or a room that keeps "
            "nothing with --retention 0."
        ) from exc
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        version = _version(connection)  # before anything is written, for the file may be another program's
        if version <= VERSION:
            connection.executescript(PRAGMAS)
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)
        if version < VERSION:
            missing = TABLES + ADDED if version == 0 else ADDED
            connection.executescript(f"BEGIN IMMEDIATE;{missing};PRAGMA user_version = {VERSION};COMMIT;")
    except sqlite3.Error as exc:
        connection.close()
        if "locked" in str(exc) or "busy" in str(exc):
            raise SettingsError(
                f"Another Surtitle keeps its captions in {path.parent}. Stop it, or give this one another folder "
                "with --data."
            ) from exc
        raise SettingsError(
            f"The file {path} is damaged or no file of Surtitle's ({exc}). Move it away to begin a new one, or mend "
            "it with: sqlite3 FILE .recover"
        ) from exc
    if version > VERSION:
        connection.close()
        raise SettingsError(f"The file {path} is from a later Surtitle. Use that one, or give another folder: --data.")
    return connection


def _version(connection: sqlite3.Connection) -> int:
    """Return the version of the tables, 0 for a file in which there is nothing yet.

    Raises:
        sqlite3.DatabaseError: The file is damaged, or another program's.
    """
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if tables and not (version and tables >= NAMES):
        raise sqlite3.DatabaseError("it holds the tables of another program")
    return version
