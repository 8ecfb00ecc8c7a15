"""The engine's side of one worker process: start it, send it batches, receive its answers, stop it."""

import asyncio
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from app.decode import worker
from app.errors import ModelError

STOP_S = 5.0
"""How long a worker may take to exit before it is killed."""


class WorkerDiedError(Exception):
    """The pipe to the worker broke."""


class WorkerProcess:
    """One worker process at a time; one task at a time may receive, others may send."""

    def __init__(self, opener: worker.Opener, lanes: int) -> None:
        """Prepare to run `opener` and `lanes` batches at once in a process; nothing starts yet."""
        self._opener = opener
        self._lanes = lanes
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="engine")  # one receives, one does the rest
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    @property
    def pid(self) -> int | None:
        """The process id, None while no process runs."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start the process and wait until its model is loaded and tested.

        Raises:
            ModelError: The model cannot be loaded or failed its self-test.
        """
        await asyncio.get_running_loop().run_in_executor(self._threads, self._start)

    async def restart(self) -> None:
        """Stop the process, or clean up after a dead one, and start another; raises the errors of `start`."""
        await self.stop()
        await self.start()

    async def send(self, request: worker.WorkerRequest) -> None:
        """Send a batch; if the worker is dead, `receive` raises."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._send, request)

    async def receive(self) -> worker.WorkerAnswer:
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
        await self.stop()
        self._threads.shutdown()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")  # the only way that works on every system and with CUDA
        ours, theirs = context.Pipe()
        arguments = (theirs, self._opener, self._lanes)
        self._process = context.Process(target=worker.run, args=arguments, name="decode", daemon=True)
        self._process.start()
        theirs.close()
        self._pipe = ours
        try:
            answer = ours.recv()
        except EOFError as exc:
            raise ModelError(
                "The decoding process ended while it loaded the model; there may be too little memory for it. "
                "Try a smaller model."
            ) from exc
        if isinstance(answer, worker.WorkerFailed):
            raise ModelError(answer.text)

    def _send(self, request: worker.WorkerRequest) -> None:
        if self._pipe is None:
            return
        try:
            self._pipe.send(request)
        except OSError:
            return  # the worker is dead, which `receive` reports

    def _receive(self) -> worker.WorkerAnswer:
        if self._pipe is None:
            raise EOFError
        answer: worker.WorkerAnswer = self._pipe.recv()
        return answer

    def _stop(self) -> None:
        """End the process; a thread that waits in `_receive` gets an EOFError."""
        if self._process is not None:
            try:
                if self._pipe is not None:
                    self._pipe.send(None)
            except OSError:
                pass  # it is dead already
            self._process.join(STOP_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()
            self._process = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
