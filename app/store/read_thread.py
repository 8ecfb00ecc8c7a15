"""Runs reads of the database one after the other in their own thread, with pauses in which others run."""

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from app import log
from app.errors import BusyError, StoreError

logger = log.get(__name__)

Result = TypeVar("Result")

READS_MAX = 2_000
"""Reads that may wait; a client whose read does not fit is asked to try again."""

RETRY_S = 2.0
"""When such a client may try again."""

PAUSE_MAX_S = 0.02
"""Longest pause after a read. The thread pauses for as long as the read took, because Python runs one thread at a time:
without pauses each system call of the event loop would wait up to 5 ms for this thread."""

CLOSE_S = 2.0
"""How long `close` waits for a disk that hangs."""


@dataclass(frozen=True, slots=True)
class _QueuedRead:
    job: Callable[[sqlite3.Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


class ReadThread:
    """Answers reads in the order in which they came; each must be short, because a scrub of the disk waits for it."""

    def __init__(self, connection: sqlite3.Connection, lock: threading.Lock, name: str) -> None:
        """Read with a connection, and hold the lock meanwhile; `name` is the file's name in messages."""
        self._connection, self._lock, self._name = connection, lock, name
        self._reads: queue.Queue[_QueuedRead | None] = queue.Queue(READS_MAX)
        self._thread = threading.Thread(target=self._run, name="store-reads", daemon=True)
        self._thread.start()

    async def run(self, job: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run a job that only reads; a cancelled job that has not begun is not run.

        Raises:
            BusyError: Too many reads wait already.
            StoreError: The disk cannot be read.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        try:
            self._reads.put_nowait(_QueuedRead(job, loop, future))
        except queue.Full:
            raise BusyError(
                f"Too many people read at once. Try again in {RETRY_S:.0f} s.", retry_after_s=RETRY_S
            ) from None
        return await future

    def close(self) -> bool:
        """End the thread after the read that it is at, and return whether it has ended; the others are not answered."""
        with suppress(queue.Empty):
            while True:
                self._reads.get_nowait()
        self._reads.put(None)
        self._thread.join(CLOSE_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (read := self._reads.get()) is not None:
            if read.future.cancelled():
                continue
            began_s = time.perf_counter()
            result, error = self._answer(read.job)
            with suppress(RuntimeError):  # the loop is closed: the caller has ended
                read.loop.call_soon_threadsafe(_report, read.future, result, error)
            time.sleep(min(PAUSE_MAX_S, time.perf_counter() - began_s))

    def _answer(self, job: Callable[[sqlite3.Connection], Any]) -> tuple[Any, StoreError | None]:
        try:
            with self._lock:
                return job(self._connection), None
        except Exception as exc:  # a job may fail for any reason; the thread continues with the others
            if not isinstance(exc, sqlite3.Error):
                logger.exception("read_failed", file=self._name)
            return None, StoreError(f"The captions cannot be read from {self._name}: {exc}.")


def _report(future: asyncio.Future[Any], result: object, error: StoreError | None) -> None:
    if future.cancelled():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(cast(Any, result))
