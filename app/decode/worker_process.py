"""The engine's side of one worker process: start it, send it batches, receive its answers, stop it."""

import asyncio
import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from app.decode.worker_loop import NumberedBatch, WorkerAnswer, WorkerFailed
from app.errors import ModelError

if TYPE_CHECKING and sys.platform == "win32":
    from multiprocessing.connection import PipeConnection as Connection
else:
    from multiprocessing.connection import Connection

Ready = TypeVar("Ready")
Result = TypeVar("Result")

STOP_S = 5.0
"""How long a worker may take to exit before it is killed."""

STARTS_MAX, MODEL_STARTS_MAX = 6, 2
"""Failed starts in a row; see `count_starts`. Once may be chance, such as too little memory for a moment."""

START_FACTOR, START_MIN_S = 5.0, 60.0
"""A restart that takes this many times as long as the first start, and at least this many seconds, hangs."""


class WorkerDiedError(Exception):
    """The pipe to the worker broke."""


class DiedLoadingError(ModelError):
    """The process ended while it loaded the model: killed by somebody, or for lack of memory."""


def count_starts(error: ModelError) -> int:
    """Return how many starts of a worker may fail before its requests fail: one that was killed may live the next
    time, but a model that cannot be loaded will rarely load later."""
    return STARTS_MAX if isinstance(error, DiedLoadingError) else MODEL_STARTS_MAX


@dataclass(frozen=True, slots=True)
class WorkerWords:
    """The sentences for people about a process that failed."""

    died_loading: str
    """It ended while it loaded the model."""
    died: str
    """It died each time it computed a request."""
    hung: str
    """It did not answer each time."""


@dataclass(frozen=True, slots=True)
class WorkerProgram(Generic[Ready, Result]):
    """What runs in a worker process; all of it must be picklable, such as functions of modules and partials of them."""

    run: Callable[..., None]
    """Gets the pipe, the opener and the number of lanes; sends `Ready`, then results (see `worker_loop.serve`)."""
    opener: Callable[[], object]
    """Opens the model."""
    reopener: Callable[[], object]
    """Opens it in all processes after the first one that starts."""
    lanes: int
    """Batches at once."""
    name: str
    """Of the process."""
    words: WorkerWords


class WorkerProcess(Generic[Ready, Result]):
    """One worker process at a time; one task at a time may receive, others may send."""

    def __init__(self, program: WorkerProgram[Ready, Result]) -> None:
        """Prepare to run a program; nothing starts yet."""
        self._program = program
        self._opener = program.opener
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="engine")  # one receives, one does the rest
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._start_limit_s: float | None = None
        """How long a restart may take; the first start may compile for minutes."""
        self._changing = Lock()
        """Held while the process is started or stopped."""
        self._sending = Lock()
        """Held while a batch is written to the pipe: two threads would mix their bytes."""

    @property
    def pid(self) -> int | None:
        """The process id, None while no process runs."""
        return self._process.pid if self._process else None

    async def start(self) -> Ready:
        """Start the process and wait until its model is loaded and tested; return what it reports.

        Raises:
            ModelError: The model cannot be loaded or failed its self-test.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._start)

    async def restart(self) -> Ready:
        """Stop the process, or clean up after a dead one, and start another; raises the errors of `start`."""
        await self.stop()
        return await self.start()

    def kill(self) -> None:
        """Kill the process at once, because it hangs or its device is lost; `receive` then raises."""
        if self._process is not None:
            with suppress(ValueError, AttributeError):  # it is being replaced already
                self._process.kill()

    async def send(self, request: NumberedBatch) -> None:
        """Send a batch; if the worker is dead, `receive` raises."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._send, request)

    async def receive(self) -> WorkerAnswer[Result]:
        """Return the next answer.

        Raises:
            WorkerDiedError: The process ended; batches without an answer are lost.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._receive)
        except (EOFError, OSError) as exc:
            raise WorkerDiedError from exc

    async def stop(self) -> None:
        """Let the worker finish its batches and end it; kill it after STOP_S."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._stop)

    async def close(self) -> None:
        """Stop the process and the threads that talk to it, for good."""
        if self._changing.locked():  # a cancelled restart still loads the model, which nobody needs
            self.kill()
        await self.stop()
        self._threads.shutdown()

    def _start(self) -> Ready:
        with self._changing:
            return self._start_locked()

    def _start_locked(self) -> Ready:
        started_s = time.monotonic()
        context = multiprocessing.get_context("spawn")  # the only way that works on every system and with CUDA
        ours, theirs = context.Pipe()
        arguments = (theirs, self._opener, self._program.lanes)
        process = context.Process(target=self._program.run, args=arguments, name=self._program.name, daemon=True)
        process.start()
        self._process = process
        theirs.close()
        self._pipe = ours
        try:
            if not ours.poll(self._start_limit_s):
                process.kill()
            answer: Ready | WorkerFailed = ours.recv()
        except EOFError as exc:
            raise DiedLoadingError(self._program.words.died_loading) from exc
        if isinstance(answer, WorkerFailed):
            raise ModelError(answer.text)
        self._opener = self._program.reopener
        self._start_limit_s = self._start_limit_s or max(START_MIN_S, START_FACTOR * (time.monotonic() - started_s))
        return answer

    def _send(self, request: NumberedBatch) -> None:
        if self._pipe is None:
            return
        try:
            with self._sending:
                self._pipe.send(request)
        except OSError:
            return  # the worker is dead, which `receive` reports

    def _receive(self) -> WorkerAnswer[Result]:
        if self._pipe is None:
            raise EOFError
        answer: WorkerAnswer[Result] = self._pipe.recv()
        return answer

    def _stop(self) -> None:
        """End the process; a thread that waits in `_receive` gets an EOFError."""
        with self._changing:
            self._stop_locked()

    def _stop_locked(self) -> None:
        if self._process is not None:
            # a worker that reads nothing blocks the last batch in the pipe
            if self._pipe is not None and self._sending.acquire(timeout=STOP_S):
                with suppress(OSError):  # it is dead already
                    self._pipe.send(None)
                self._sending.release()
            self._process.join(STOP_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()
            self._process = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
