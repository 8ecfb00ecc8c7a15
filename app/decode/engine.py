"""Requests of all rooms become batches for one worker process; a failed batch fails its requests, not the service."""

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from app import log, metrics
from app.decode import worker
from app.decode.hypothesis import Decoded, DecodeRequest
from app.decode.whisper import bucket
from app.errors import DecodeError, ModelError

logger = log.get(__name__)

BATCH_MAX = 16
"""Windows in one batch: what an A10 holds for turbo; on two CPU cores more only adds waiting."""

CLOSE_S = 5.0
"""How long a worker may take to leave on its own before it is killed."""


class _Waiting:
    """A request and the future of whoever asked."""

    __slots__ = ("arrived_s", "future", "request", "tries")

    def __init__(self, request: DecodeRequest, future: asyncio.Future[Decoded]) -> None:
        self.request = request
        self.future = future
        self.arrived_s = time.monotonic()
        self.tries = 0


class Engine:
    """Decodes for everybody; used through `running()`."""

    def __init__(self, opener: worker.Opener, batch_max: int = BATCH_MAX) -> None:
        """Prepare to run what `opener` opens in a process of its own; nothing starts yet."""
        self._opener = opener
        self._batch_max = batch_max
        self._waiting: list[_Waiting] = []
        self._arrived = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine")
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    @property
    def n_waiting(self) -> int:
        """Requests that are not in a batch yet."""
        return len(self._waiting)

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, None while there is none."""
        return self._process.pid if self._process else None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Engine"]:
        """Run the worker while the block lasts.

        Leaving waits for at most one batch, because a decode cannot be cancelled; requests still waiting fail.

        Raises:
            ModelError: The model cannot be loaded or failed its self-test.
        """
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._open)
            async with asyncio.TaskGroup() as group:
                batches = group.create_task(self._run())
                try:
                    yield self
                finally:
                    batches.cancel()
        finally:
            for waiting in self._waiting:
                if not waiting.future.done():
                    waiting.future.set_exception(DecodeError("The engine was closed before this window's turn."))
            self._waiting.clear()
            await loop.run_in_executor(self._thread, self._close)
            self._thread.shutdown()

    async def decode(self, request: DecodeRequest) -> Decoded:
        """Decode one window together with whatever else waits; any number of tasks may call at once.

        Cancelling gives the request up; a batch it is already in runs on.

        Raises:
            DecodeError: The batch failed, or its worker died twice.
        """
        waiting = _Waiting(request, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._arrived.set()
        return await waiting.future

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._arrived.wait()
            batch = self._next_batch()
            if not batch:
                self._arrived.clear()
                continue
            started = time.monotonic()
            try:
                answer = await loop.run_in_executor(self._thread, self._ask, [waiting.request for waiting in batch])
            except (EOFError, OSError):
                await self._restart(batch)
                continue
            metrics.DECODES.observe(time.monotonic() - started)
            self._deliver(batch, answer)

    def _next_batch(self) -> list[_Waiting]:
        """Take the oldest request, ended utterances first, and those that can be encoded with it."""
        self._waiting = [waiting for waiting in self._waiting if not waiting.future.done()]
        if not self._waiting:
            return []
        order = sorted(self._waiting, key=lambda waiting: (not waiting.request.is_final, waiting.arrived_s))
        size = bucket(order[0].request)
        batch = [waiting for waiting in order if bucket(waiting.request) == size][: self._batch_max]
        self._waiting = [waiting for waiting in self._waiting if waiting not in batch]
        return batch

    def _deliver(self, batch: list[_Waiting], answer: worker.Answer) -> None:
        if isinstance(answer, list) and len(answer) == len(batch):
            for waiting, decoded in zip(batch, answer, strict=True):
                if not waiting.future.done():
                    waiting.future.set_result(decoded)
            return
        text = answer.text if isinstance(answer, worker.Failed) else "The worker answered another batch."
        self._fail(batch, text)

    def _fail(self, batch: list[_Waiting], text: str) -> None:
        metrics.FAILED_DECODES.inc(len(batch))
        logger.error("batch_failed", n_requests=len(batch), reason=text)
        for waiting in batch:
            if not waiting.future.done():
                waiting.future.set_exception(DecodeError(text))

    async def _restart(self, batch: list[_Waiting]) -> None:
        """Start a new worker and let it decode the batch again; what has already killed two is given up."""
        metrics.WORKER_RESTARTS.inc()
        logger.error("worker_died", n_requests=len(batch))
        for waiting in batch:
            waiting.tries += 1
        self._fail(
            [waiting for waiting in batch if waiting.tries > 1], "The decoding process died twice on this batch."
        )
        self._waiting = [waiting for waiting in batch if waiting.tries == 1] + self._waiting
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._close)
        try:
            await loop.run_in_executor(self._thread, self._open)
        except ModelError as exc:
            self._fail(self._waiting, str(exc))
            self._waiting = []
        self._arrived.set()

    def _open(self) -> None:
        context = multiprocessing.get_context("spawn")  # the only way that works on every system and with CUDA
        ours, theirs = context.Pipe()
        self._process = context.Process(target=worker.run, args=(theirs, self._opener), name="decode", daemon=True)
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
        if isinstance(answer, worker.Failed):
            raise ModelError(answer.text)

    def _ask(self, requests: list[DecodeRequest]) -> worker.Answer:
        if self._pipe is None:
            raise EOFError
        self._pipe.send(requests)
        answer: worker.Answer = self._pipe.recv()
        return answer

    def _close(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.join(CLOSE_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()
            self._process = None
