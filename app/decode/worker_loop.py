"""The loop of a worker process: open a model, say that it is ready, then answer batches until the pipe closes."""

import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Lock
from typing import Generic, Protocol, TypeVar

import threadpoolctl

from app import hardening, log
from app.decode.faults import FaultKind, classify
from app.errors import DecodeError, ModelError, TranslateError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class WorkerFailed:
    """The model could not be loaded, or a batch failed."""

    text: str
    """A sentence that says why."""
    kind: FaultKind = FaultKind.ROW
    """What failed, of a batch."""


@dataclass(frozen=True, slots=True)
class WorkerAnswer(Generic[Result]):
    """The outcome of a batch."""

    number: int
    result: list[Result] | WorkerFailed


class NumberedBatch(Protocol):
    """A batch as it goes through the pipe."""

    @property
    def number(self) -> int:
        """Which answer belongs to it."""

    @property
    def n_rows(self) -> int:
        """How many results it has."""


Batch = TypeVar("Batch", bound=NumberedBatch)


@dataclass(frozen=True, slots=True)
class ServedModel(Generic[Batch, Result]):
    """A loaded model, as the loop needs it."""

    ready: object
    """What is sent when it is loaded."""
    answer: Callable[[Batch], list[Result]]
    """Computes a batch; result i belongs to row i."""


def serve(pipe: Connection, open_model: Callable[[], ServedModel[Batch, Result]], lanes: int) -> None:
    """Send what says that the model is ready, or `WorkerFailed`; then a `WorkerAnswer` to each batch, `lanes` at once.

    Returns when None arrives or the other end of the pipe closes.
    """
    hardening.protect_memory()
    log.setup()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which then closes the pipe
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, signal.SIG_IGN)  # so is Ctrl-Break, or that the window is closed
    # numpy's BLAS threads spin between calls and take the cores from CTranslate2: decodes took 1.3 to 1.7 times as long
    threadpoolctl.threadpool_limits(1, "blas")
    try:
        model = open_model()
    except (ModelError, DecodeError, TranslateError) as exc:
        pipe.send(WorkerFailed(str(exc)))
        return
    pipe.send(model.ready)
    # systemd stops every process of a service at once; this one still answers what was asked until the pipe closes
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sending = Lock()
    with ThreadPoolExecutor(lanes, thread_name_prefix="lane") as pool:
        while True:
            try:
                batch: Batch | None = pipe.recv()
            except (EOFError, OSError):
                return
            if batch is None:
                return
            pool.submit(_answer, pipe, sending, model, batch)


def _answer(pipe: Connection, sending: Lock, model: ServedModel[Batch, Result], batch: Batch) -> None:
    result: list[Result] | WorkerFailed
    try:
        result = model.answer(batch)
    except (DecodeError, TranslateError) as exc:
        result = WorkerFailed(str(exc), classify(exc.__cause__ or exc))
    except Exception as exc:  # a bug fails its batch; the service logs the sentence and goes on
        text = f"A batch of {batch.n_rows} failed with {type(exc).__name__}: {exc}"
        result = WorkerFailed(text, classify(exc))
    try:
        with sending:
            pipe.send(WorkerAnswer(batch.number, result))
    except OSError:
        return  # the service is gone, and this process ends with it
